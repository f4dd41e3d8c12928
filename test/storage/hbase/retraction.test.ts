import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { openHBaseTable, type HBaseTable } from '../../../storage/hbase/table.ts';
import { NOT_BEGUN, type RetractProgress, type RetractSelection } from '../../../storage/table/retractions.ts';
import { randomNumbers } from '../../support/feed.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { startProxy } from '../../support/hbaseProxy.ts';
import { PSI } from '../../support/measures.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { collect, row, time } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';
import { sourcedStep, type SourcedRow } from '../contract/originsContract.ts';

const RULES = [LOW_PSI, HIGH_HZ];
const ALL: RetractSelection = { sources: undefined, pump: undefined, from: -8e12, to: 8e12, receivedUntil: 1e6 };

beforeAll(async () => { if (hasHBase) await hbaseForTests(); }, HBASE_START_MS);

interface Place {
  readonly dir: string;
  readonly name: string;
}

async function open(url: string, { dir, name }: Place, patienceMs = 30_000): Promise<HBaseTable> {
  const table = await openHBaseTable({
    gateway: { url, timeoutMs: 10_000 }, table: name, dir, mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now, patienceMs,
  });
  onTestFinished(() => table.close());
  return table;
}

/** What is in a table, by HBase and by the ledger: times of receipt are another matter. */
async function contents(table: HBaseTable): Promise<unknown> {
  const rows: unknown[] = [];
  for (const pump of await table.pumps()) {
    for await (const { length, time: at, values } of table.readings(pump, {}))
      for (let i = 0; i < length; i++) rows.push([pump, at[i], ...values.map((column) => column[i])]);
  }
  const alerts = (await collect(table.alerts({}))).map(({ receivedAt: _, ...alert }) => alert);
  const newest = await Promise.all((await table.pumps()).map((pump) => table.lastReading(pump).then((last) => last?.time[0])));
  return { rows, alerts, newest };
}

async function retract(table: HBaseTable, selection: RetractSelection): Promise<RetractProgress> {
  let done = NOT_BEGUN;
  for await (const piece of table.retract(selection, { rules: RULES, state: (soFar, piece) => ({ done: soFar.retracted, whole: !piece }), before: done })) done = piece;
  return done;
}

/** Rows of three sources over three keys of two pumps, some with a part of their cells, in steps. */
function randomSteps(seed: number): SourcedRow[][] {
  const random = randomNumbers(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  return Array.from({ length: 8 }, (_, step) => Array.from({ length: 6 }, (__, line): SourcedRow => {
    const [hz, psi] = [pick([10, 200, NaN]), pick([3, 4, 80])];
    return {
      pump: pick(['P', 'Q']), time: time(`2014-03-1${pick([0, 1])}T01:0${pick([0, 1])}`), receivedAt: 1000 * (step + 1), source: pick(['a', 'b', 'c']), line,
      values: MEASURES.map((___, c) => (c === 0 ? hz : c === PSI ? psi : NaN)),
    };
  }));
}

describe.skipIf(!hasHBase)('in HBase', () => {
  test('a table without a source that was taken back is that which never had it, also after a value comes back a second time', { timeout: 120_000 }, async () => {
    const url = await hbaseForTests();
    for (const seed of [1, 2, 3]) {
      const steps = randomSteps(seed);
      const [table, never] = [await open(url, { dir: tempDir(), name: freshTable() }), await open(url, { dir: tempDir(), name: freshTable() })];
      for (const step of steps) await table.write(sourcedStep(step, [], { rules: RULES }));
      for (const step of steps) await never.write(sourcedStep(step.filter(({ source }) => source === 'a'), [], { rules: RULES }));
      for (const source of ['b', 'c']) {
        const number = (await table.receipts()).receipts.find((receipt) => receipt.source === source)!.number;
        const selection = { ...ALL, sources: [number] };
        const planned = await table.retractable(selection);
        expect(await retract(table, selection)).toMatchObject(planned);
        expect(await table.retractable(selection)).toEqual({ retracted: 0, pumpDays: 0 });
      }
      expect(await contents(table)).toEqual(await contents(never));
      expect((await table.counts()).directory.retracted).toBeGreaterThan(0);
      expect((await table.state()).get('whole')).toBe(true);
      await table.write(sourcedStep(steps[0].map((one) => ({ ...one, receivedAt: 1e5 })), [], { rules: RULES }));
      await never.write(sourcedStep(steps[0].map((one) => ({ ...one, receivedAt: 1e5 })), [], { rules: RULES }));
      expect(await contents(table)).toEqual(await contents(never));
    }
  });

  test('one that ended between HBase and the ledger is done by the next start, once; statistics of its days go', { timeout: 120_000 }, async () => {
    const url = await hbaseForTests();
    const place = { dir: tempDir(), name: freshTable() };
    const table = await open(url, place);
    const rows = Array.from({ length: 30 }, (_, i): SourcedRow => ({ ...row('P', '2014-03-10', 3, 5), time: time('2014-03-10') + i * 60_000, source: 'a', line: i + 1 }));
    await table.write(sourcedStep(rows, [], { rules: RULES }));
    await table.write(sourcedStep([{ ...row('P', '2014-03-09', 80, 6), source: 'b', line: 1 }], [], { rules: RULES }));
    const days = await collect(table.days({}));
    await table.writeStats(days.map((day) => ({ day, stats: { pump: day.pump, day: day.day, count: 1, measures: MEASURES.map(() => ({ count: 1, min: 1, max: 1, avg: 1 })) } })));
    await table.close();

    let deletes = 0;
    const proxy = await startProxy(url);
    proxy.judge(({ method }) => (method === 'DELETE' && ++deletes > 7 ? { status: 503 } : 'pass'));
    const broken = await open(proxy.url, place, 500);
    await expect(retract(broken, { ...ALL, sources: [1] })).rejects.toThrow();
    await broken.close();

    const next = await open(url, place);
    await next.recover();
    expect(await contents(next)).toMatchObject({ rows: [['P', time('2014-03-09')]].map((key) => expect.arrayContaining(key) as unknown), alerts: [], newest: [time('2014-03-09')] });
    expect((await next.counts()).directory).toMatchObject({ stored: 31, retracted: 30 });
    expect((await next.state()).get('done')).toBe(30);
    expect((await collect(next.stats({}))).map(({ day }) => day)).toEqual([days[0].day]);
    expect(await next.retractable({ ...ALL, sources: [1] })).toEqual({ retracted: 0, pumpDays: 0 });
    const reader = await openHBaseTable({
      gateway: { url, timeoutMs: 10_000 }, table: place.name, dir: tempDir(), mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now, patienceMs: 10_000,
    });
    onTestFinished(() => reader.close());
    expect((await collect(reader.stats({}))).map(({ day }) => day)).toEqual([days[0].day]);
    expect(await collect(reader.alerts({}))).toEqual([]);
  });
});
