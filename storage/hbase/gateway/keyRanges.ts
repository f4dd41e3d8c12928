import { readingKey } from '../../../domain/reading/rowKey.ts';
import { MAX_TIME, MIN_TIME } from '../../../domain/reading/wallClock.ts';
import type { TimeRange } from '../../../domain/reading/selection.ts';

/** Row keys from `from` (inclusive) to `to` (exclusive). Rows of other pumps may lie between. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** All rows. */
export const ALL_KEYS: KeyRange = { from: new Uint8Array(0), to: new Uint8Array(0) };

/**
 * The keys of a pump's readings in a range of times; those of its pump-days lie among them. A year begins with a
 * digit, and `:` comes after the digits: so the keys of pumps such as `A_left` are not among those of `A`, while
 * those of `A_2` are.
 */
export function readingKeys(pump: string, { from = MIN_TIME, to = MAX_TIME }: TimeRange): KeyRange {
  return {
    from: Buffer.from(from <= MIN_TIME ? `${pump}_0` : readingKey(pump, from)),
    to: Buffer.from(to >= MAX_TIME ? `${pump}_:` : readingKey(pump, to)),
  };
}
