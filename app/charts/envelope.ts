import type { Band } from '../../query/curves/curveData.ts';

/** Where times and values lie in a picture, in its own units. */
export interface Place {
  readonly x: (time: number) => number;
  readonly y: (value: number) => number;
}

/** The place of a picture of times and values; what lies beside the two ranges is at the edge. */
export function placeIn(
  { left, top, width, height }: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
): Place {
  return { x: (time) => left + share(time, from, to) * width, y: (value) => top + (1 - share(value, low, high)) * height };
}

/** A piece of a curve without a gap, as the `d` of a path; `isDot` where it is one entry, drawn by the round ends of a line. */
export interface EnvelopePiece {
  readonly d: string;
  readonly isDot: boolean;
}

/**
 * The envelope of minimum and maximum, a path for each piece without a gap: along the maxima to the right and back along the minima.
 */
export function envelope(time: readonly number[], band: Band, place: Place): EnvelopePiece[] {
  return pieces(band.min).map(([start, end]) => ({ d: outline(time, band, { start, end, ...place }), isDot: end - start === 1 }));
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

function outline(time: readonly number[], { min, max }: Band, { start, end, x, y }: Place & { readonly start: number; readonly end: number }): string {
  const upper: string[] = [];
  const lower: string[] = [];
  for (let index = start; index < end; index++) {
    const at = x(time[index]).toFixed(1);
    upper.push(`${at},${y(max[index] ?? 0).toFixed(1)}`);
    lower.unshift(`${at},${y(min[index] ?? 0).toFixed(1)}`);
  }
  // a line so short that its round ends make a dot
  return `M${upper.join('L')}L${lower.join('L')}${end - start === 1 ? '' : 'Z'}`;
}
