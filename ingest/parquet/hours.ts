import type { Readings } from '../../domain/reading/readings.ts';

/** A full hour of UTC, counted from 1970-01-01T00:00Z. */
export type Hour = number;

export const HOUR_MS = 3_600_000;

/**
 * The rows of a step that were stored, by the hour of their receipt: hours rise, and row numbers within each. Times of receipt
 * after `now` are of a clock that was ahead, and pinned until it is that late: their hour is that of now.
 */
export function* storedByHour(
  { receivedAt, length }: Readings,
  duplicates: Uint8Array,
  now: number,
): Generator<{ readonly hour: Hour; readonly rows: Uint32Array }, void> {
  for (let row = 0; row < length;) {
    const present = Math.floor(now / HOUR_MS);
    const hour = Math.min(Math.floor(receivedAt[row] / HOUR_MS), present);
    const end = hour === present ? Infinity : (hour + 1) * HOUR_MS;
    const rows = new Uint32Array(length - row);
    let stored = 0;
    for (; row < length && receivedAt[row] < end; row++) if (duplicates[row] !== 1) rows[stored++] = row;
    if (stored > 0) yield { hour, rows: rows.subarray(0, stored) };
  }
}

/** `readings-2026-11-21T13`. */
export function fileStem(hour: Hour): string {
  return `readings-${new Date(hour * HOUR_MS).toISOString().slice(0, 13)}`;
}
