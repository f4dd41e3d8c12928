import { ReadingsBuffer } from '../../domain/reading/readings.ts';
import { openHBaseTable } from '../../storage/hbase/table.ts';
import type { Table } from '../../storage/table/table.ts';
import { type PlainRow, readRows } from './hbaseRows.ts';

/*
 * The table in HBase: `hbaseTable.js URL TABLE DIR FILE` puts the rows of a file, reads all of them, puts the same rows
 * again, then corrections of all of them, and prints the ms of each as JSON.
 */
const [url, name, dir, file] = process.argv.slice(2);
const STEP_ROWS = 65_536;

async function writeAll(
  table: Table,
  rows: readonly PlainRow[],
  change: { readonly receivedAt: number; readonly psi: number },
): Promise<number> {
  let ms = 0;
  const readings = new ReadingsBuffer(STEP_ROWS);
  for (let from = 0; from < rows.length; from += STEP_ROWS) {
    readings.clear();
    for (const { pump, time, values } of rows.slice(from, from + STEP_ROWS)) {
      const row = readings.length++;
      readings.pump[row] = readings.pumps.numberOf(pump);
      readings.time[row] = time;
      readings.receivedAt[row] = change.receivedAt;
      values.forEach((value, c) => (readings.values[c][row] = c === 4 ? value + change.psi : value));
    }
    const at = performance.now();
    await table.write({ receiver: 'directory', readings, breaches: [], rejects: [], state: {} });
    ms += performance.now() - at;
  }
  return ms;
}

async function readAll(table: Table): Promise<{ ms: number; rows: number }> {
  const at = performance.now();
  let rows = 0;
  for (const pump of await table.pumps()) for await (const piece of table.readings(pump, {})) rows += piece.length;
  return { ms: performance.now() - at, rows };
}

const rows = readRows(file);
const table = await openHBaseTable({
  gateway: { url, timeoutMs: 30_000 },
  table: name,
  dir,
  mode: 'writer',
  ttl: { data: null, alerts: null },
  now: Date.now,
  patienceMs: 60_000,
});
await table.recover();
const now = Date.now();
const inOrderMs = await writeAll(table, rows, { receivedAt: now, psi: 0 });
const scan = await readAll(table);
const equalMs = await writeAll(table, rows, { receivedAt: now + 1, psi: 0 });
const correctedMs = await writeAll(table, rows, { receivedAt: now + 2, psi: 1 });
await table.close();
if (scan.rows !== rows.length) throw new Error(`put ${rows.length} rows, read ${scan.rows}`);
console.log(JSON.stringify({ rows: rows.length, inOrderMs, equalMs, correctedMs, scanMs: scan.ms }));
