import { shuffled } from '../rows.ts';

const PUMPS = 10;
const HOUR_SECONDS = 3600;

/** Rows of an hour. */
export const HOUR_ROWS = PUMPS * HOUR_SECONDS;

/** Readings of ten pumps each second from 2014-03-10 on, in order of time, as CSV lines: arrays of an hour each. */
export function* hoursOfLines(hours: number): Generator<Buffer[]> {
  for (let hour = 0; hour < hours; hour++) yield Array.from({ length: HOUR_ROWS }, (_, i) => line(hour * HOUR_ROWS + i));
}

/** The same lines, each hour of them in an order that has nothing to do with time. */
export function* hoursOfShuffledLines(hours: number): Generator<Buffer[]> {
  for (const lines of hoursOfLines(hours)) yield shuffled(lines);
}

function line(number: number): Buffer {
  const at = new Date(Date.UTC(2014, 2, 10) + Math.floor(number / PUMPS) * 1000).toISOString();
  return Buffer.from(
    `PUMP_${number % PUMPS},${at.slice(0, 10)},${at.slice(11, 19)},10.27,1.73,881,1.56,${75 + (number % 2503) / 100},1.94\n`,
  );
}
