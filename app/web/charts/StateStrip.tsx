import type { View } from './view.ts';

/** A time during which something was wrong. */
export interface Episode {
  /** First and last wall time in ms, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly severity: 'low' | 'medium' | 'high';
  /** What the pointer is told. */
  readonly title: string;
}

export interface StateStripProps {
  readonly episodes: readonly Episode[];
  readonly view: View;
  /** What a screen reader says of the whole strip. */
  readonly label: string;
}

/** States over time: a thin bar of the view's width in which only what was wrong has colour, higher where it is worse. */
export function StateStrip({ episodes, view, label }: StateStripProps) {
  const share = (time: number) => Math.min(1, Math.max(0, (time - view.from) / (view.to - view.from))) * 1000;
  return (
    <svg class="state-strip" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label={label}>
      {episodes.filter(({ from, to }) => to >= view.from && from <= view.to).map(({ from, to, severity, title }) => (
        <rect class={`state-${severity}`} x={share(from)} width={Math.max(3, share(to) - share(from))} {...HEIGHTS[severity]}>
          <title>{title}</title>
        </rect>
      ))}
    </svg>
  );
}

const HEIGHTS = { high: { y: 0, height: 12 }, medium: { y: 4, height: 8 }, low: { y: 8, height: 4 } } as const;
