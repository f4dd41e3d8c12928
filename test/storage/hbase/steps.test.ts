import { cpSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../domain/errors.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { markOf } from '../../../domain/reading/rejectMark.ts';
import { openHBaseTable, type HBaseTable } from '../../../storage/hbase/table.ts';
import type { Step } from '../../../storage/table/steps.ts';
import { until } from '../../support/waiting.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { tempDir } from '../../support/tempDir.ts';
import { collect, type Row, row, stepOf, time } from '../../support/steps.ts';
import { type Call, lookUpsOf, type Proxy, putsOf, startProxy, type Verdict } from '../../support/hbaseProxy.ts';

const HOUR = 3_600_000;
const REJECT: Reject = { id: 'r', source: 'bad.csv', line: 1, reason: 'expected psi', raw: 'x', receivedAt: 5 };
const DAY_ROWS = 1440;

/** A pump's day, a reading a minute, with two below the limit. */
function day(pump: string, date: string, receivedAt = 1000): Row[] {
  return Array.from({ length: DAY_ROWS }, (_, minute) => ({
    ...row(pump, date, minute === 7 || minute === 900 ? 0 : 80, receivedAt),
    time: time(date) + minute * 60_000,
  }));
}

interface Opened {
  readonly table: HBaseTable;
  readonly dir: string;
  readonly name: string;
}

async function open(
  url: string,
  { dir = tempDir(), name = freshTable(), patienceMs = 500 }: { dir?: string; name?: string; patienceMs?: number } = {},
): Promise<Opened> {
  const table = await openHBaseTable({
    gateway: { url, timeoutMs: 10_000 },
    table: name,
    dir,
    mode: 'writer',
    ttl: { data: null, alerts: null },
    now: Date.now,
    patienceMs,
  });
  return { table, dir, name };
}

async function allRows(table: HBaseTable): Promise<Row[]> {
  const rows: Row[] = [];
  for (const pump of await table.pumps()) {
    for await (const { length, time: at, receivedAt, values } of table.readings(pump, {})) {
      for (let i = 0; i < length; i++)
        rows.push({ pump, time: at[i], receivedAt: receivedAt[i], values: values.map((column) => column[i]) });
    }
  }
  return rows;
}

/** Each test asks for it; the first waits for its start. */
beforeAll(async () => { if (hasHBase) await hbaseForTests(); }, HBASE_START_MS);

describe.skipIf(!hasHBase)('steps into a real HBase', () => {
  test('the rows, cells and timestamps are those of the contract', async () => {
    const url = await hbaseForTests();
    const { table, name } = await open(url);
    await table.write(stepOf([row('COHUTTA', '2014-03-10T01:01', 4.5, 1_700_000_000_001)]));
    await table.writeStats([
      {
        day: { pump: 'COHUTTA', day: 16_139, changedAt: 1, computedAt: 0, expired: false },
        stats: {
          pump: 'COHUTTA',
          day: 16_139,
          count: 1,
          measures: Array.from({ length: 6 }, (_, i) => ({ count: 1, min: i, max: i + 0.5, avg: i + 0.25 })),
        },
      },
    ]);
    await table.close();
    const read = await fetch(`${url}/${name}/COHUTTA_2014-03-10_01:01`, { headers: { accept: 'application/json' } });
    const {
      Row: [{ key, Cell }],
    } = (await read.json()) as { Row: { key: string; Cell: { column: string; timestamp: number; $: string }[] }[] };
    expect(Buffer.from(key, 'base64').toString()).toBe('COHUTTA_2014-03-10_01:01');
    expect(
      Cell.map((cell) => [Buffer.from(cell.column, 'base64').toString(), Buffer.from(cell.$, 'base64').toString('hex'), cell.timestamp]),
    ).toEqual([
      ['alerts:psi', '4012000000000000', 1_700_000_000_001],
      ['alerts:psi:low-psi', '4014000000000000', 1_700_000_000_001],
      ...[
        ['chlPPM', '3fff0a3d70a3d70a'],
        ['disp', '3ffbae147ae147ae'],
        ['flo', '408b880000000000'],
        ['hz', '40248a3d70a3d70a'],
        ['psi', '4012000000000000'],
        ['sedPPM', '3ff8f5c28f5c28f6'],
      ].map(([measure, hex]) => [`data:${measure}`, hex, 1_700_000_000_001]),
    ]);
    const stats = await fetch(`${url}/${name}/COHUTTA_2014-03-10/stats:psi_avg`, { headers: { accept: 'application/octet-stream' } });
    expect(Buffer.from(await stats.arrayBuffer()).readDoubleBE()).toBe(4.25);
  });

  test('rows in order are put without a look-up, late and equal ones are looked up and equal ones not put', async () => {
    const { table, proxy } = await openBehindProxy();
    await table.write(stepOf(day('A', '2014-03-10')));
    await table.write(stepOf(day('A', '2014-03-11', 1001)));
    await table.write(stepOf(day('A', '2014-03-01', 1002)));
    expect(lookUpsOf(proxy.calls)).toEqual([]);
    const puts = putsOf(proxy.calls).length;
    const again = await table.write(stepOf(day('A', '2014-03-10', 1003)));
    expect(again.counts).toMatchObject({ stored: 0, duplicate: DAY_ROWS, alerts: 0 });
    expect(lookUpsOf(proxy.calls).length).toBeGreaterThan(0);
    expect(putsOf(proxy.calls)).toHaveLength(puts);
    await table.close();
  });

  /** What can become of the puts of a step before the process dies. */
  const crashes: [string, (call: Call, put: number) => Verdict][] = [
    ['before the first put', () => 'cut'],
    ['after the first put', (_, put) => (put === 0 ? 'pass' : { status: 503 })],
    ['after all puts, their replies lost', () => 'loseReply'],
  ];
  for (const [when, verdict] of crashes) {
    test(`a step that is interrupted ${when} is finished by the next start, and counts once`, async () => {
      const { table, proxy, dir, name, url } = await openBehindProxy();
      await table.write(stepOf(day('A', '2014-03-10'), { rejects: [1, 2].map((id) => ({ ...REJECT, id: String(id) })) }));
      const [first, second] = (await collect(table.rejects())).map(markOf);
      // Every fifth is equal, the others are corrections or new.
      const rows = [
        ...day('A', '2014-03-10', 2000).map((one, i) => (i % 5 === 0 ? one : { ...one, values: one.values.map((value) => value + 1) })),
        ...day('B', '2014-03-10', 2000),
        ...day('C', '2014-03-10', 2000),
      ];
      const replays = [first, second].map((of, i) => ({ row: i, of, by: null, source: 'mended.csv', line: i + 2 })); // a duplicate and a put
      const step: Step = { ...stepOf(rows), replays, state: { file: { offset: 77 } } };
      let put = 0;
      proxy.judge((call) => (putsOf([call]).length > 0 ? verdict(call, put++) : 'pass'));
      await expect(table.write(step)).rejects.toThrow(AppError);
      await table.close();
      proxy.judge(() => 'pass');

      const before = await open(url, { dir, name });
      expect((await before.table.state()).has('file')).toBe(false);
      const { counts, raised } = await before.table.recover();
      expect(raised.map(({ pump }) => pump)).toEqual(['A', 'B', 'B', 'C', 'C']);
      expect(counts).toEqual({ stored: 3 * DAY_ROWS - 288, replaced: DAY_ROWS - 288, retracted: 0, duplicate: 288, replayed: 2, rejected: 0, alerts: 5 });
      expect((await collect(before.table.rejects())).map(({ replayed }) => replayed?.line)).toEqual([2, 3]);
      expect(await before.table.state()).toEqual(new Map([['file', { offset: 77 }]]));
      expect((await before.table.counts()).directory).toEqual({
        stored: 4 * DAY_ROWS - 288,
        replaced: DAY_ROWS - 288,
        retracted: 0,
        duplicate: 288,
        replayed: 2,
        rejected: 2,
        alerts: 7,
      });
      const expected = rows.map((one, i) => (i < DAY_ROWS && i % 5 === 0 ? { ...one, receivedAt: 1000 } : one));
      expect(await allRows(before.table)).toEqual(expected);
      await before.table.close();

      const after = await open(url, { dir, name });
      expect((await after.table.recover()).counts).toEqual({ stored: 0, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 0 });
      await after.table.close();
    });
  }

  test('a row that HBase does not take becomes a reject, and costs only itself', async () => {
    const { table, proxy } = await openBehindProxy();
    const poisoned = Buffer.from('P_2014-03-10_12:00').toString('base64');
    proxy.judge(({ body }) =>
      body.includes(poisoned)
        ? { status: 400, body: 'Bad request\r\njava.lang.IllegalArgumentException: Row length\n\tat org.apache.hadoop…' }
        : 'pass',
    );
    await table.write(stepOf([], { rejects: [REJECT] }));
    const [mark] = (await collect(table.rejects())).map(markOf);
    const outcome = await table.write(stepOf(
      [...day('A', '2014-03-10'), row('P', '2014-03-10T12:00', 3, 1000), row('P', '2014-03-10T12:01', 3, 1000)],
      { replays: [{ row: DAY_ROWS, of: mark, by: null, source: 'mended.csv', line: 2 }] },
    ));
    expect(outcome.counts).toEqual({ stored: DAY_ROWS + 1, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 1, alerts: 3 });
    const [mended, reject] = await collect(table.rejects());
    expect([mended.replayed, mended.attempt, reject.mends]).toEqual([undefined, 2, mark]);
    expect(reject.raw).toBe('P,2014-03-10,12:00:00,10.27,1.73,881,1.56,3,1.94');
    expect(reject.reason).toContain('IllegalArgumentException');
    expect(reject.reason).not.toContain('\tat ');
    proxy.judge(() => 'pass');
    expect((await allRows(table)).map(({ pump }) => pump).filter((pump) => pump === 'P')).toHaveLength(1);
    await table.close();
  });

  test('a gateway that answers 400 to everything makes no reject', async () => {
    const { table, proxy } = await openBehindProxy();
    await table.recover();
    proxy.judge(({ path }) => (path.endsWith('/batch') ? { status: 400, body: 'The plain HTTP request was sent to HTTPS port' } : 'pass'));
    await expect(table.write(stepOf(day('A', '2014-03-10')))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await collect(table.rejects())).toEqual([]);
    expect((await table.counts()).directory).toMatchObject({ stored: 0, rejected: 0 });
    await table.close();
  });

  test('a gateway that answers 400 to everything for a while, from the middle of a step on, makes no reject', async () => {
    const { table, proxy } = await openBehindProxy({ patienceMs: 20_000 });
    await table.recover();
    let puts = 0;
    proxy.judge((call) => (putsOf([call]).length > 0 && puts++ > 0 && puts < 5 ? { status: 400 } : 'pass'));
    const outcome = await table.write(stepOf([...day('A', '2014-03-10'), ...day('B', '2014-03-10')]));
    expect(outcome.counts).toMatchObject({ stored: 2 * DAY_ROWS, rejected: 0 });
    expect(await allRows(table)).toHaveLength(2 * DAY_ROWS);
    await table.close();
  });

  test('a page that answers 200 to puts has stored nothing', async () => {
    const { table, proxy } = await openBehindProxy({ patienceMs: 20_000 });
    await table.recover();
    let portal = true;
    proxy.judge((call) => (portal && putsOf([call]).length > 0 ? { status: 200, body: '<html>login' } : 'pass'));
    setTimeout(() => { portal = false; }, 200);
    expect((await table.write(stepOf(day('A', '2014-03-10')))).counts.stored).toBe(DAY_ROWS);
    expect(await allRows(table)).toHaveLength(DAY_ROWS);
    await table.close();
  });

  test('a correction that HBase does not take leaves the row and its alert as they are', async () => {
    const { table, proxy, name } = await openBehindProxy();
    await table.write(stepOf([row('A', '2014-03-10T01:00', 1, 1000), row('A', '2014-03-10T02:00', 80, 1000)]));
    const corrected = Buffer.alloc(8);
    corrected.writeDoubleBE(77);
    proxy.judge(({ body }) => (body.includes(corrected.toString('base64')) ? { status: 400 } : 'pass'));
    const outcome = await table.write(stepOf([row('A', '2014-03-10T01:00', 77, 2000)]));
    expect(outcome).toMatchObject({ counts: { stored: 0, rejected: 1 }, withdrawn: [] });
    expect(await collect(table.alerts({}))).toHaveLength(1);
    await table.close();
    const without = await openHBaseTable({
      gateway: { url: proxy.url, timeoutMs: 10_000 },
      table: name,
      dir: tempDir(),
      mode: 'reader',
      ttl: { data: null, alerts: null },
      now: Date.now,
      patienceMs: 500,
    });
    expect(await collect(without.alerts({}))).toHaveLength(1);
    await without.close();
  });

  test('a ledger from an older copy is found out, and all is read anew', async () => {
    const url = await hbaseForTests();
    const { table, dir, name } = await open(url);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1000)]));
    await table.close();
    const copy = tempDir();
    cpSync(dir, copy, { recursive: true });
    const later = await open(url, { dir, name });
    await later.table.write(stepOf([row('B', '2014-03-10', 1, 2000)]));
    const expected = await collect(later.table.alerts({}));
    await later.table.close();
    const restored = await open(url, { dir: copy, name });
    await restored.table.recover();
    expect(await restored.table.pumps()).toEqual(['A', 'B']);
    expect(await collect(restored.table.alerts({}))).toEqual(expected);
    expect((await restored.table.state()).get('receipt')).toBe(2000);
    await restored.table.close();
  });

  test('requests that a proxy finds too large are made smaller', async () => {
    const { table, proxy } = await openBehindProxy();
    proxy.judge(({ body }) => (body.length > 100_000 ? { status: 413 } : 'pass'));
    expect((await table.write(stepOf(day('A', '2014-03-10')))).counts.stored).toBe(DAY_ROWS);
    expect(await allRows(table)).toHaveLength(DAY_ROWS);
    await table.close();
  });

  test('alert cells that hold no longer are gone from HBase, the others stay', async () => {
    const url = await hbaseForTests();
    const { table, name } = await open(url);
    await table.write(
      stepOf([row('A', '2014-03-10T01:00', 0, 1000), row('A', '2014-03-10T02:00', 0, 1000), row('A', '2014-03-10T03:00', 0, 1000)]),
    );
    await table.write(stepOf([row('A', '2014-03-10T01:00', 80, 1001), row('A', '2014-03-10T02:00', 2, 1001)]));
    await table.close();
    const without = await open(url, { name });
    const alerts = await collect(without.table.alerts({}));
    expect(alerts.map(({ time: at, value }) => [at, value])).toEqual([[time('2014-03-10T02:00'), 2], [time('2014-03-10T03:00'), 0]]);
    await without.table.close();
  });
});

describe.skipIf(!hasHBase)('time to live in a real HBase', () => {
  test('HBase itself removes readings and alerts, each after its own time, and the pump-day says that it has lost some', async () => {
    const url = await hbaseForTests();
    const options = {
      gateway: { url, timeoutMs: 10_000 },
      table: freshTable(),
      dir: tempDir(),
      mode: 'writer' as const,
      now: Date.now,
      patienceMs: 5000,
    };
    const table = await openHBaseTable({ ...options, ttl: { data: 5000, alerts: null } });
    await table.recover(); // makes the table in HBase, which takes a while
    await table.write(stepOf([row('A', '2014-03-10', 0, Date.now())]));
    const cells = async () => {
      const read = await fetch(`${url}/${options.table}/A_2014-03-10_00:00`, { headers: { accept: 'application/json' } });
      return ((await read.json()) as { Row: { Cell: unknown[] }[] }).Row[0].Cell.length;
    };
    expect(await cells()).toBe(8);
    await until(async () => (await cells()) === 2);
    await until(async () => !(await table.expire()));
    await table.close();
    const later = await openHBaseTable({ ...options, ttl: { data: null, alerts: null } });
    expect(await collect(later.days({}))).toMatchObject([{ expired: true }]);
    expect(await collect(later.alerts({}))).toHaveLength(1);
    await later.close();
  });
});

describe.skipIf(!hasHBase)('a table in HBase without its ledger', () => {
  test('reads the same alerts, statistics, readings and pumps from HBase', async () => {
    const url = await hbaseForTests();
    const { table, name } = await open(url);
    await table.write(stepOf([...day('A', '2014-03-10'), ...day('A_2014-03-10', '2014-03-11'), ...day('泵', '2014-03-10')]));
    const days = await collect(table.days({}));
    await table.writeStats(
      days.map((one) => ({
        day: one,
        stats: { pump: one.pump, day: one.day, count: 3, measures: Array.from({ length: 6 }, (_, i) => ({ count: 3, min: i, max: i, avg: i / 3 })) },
      })),
    );
    const told = async (one: HBaseTable) => ({
      alerts: await collect(one.alerts({})), stats: await collect(one.stats({})), rows: await allRows(one), pumps: await one.pumps(),
      some: await collect(one.alerts({ pump: 'A', from: time('2014-03-10') + HOUR })), last: (await one.lastReading('A'))?.time[0],
    });
    const expected = await told(table);
    await table.close();
    expect(expected.alerts).toHaveLength(6);
    const reader = await openHBaseTable({
      gateway: { url, timeoutMs: 10_000 },
      table: name,
      dir: tempDir(),
      mode: 'reader',
      ttl: { data: null, alerts: null },
      now: Date.now,
      patienceMs: 500,
    });
    expect(await told(reader)).toEqual(expected);
    await reader.close();
  });

  test('makes a new one from what is in HBase, and goes on counting rightly', async () => {
    const { table, name, url, proxy } = await openBehindProxy();
    await table.write(stepOf([...day('A', '2014-03-10'), ...day('A_2014-03-10', '2014-03-11')]));
    const alerts = await collect(table.alerts({}));
    const stats = await collect(table.days({}));
    await table.close();
    const again = await open(url, { name });
    await again.table.recover();
    expect(await collect(again.table.alerts({}))).toEqual(alerts);
    expect((await collect(again.table.days({}))).map(({ pump, day: number }) => [pump, number])).toEqual(
      stats.map(({ pump, day: number }) => [pump, number]),
    );
    proxy.calls.length = 0;
    const outcome = await again.table.write(stepOf([...day('A', '2014-03-10', 2000), ...day('A', '2014-03-12', 2000)]));
    expect(outcome.counts).toEqual({ stored: DAY_ROWS, replaced: 0, retracted: 0, duplicate: DAY_ROWS, replayed: 0, rejected: 0, alerts: 2 });
    expect(lookUpsOf(proxy.calls).length).toBeGreaterThan(0);
    await again.table.close();
  });

  test('another data directory is refused while the first has the table open, and takes all in when it follows', async () => {
    const url = await hbaseForTests();
    const a = await open(url);
    await a.table.write(stepOf([row('S', '2026-10-10', 2, 1000), row('S', '2026-10-11', 2, 1000)]));
    const early = await open(url, { name: a.name });
    await expect(early.table.recover()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await early.table.close();
    await a.table.close();

    const b = await open(url, { name: a.name });
    const outcome = await b.table.write(stepOf([row('S', '2026-10-10', 90, 2000), row('S', '2026-10-11', 2, 2000)]));
    expect(outcome.counts).toEqual({ stored: 1, replaced: 1, retracted: 0, duplicate: 1, replayed: 0, rejected: 0, alerts: 0 });
    expect(outcome.withdrawn).toHaveLength(1);
    const alerts = await collect(b.table.alerts({}));
    expect(alerts).toHaveLength(1);
    await b.table.close();

    const stale = await openHBaseTable({
      gateway: { url, timeoutMs: 10_000 },
      table: a.name,
      dir: a.dir,
      mode: 'reader',
      ttl: { data: null, alerts: null },
      now: Date.now,
      patienceMs: 500,
    });
    expect(await collect(stale.alerts({}))).toEqual(alerts);
    await stale.close();
    const back = await open(url, { name: a.name, dir: a.dir });
    expect((await back.table.write(stepOf([row('S', '2026-10-10', 90, 3000)]))).counts).toMatchObject({ stored: 0, duplicate: 1 });
    expect(await collect(back.table.alerts({}))).toEqual(alerts);
    await back.table.close();
  });

  test('belongs to one table: another name is refused', async () => {
    const url = await hbaseForTests();
    const { table, dir } = await open(url);
    await table.recover();
    await table.close();
    const other = await open(url, { dir });
    await expect(other.table.recover()).rejects.toMatchObject({ code: 'CONFIG' });
    await other.table.close();
  });
});

async function openBehindProxy(
  options: { readonly patienceMs?: number } = {},
): Promise<Opened & { readonly proxy: Proxy; readonly url: string }> {
  const proxy = await startProxy(await hbaseForTests());
  return { ...(await open(proxy.url, options)), proxy, url: proxy.url };
}
