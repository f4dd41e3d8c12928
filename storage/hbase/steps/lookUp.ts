import { MEASURES } from '../../../domain/reading/measures.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { CellRow, HBaseClient } from '../gateway/client.ts';
import { inFlight } from '../gateway/inFlight.ts';
import { KeyWriter } from './keyWriter.ts';
import { type ReadingCells, takeReading } from '../cells/storedReadings.ts';

const KEYS_A_REQUEST = 1000;
const REQUESTS = 3;

/** Readings that HBase has. `at[i]` is the row of the i-th that was asked for, or -1. */
export interface Found extends ReadingCells {
  readonly at: Int32Array;
}

/** A row as it is to be looked at; undefined when it is not. */
export type SeenRow = (row: CellRow) => CellRow | undefined;

/** Looks up the keys of rows of a step, each of them once. */
export async function lookUp(
  client: HBaseClient, readings: Readings, rows: Uint32Array, expiredBefore: number, seen: SeenRow = (row) => row,
): Promise<Found> {
  const found = {
    at: new Int32Array(rows.length).fill(-1),
    receivedAt: new Float64Array(rows.length),
    values: MEASURES.map(() => new Float64Array(rows.length)),
    cellReceipts: MEASURES.map(() => new Float64Array(rows.length)),
  };
  const keys = new KeyWriter();
  await inFlight(REQUESTS, pieces(rows.length), async ({ from, to }) => {
    const places = new Map<string, number>();
    const wanted: Uint8Array[] = [];
    for (let i = from; i < to; i++) {
      keys.setPump(readings.names[readings.pump[rows[i]]]);
      const key = Buffer.from(keys.bytes.subarray(0, keys.write(readings.time[rows[i]])));
      wanted.push(key);
      places.set(key.toString('base64'), i);
    }
    for (const row of await client.getRows(wanted)) {
      const place = places.get(row.key);
      const shown = place === undefined ? undefined : seen(row);
      if (place !== undefined && shown && takeReading(shown, found, place, expiredBefore)) found.at[place] = place;
    }
  });
  return found;
}

function* pieces(length: number): Iterable<{ from: number; to: number }> {
  for (let from = 0; from < length; from += KEYS_A_REQUEST) yield { from, to: Math.min(length, from + KEYS_A_REQUEST) };
}
