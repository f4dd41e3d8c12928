import type { Band } from '../../http/schemas/curves.ts';
import { envelope, placeIn } from '../../charts/envelope.ts';
import { type ValueRange, valueRange } from '../../charts/valueScale.ts';

export interface SparklineProps extends Band {
  /** Wall times in ms, rising; `min` and `max` have as many entries, null in a gap. */
  readonly time: readonly number[];
  /** Limits, which are always in sight, drawn as dashed lines. */
  readonly limits: readonly number[];
  /** The scale of several pictures that are looked at together; by default its own. What lies beside it is drawn on its own. */
  readonly scale?: ValueRange | undefined;
  /** The wall times at the left and the right edge. */
  readonly from: number;
  readonly to: number;
  /** What a screen reader says; without it the picture is decoration. */
  readonly label?: string;
}

const WIDTH = 240;
const HEIGHT = 48;

/** A curve without axes: the envelope of minimum and maximum, and limits; a lone reading before its first gap is left out. As wide as its place, styled by charts.css. */
export function Sparkline({ time, min, max, limits, scale, from, to, label }: SparklineProps) {
  const own = valueRange({ min, max }, limits);
  const range = scale && scale[0] <= own[0] && scale[1] >= own[1] ? scale : own;
  const place = placeIn({ left: 0, top: 0, width: WIDTH, height: HEIGHT }, [from, to], range);
  const drawn = envelope(time, { min, max }, place);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {limits.map((limit) => <line key={limit} class="sparkline-limit" x1="0" x2={WIDTH} y1={place.y(limit)} y2={place.y(limit)} />)}
      {drawn.filter(({ isDot }, i) => !isDot || i > 0 || drawn.length === 1).map(({ d, isDot }) => (
        <path class={isDot ? 'sparkline-curve sparkline-dot' : 'sparkline-curve'} d={d} />
      ))}
    </svg>
  );
}
