import type { Readings } from '../../domain/reading/readings.ts';
import { UNITS } from './block.ts';

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** The rows of a step by pump, then time, then receipt. */
export interface StepOrder {
  /** The row number at each place. */
  readonly order: Uint32Array;
  /** Where each pump of the step begins, and after the last where it ends. */
  readonly starts: Uint32Array;
  /** The rows came in this order: every row number is its place. */
  readonly asCame: boolean;
}

/**
 * Orders a step's rows. Rows that come in order of time pump by pump, which is the rule, cost one
 * counting pass; others are radix sorted, stable, by time first and by pump last.
 */
export function orderStep(readings: Readings): StepOrder {
  const grouped = groupByPump(readings, isInOrder(readings) ? undefined : sortByTime(readings));
  return { ...grouped, asCame: grouped.order.every((row, place) => row === place) };
}

/** Whether the times at the places `from` to `to - 1` strictly rise. */
export function timesRise(time: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (time[i] <= time[i - 1]) return false;
  return true;
}

function isInOrder({ length, names, pump, time }: Readings): boolean {
  const last = new Float64Array(names.length).fill(-Infinity);
  for (let row = 0; row < length; row++) {
    const t = time[row];
    if (t < last[pump[row]]) return false;
    last[pump[row]] = t;
  }
  return true;
}

function groupByPump({ length, names, pump }: Readings, rows: Uint32Array | undefined): { order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(names.length + 1);
  for (let row = 0; row < length; row++) starts[pump[row] + 1]++;
  for (let i = 0; i < names.length; i++) starts[i + 1] += starts[i];
  const order = new Uint32Array(length);
  const next = starts.slice();
  if (rows) for (let i = 0; i < length; i++) order[next[pump[rows[i]]]++] = rows[i];
  else for (let row = 0; row < length; row++) order[next[pump[row]]++] = row;
  return { order, starts };
}

/** Row numbers by time: a radix sort from the lowest digit, in the largest unit that all times are multiples of. */
function sortByTime({ length, time }: Readings): Uint32Array {
  let min = Infinity;
  let max = -Infinity;
  for (let row = 0; row < length; row++) {
    if (time[row] < min) min = time[row];
    if (time[row] > max) max = time[row];
  }
  const unit = UNITS.find((ms) => allMultiples(time, length, min, ms)) ?? 1;
  const range = (max - min) / unit;
  let rows = new Uint32Array(length).map((_, row) => row);
  let sorted = new Uint32Array(length);
  const next = new Uint32Array(DIGITS);
  for (let scale = 1; scale <= range; scale *= DIGITS) {
    const divisor = unit * scale;
    next.fill(0);
    // `&` takes a double modulo 2^32 first, so the digit is right however far the times reach.
    for (let row = 0; row < length; row++) next[((time[row] - min) / divisor) & (DIGITS - 1)]++;
    for (let digit = 0, sum = 0; digit < DIGITS; digit++) {
      const count = next[digit];
      next[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < length; i++) {
      const row = rows[i];
      sorted[next[((time[row] - min) / divisor) & (DIGITS - 1)]++] = row;
    }
    [rows, sorted] = [sorted, rows];
  }
  return rows;
}

function allMultiples(time: Float64Array, length: number, min: number, unit: number): boolean {
  for (let row = 0; row < length; row++) if (!Number.isInteger((time[row] - min) / unit)) return false;
  return true;
}
