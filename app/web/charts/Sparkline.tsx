import type { Band } from '../../http/schemas/curves.ts';
import { envelope, placeIn } from '../../charts/envelope.ts';
import { valueRange } from '../../charts/valueScale.ts';

export interface SparklineProps extends Band {
  /** Wall times in ms, rising; `min` and `max` have as many entries, null in a gap. */
  readonly time: readonly number[];
  /** A limit that is always in sight, drawn as a dashed line; null for none. */
  readonly limit: number | null;
  /** The wall times at the left and the right edge. */
  readonly from: number;
  readonly to: number;
  /** What a screen reader says; without it the picture is decoration. */
  readonly label?: string;
}

const WIDTH = 240;
const HEIGHT = 48;

/** A curve without axes: the envelope of minimum and maximum, and the limit. As wide as its place, styled by charts.css. */
export function Sparkline({ time, min, max, limit, from, to, label }: SparklineProps) {
  const range = valueRange({ min, max }, limit === null ? [] : [limit]);
  const place = placeIn({ left: 0, top: 0, width: WIDTH, height: HEIGHT }, [from, to], range);
  const limitAt = limit === null ? null : place.y(limit).toFixed(1);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {limitAt !== null && <line class="sparkline-limit" x1="0" x2={WIDTH} y1={limitAt} y2={limitAt} />}
      {envelope(time, { min, max }, place).map(({ d, isDot }) => (
        <path class={isDot ? 'sparkline-curve sparkline-dot' : 'sparkline-curve'} d={d} />
      ))}
    </svg>
  );
}
