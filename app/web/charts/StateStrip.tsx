import type { Shade } from './layers.ts';
import type { View } from './view.ts';

/** A time during which something was wrong. */
export interface Episode extends Shade {
  /** What the pointer is told. */
  readonly title: string;
}

export interface StateStripProps {
  readonly episodes: readonly Episode[];
  /** Before this wall time in ms episodes may be missing; null when all are known. */
  readonly unknownTo: number | null;
  readonly view: View;
  /** What a screen reader says of the whole strip. */
  readonly label: string;
}

/**
 * States over time: a thin bar of the view's width in which only what was wrong has colour, higher where it is worse;
 * hatched where that is not known.
 */
export function StateStrip({ episodes, unknownTo, view, label }: StateStripProps) {
  const share = (time: number) => Math.min(1, Math.max(0, (time - view.from) / (view.to - view.from))) * WIDTH;
  return (
    <svg class="state-strip" viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" role="img" aria-label={label}>
      {unknownTo !== null && unknownTo > view.from && <line class="state-unknown" x1="0" x2={share(unknownTo)} y1="6" y2="6" />}
      {episodes.filter(({ from, to }) => to >= view.from && from <= view.to).map(({ from, to, severity, title }) => {
        const width = Math.max(LEAST, share(to) - share(from));
        return (
          <rect class={`state-${severity}`} x={Math.min(share(from), WIDTH - width)} width={width} {...HEIGHTS[severity]}>
            <title>{title}</title>
          </rect>
        );
      })}
    </svg>
  );
}

const WIDTH = 1000;
const LEAST = 3;
const HEIGHTS = { high: { y: 0, height: 12 }, medium: { y: 4, height: 8 }, low: { y: 8, height: 4 } } as const;
