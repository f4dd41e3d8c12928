import { expect, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { NOT_BEGUN, type Retracted, type RetractProgress, type RetractSelection } from '../../../storage/table/retractions.ts';
import type { Step } from '../../../storage/table/steps.ts';
import fc from '../../support/property.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { collect, row, time } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';
import { sourcedStep, type SourcedRow } from '../contract/originsContract.ts';

type Opened = Awaited<ReturnType<typeof openEmbeddedTable>>;
const RULES = [LOW_PSI, HIGH_HZ];
const ALL: RetractSelection = { sources: undefined, pump: undefined, from: -8e12, to: 8e12, receivedUntil: 1e6 };

function open(dir = tempDir()): Promise<Opened> {
  return openEmbeddedTable({ dir, mode: 'writer', ttl: { data: null, alerts: null }, now: () => 0, blockBytes: 320 });
}

/** What is in a table: times of receipt are another matter. */
async function contents(table: Opened): Promise<unknown> {
  const rows: unknown[] = [];
  for (const pump of await table.pumps()) {
    for await (const { length, time: at, values } of table.readings(pump, {}))
      for (let i = 0; i < length; i++) rows.push([pump, at[i], ...values.map((column) => column[i])]);
  }
  const alerts = (await collect(table.alerts({}))).map(({ receivedAt: _, ...alert }) => alert);
  return { rows, alerts };
}

async function numberOf(table: Opened, source: string): Promise<number | undefined> {
  return (await table.receipts()).receipts.find((receipt) => receipt.source === source)?.number;
}

async function retract(table: Opened, selection: RetractSelection, stopAfter = Infinity, before: RetractProgress = NOT_BEGUN): Promise<RetractProgress> {
  let [done, pieces] = [before, 0];
  for await (const piece of table.retract(selection, { rules: RULES, state: () => ({}), before })) {
    done = piece;
    if (++pieces === stopAfter) break;
  }
  return done;
}

/** What it has done, without how far it came. */
async function retracted(table: Opened, selection: RetractSelection): Promise<Retracted> {
  const { retracted: rows, pumpDays } = await retract(table, selection);
  return { retracted: rows, pumpDays };
}

const psi = MEASURES.indexOf('psi');
const value = fc.constantFrom(3, 4, 80, NaN);
const anyRow = fc.record({ pump: fc.constantFrom('P', 'Q'), minute: fc.nat(2), hz: fc.constantFrom(10, 200, NaN), psi: value, source: fc.constantFrom('a', 'b', 'c') })
  .filter((one) => !(Number.isNaN(one.hz) && Number.isNaN(one.psi)));
const anySteps = fc.array(fc.array(anyRow, { minLength: 1, maxLength: 6 }), { maxLength: 8 });

/** Steps as they come, without the rows of some sources. */
function stepsOf(steps: readonly (readonly { pump: string; minute: number; hz: number; psi: number; source: string }[])[], without: readonly string[]): Step[] {
  return steps.map((rows, step) => {
    const sourced = rows.map((one, line): SourcedRow => ({
      pump: one.pump, time: time(`2014-03-10T01:0${one.minute}`), receivedAt: 1000 * (step + 1) + Math.floor(line / 2), source: one.source, line,
      values: MEASURES.map((_, c) => (c === 0 ? one.hz : c === psi ? one.psi : NaN)),
    }));
    return sourcedStep(sourced.filter(({ source }) => !without.includes(source)), [], { rules: RULES });
  });
}

test('a table without a source that was taken back is that which never had it, and so is one without two', async () => {
  await fc.assert(fc.asyncProperty(anySteps, fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 1, maxLength: 2 }), async (steps, gone) => {
    const table = await open();
    for (const step of stepsOf(steps, [])) await table.write(step);
    for (const [i, source] of gone.entries()) {
      const number = await numberOf(table, source);
      if (number === undefined) continue;
      const selection = { ...ALL, sources: [number] };
      const planned = await table.retractable(selection);
      expect(await retracted(table, selection)).toEqual(planned);
      expect(await table.retractable(selection)).toEqual({ retracted: 0, pumpDays: 0 });
      const never = await open();
      for (const step of stepsOf(steps, gone.slice(0, i + 1))) await never.write(step);
      expect(await contents(table)).toEqual(await contents(never));
      await never.close();
    }
    for (const receipt of (await table.receipts()).receipts) expect(receipt.retracted).toBeLessThanOrEqual(receipt.stored);
    await table.close();
  }), { numRuns: 60 });
});

test('all readings of a pump in a range of times go, also those of which nobody knows where they came from', async () => {
  const table = await open();
  const at = (minute: number) => `2014-03-10T01:0${minute}`;
  const { readings, ...unknown } = sourcedStep([0, 1, 2].map((minute) => ({ ...row('P', at(minute), 0, 5), source: 'a', line: minute + 1 })));
  await table.write({ ...unknown, readings: { ...readings, length: 3, names: ['P'], origins: undefined } });
  await table.write(sourcedStep([3, 4].map((minute) => ({ ...row('P', at(minute), 0, 6), source: 'a', line: minute + 1 }))));
  await table.write(sourcedStep([{ ...row('Q', at(1), 0, 7), source: 'a', line: 1 }]));
  const selection = { ...ALL, pump: 'P', from: time(at(1)), to: time(at(4)) };
  expect(await table.retractable(selection)).toEqual({ retracted: 3, pumpDays: 1 });
  expect(await retracted(table, { ...selection, receivedUntil: 4 })).toEqual({ retracted: 0, pumpDays: 0 });
  expect(await retracted(table, selection)).toEqual({ retracted: 3, pumpDays: 1 });
  expect((await collect(table.alerts({}))).map(({ pump, time: when }) => [pump, when]))
    .toEqual([['P', time(at(0))], ['P', time(at(4))], ['Q', time(at(1))]]);
  expect((await table.receipts()).receipts.map((receipt) => receipt.retracted)).toEqual([1]);
  expect((await table.counts()).directory).toMatchObject({ stored: 6, retracted: 3 });
});

test('a pump-day of which nothing is left has no statistics; one that changed is computed again', async () => {
  const table = await open();
  await table.write(sourcedStep([{ ...row('P', '2014-03-10'), source: 'a', line: 1 }, { ...row('P', '2014-03-11'), source: 'b', line: 1 }]));
  const days = await collect(table.days({}));
  await table.writeStats(days.map((day) => ({ day, stats: { pump: day.pump, day: day.day, count: 1, measures: MEASURES.map(() => ({ count: 1, min: 1, max: 1, avg: 1 })) } })));
  expect(await collect(table.stats({}))).toHaveLength(2);
  await retract(table, { ...ALL, sources: [1] });
  expect((await collect(table.stats({}))).map(({ day }) => day)).toEqual([days[1].day]);
  expect((await collect(table.days({}))).map(({ changedAt, computedAt }) => changedAt > computedAt)).toEqual([true, false]);
});

test('many readings go in pieces; what was interrupted is taken up again, and a source that comes again is taken', async () => {
  const dir = tempDir();
  let table = await open(dir);
  const rows = Array.from({ length: 12_000 }, (_, i): SourcedRow =>
    ({ ...row('P', '2014-03-10', 80, 5), time: time('2014-03-10') + i * 60_000, source: 'a', line: i + 1 }));
  await table.write(sourcedStep(rows));
  const planned = await table.retractable({ ...ALL, sources: [1] });
  const begun = await retract(table, { ...ALL, sources: [1] }, 1);
  expect(begun.retracted).toBe(5000);
  await table.close();
  table = await open(dir);
  const all = await retract(table, { ...ALL, sources: [1] }, Infinity, begun);
  expect({ retracted: all.retracted, pumpDays: all.pumpDays }).toEqual(planned);
  expect(await table.lookup('P', time('2014-03-10'))).toBeUndefined();
  expect((await table.receipts()).receipts).toMatchObject([{ stored: 12_000, retracted: 12_000 }]);
  const again = await table.write(sourcedStep(rows.map((one) => ({ ...one, receivedAt: 9, source: 'a again' }))));
  expect(again.counts).toMatchObject({ stored: 12_000, replaced: 0, duplicate: 0 });
  await table.close();
});
