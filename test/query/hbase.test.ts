import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { NO_REFERENCE } from '../../domain/pump/reference.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import { TableQueries } from '../../query/tableQueries.ts';
import { type HBaseTable, openHBaseTable } from '../../storage/hbase/table.ts';
import { PLAIN } from '../support/rules.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../support/hbase.ts';
import { startProxy } from '../support/hbaseProxy.ts';
import { stepOf } from '../support/steps.ts';
import { tempDir } from '../support/tempDir.ts';
import { reading, RULES, START } from '../support/queries.ts';

const DAY_MS = 86_400_000;

describe.runIf(hasHBase)('while HBase is away', () => {
  let url: string;
  beforeAll(async () => {
    url = await hbaseForTests();
  }, HBASE_START_MS);

  /** A site whose reader asks HBase through a proxy: a run that goes on, after one that is over. */
  async function site() {
    const [dir, table] = [join(tempDir(), 'hbase'), freshTable()];
    const open = async (mode: 'writer' | 'reader', gateway: string): Promise<HBaseTable> => {
      const opened = await openHBaseTable({
        gateway: { url: gateway, timeoutMs: 20_000 },
        table,
        dir,
        mode,
        ttl: { data: null, alerts: null },
        now: Date.now,
        patienceMs: mode === 'writer' ? 60_000 : 200,
      });
      onTestFinished(() => opened.close());
      return opened;
    };
    const writer = await open('writer', url);
    await writer.recover();
    const rows = [0, 80, 1, 2].map((psi, minute) => ({ ...reading('A', minute, { psi }), receivedAt: 1000 }));
    await writer.write(stepOf(rows, { rules: RULES }));
    const proxy = await startProxy(url);
    const reader = await open('reader', proxy.url);
    const clock = { now: 0 };
    const alarms = new AlarmIndex({
      table: reader, versions: [{ from: 0, rules: [PLAIN] }], holdMs: 300_000, lateMs: 3_600_000, latenessMs: 3_600_000,
      clock: new SiteClock('UTC'), now: () => clock.now,
    });
    return { proxy, clock, alarms, queries: new TableQueries({ table: reader, alarms, reference: () => NO_REFERENCE, now: () => clock.now }) };
  }

  const curve = { pump: 'A', from: START, to: START + DAY_MS, points: 10, measures: ['psi'] } as const;

  test('what was known before is still told, and what needs readings is refused', async () => {
    const { queries, alarms, proxy, clock } = await site();
    const alarmsOf = async () => {
      await alarms.refresh();
      return alarms.alarmsOf('A');
    };
    const ask = async () => ({
      alarms: await alarmsOf(),
      pumps: await queries.pumps({ limit: 9 }),
      alerts: await queries.alerts({ limit: 9 }),
      days: await queries.stats({ limit: 9 }),
    });
    const there = await ask();
    expect(there).toMatchObject({
      alarms: [{ readings: 1, cleared: START + 60_000 }, { readings: 2, cleared: null }],
      pumps: { items: [{ last: { values: [10, 1.73, 881, 1.56, 2, 1.94] } }] },
      alerts: { total: 3 },
      days: { items: [{ alerts: 3 }] },
    });
    proxy.judge(() => 'cut');
    clock.now += 60_000;
    expect(await ask()).toEqual(there);
    await expect(queries.curves(curve)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    proxy.judge(() => 'pass');
    await expect.poll(() => queries.curves(curve).then(({ rows }) => rows, () => 0), { timeout: 60_000 }).toBe(4);
  });

  test('from the beginning alerts and days are told, and alarms as soon as it is back', async () => {
    const { queries, alarms, proxy, clock } = await site();
    proxy.judge(() => 'cut');
    await expect(alarms.refresh()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await queries.alerts({ limit: 9 })).toMatchObject({ total: 3 });
    expect(await queries.alerts({ limit: 9, from: START + 60_000 })).toMatchObject({ total: 2 });
    expect(await queries.stats({ limit: 9 })).toMatchObject({ items: [{ alerts: 3 }] });
    expect(await queries.unknownPumps(9)).toEqual(['A']);
    await expect(queries.pumps({ limit: 9 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    proxy.judge(() => 'pass');
    await expect.poll(() => {
      clock.now += 60_000;
      return queries.pumps({ limit: 9 }).then(({ active }) => active, () => 0);
    }, { timeout: 60_000 }).toBe(1);
    await alarms.refresh();
    expect(alarms.alarmsOf('A')).toHaveLength(2);
  });
});
