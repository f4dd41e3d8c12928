import { summarize } from '../../batch/summarize.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';

/*
 * The daily batch over all pump-days of a table, run as `node summarizeOnce.js DIR`. Prints
 * {"rows":…,"ms":…}: the batch alone, from an open table until its statistics are on disk.
 */
const [, , dir] = process.argv;
const table = await openEmbeddedTable({ dir, mode: 'batch', ttl: { data: null, alerts: null }, now: Date.now });
const start = performance.now();
const { rows } = await summarize({ table, selection: { all: true } });
const ms = performance.now() - start;
await table.close();
console.log(JSON.stringify({ rows, ms }));
