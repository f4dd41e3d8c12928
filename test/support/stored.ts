import { join } from 'node:path';
import { raise } from '../../domain/alarm/breach.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import { ReadingsBuffer } from '../../domain/reading/readings.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import { parseTime } from '../../domain/reading/wallClock.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Table } from '../../storage/table/table.ts';
import { LOW_PSI } from './rules.ts';

/** A row of a table: `PUMP YYYY-MM-DDTHH:mm hz disp flo sedPPM psi chlPPM`. */
export function readingsOf(rows: readonly string[]): ReadingsBuffer {
  const readings = new ReadingsBuffer(Math.max(1, rows.length));
  for (const text of rows) {
    const [pump, time, ...values] = text.split(' ');
    const row = readings.length++;
    readings.pump[row] = readings.pumps.numberOf(pump);
    readings.time[row] = parseTime(time)!;
    readings.receivedAt[row] = 1_700_000_000_000;
    values.forEach((value, i) => (readings.values[i][row] = Number(value)));
  }
  return readings;
}

/** Stores rows in the table of a data directory, with the alerts of some rules. */
export async function store(
  dataDir: string,
  rows: readonly string[],
  { rules = [LOW_PSI], rejects = [] }: { rules?: Rule[]; rejects?: Reject[] } = {},
): Promise<void> {
  const table = await openWriter(dataDir);
  try {
    const readings = readingsOf(rows);
    await table.write({ receiver: 'directory', readings, breaches: raise(rules, readings), rejects, state: {} });
  } finally {
    await table.close();
  }
}

/** The table of a data directory, to be closed by the caller. */
export function openWriter(dataDir: string): Promise<Table> {
  return openEmbeddedTable({ dir: join(dataDir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
}

/** All of an iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
