import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Breach, raise } from '../../../domain/alarm/breach.ts';
import { measureIndex, MEASURES } from '../../../domain/reading/measures.ts';
import { ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import { DAY_MS } from '../../../domain/reading/wallClock.ts';
import { SiteClock } from '../../../domain/reading/siteClock.ts';
import { AlarmIndex } from '../../../query/alarms/alarmIndex.ts';
import { TableQueries } from '../../../query/tableQueries.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { LOW_PSI, PLAIN } from '../../support/rules.ts';

/*
 * `askCurves.js DIR ROWS` fills a table with so many readings of one pump, one every 10 s, of which an hour in ten days
 * alarms; then asks for its curves. Prints the ms of each question as JSON, and the longest time for which the thread was held up.
 */
const [, , dir, count] = process.argv;
const ROWS = Number(count);
const STEP_ROWS = 65_536;
const EVERY_MS = 10_000;
const START = Date.UTC(2014, 2, 10);
const END = START + ROWS * EVERY_MS;

async function fill(): Promise<void> {
  const table = await openEmbeddedTable({ dir, mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
  const readings = new ReadingsBuffer(STEP_ROWS);
  for (let from = 0; from < ROWS; from += STEP_ROWS) {
    readings.clear();
    readings.pumps.numberOf('COHUTTA');
    readings.length = Math.min(STEP_ROWS, ROWS - from);
    for (let row = 0; row < readings.length; row++) {
      const n = from + row;
      readings.time[row] = START + n * EVERY_MS;
      readings.receivedAt[row] = from + 1;
      readings.values.forEach(
        (column, c) => (column[row] = Math.round(1000 * (10 + c) + 500 * Math.sin(n / (700 + 90 * c)) + ((n * 7919) % 97)) / 100),
      );
      if (n % 86_400 < 360) readings.values[measureIndex.psi][row] = 0;
    }
    const breaches: Breach[] = raise([LOW_PSI], readings);
    await table.write({ receiver: 'directory', readings, breaches, rejects: [], state: {} });
  }
  await table.close();
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const at = performance.now();
  await ask();
  return performance.now() - at;
}

await fill();
global.gc?.();
const table = await openEmbeddedTable({ dir, mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
const alarms = new AlarmIndex({
  table, versions: [{ from: 0, rules: [PLAIN] }], holdMs: 300_000, lateMs: 3_600_000, latenessMs: 3_600_000,
  clock: new SiteClock('UTC'), now: Date.now,
});
const queries = new TableQueries({ table, alarms, reference: () => NO_REFERENCE });
const held = monitorEventLoopDelay({ resolution: 1 });
held.enable();
const curves = (from: number, to: number) => timed(() => queries.curves({ pump: 'COHUTTA', from, to, points: 800, measures: MEASURES }));
const index = await timed(() => queries.catchUp());
const cold = await curves(START, END);
const same: number[] = [];
for (let i = 0; i < 5; i++) same.push(await curves(START, END));
const others: number[] = [];
for (let i = 1; i <= 5; i++) others.push(await curves(START + i * DAY_MS + 1, END - i * DAY_MS));
const week = END - 7 * DAY_MS;
const weekCold = await curves(week - 30 * DAY_MS, END - 30 * DAY_MS);
const weeks: number[] = [];
for (let i = 1; i <= 5; i++) weeks.push(await curves(week - 30 * DAY_MS + i * 1_234_567, END - 30 * DAY_MS - i * 1_234_567));
const hours: number[] = [];
for (let i = 1; i <= 5; i++) hours.push(await curves(END - i * 50_000_000, END - i * 50_000_000 + 4 * 3_600_000));
const heldUpMs = held.max / 1e6;
held.disable();
await table.close();
console.log(JSON.stringify({ index, cold, same, others, weekCold, weeks, hours, heldUpMs }));
