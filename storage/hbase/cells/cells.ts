import { MEASURES, type Measure } from '../../../domain/reading/measures.ts';
import { encodeColumn } from '../gateway/rows.ts';

/** What stands in a pump-day's row beside minimum, maximum and mean of each measure, and the count of those that some readings lack. */
export const COUNT_COLUMN = 'stats:count';

/** `data:psi`. */
export function dataColumn(measure: Measure): string {
  return `data:${measure}`;
}

/** `alerts:psi`, whose cell is the value that alarmed. */
export function alertColumn(measure: Measure): string {
  return `alerts:${measure}`;
}

/** `alerts:psi:low-psi`, whose cell is the threshold that was in force. */
export function thresholdColumn(measure: Measure, rule: string): string {
  return `alerts:${measure}:${rule}`;
}

/** `stats:psi_min`. */
export function statsColumn(measure: Measure, part: 'min' | 'max' | 'avg' | 'count'): string {
  return `stats:${measure}_${part}`;
}

/** All columns of a pump-day. */
export const STATS_COLUMNS: readonly string[] =
  [COUNT_COLUMN, ...MEASURES.flatMap((measure) => (['min', 'max', 'avg', 'count'] as const).map((part) => statsColumn(measure, part)))];

/** The columns of the `data` family in the order of MEASURES, as the gateway's JSON has them. */
export const DATA_COLUMNS: readonly string[] = MEASURES.map((measure) => encodeColumn(dataColumn(measure)));

const scratch = Buffer.alloc(8);

/** A value as a cell holds it: 8 bytes, IEEE 754, big-endian, what HBase's `Bytes.toBytes(double)` writes; here in base64. */
export function encodeValue(value: number): string {
  scratch.writeDoubleBE(value);
  return scratch.toString('base64');
}

/** The value of a cell, or NaN when it is none of ours: our values are finite. */
export function decodeValue(base64: string): number {
  return scratch.write(base64, 'base64') === 8 ? scratch.readDoubleBE() : NaN;
}
