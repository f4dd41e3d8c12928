import type { Band } from '../../http/schemas/curves.ts';
import { valueRange } from './valueScale.ts';

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
  const [low, high] = valueRange({ min, max }, limit === null ? [] : [limit]);
  const x = (at: number) => (share(at, from, to) * WIDTH).toFixed(1);
  const y = (value: number) => ((1 - share(value, low, high)) * HEIGHT).toFixed(1);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {limit !== null && <line class="sparkline-limit" x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
      {pieces(min).map(([start, end]) => (
        <path
          class={end - start === 1 ? 'sparkline-curve sparkline-dot' : 'sparkline-curve'}
          d={outline(time, { min, max }, { start, end, x, y })}
        />
      ))}
    </svg>
  );
}

/** How far a value is on the way between two others: what lies beside them is at the edge. */
function share(value: number, low: number, high: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The index ranges without a gap, ends exclusive. */
function pieces(values: Band['min']): [start: number, end: number][] {
  const found: [number, number][] = [];
  let start = 0;
  for (let index = 0; index <= values.length; index++) {
    if (index < values.length && values[index] !== null) continue;
    if (index > start) found.push([start, index]);
    start = index + 1;
  }
  return found;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly x: (time: number) => string;
  readonly y: (value: number) => string;
}

/** Along the maxima to the right and back along the minima; of a lone reading a line so short that its round ends make a dot. */
function outline(time: readonly number[], { min, max }: Band, { start, end, x, y }: Piece): string {
  const upper: string[] = [];
  const lower: string[] = [];
  for (let index = start; index < end; index++) {
    upper.push(`${x(time[index])},${y(max[index] ?? 0)}`);
    lower.unshift(`${x(time[index])},${y(min[index] ?? 0)}`);
  }
  return `M${upper.join('L')}L${lower.join('L')}${end - start === 1 ? '' : 'Z'}`;
}
