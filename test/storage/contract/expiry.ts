import { expect, test } from 'vitest';
import type { Table } from '../../../storage/table/table.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import type { Open, TableSetup } from './opening.ts';
import { rowsOf } from './rows.ts';

/** What is older than its time to live is gone. */
export function expiryContract(open: Open): void {
  const setup = (): TableSetup & { clock: { now: number } } => {
    const clock = { now: 1000 };
    return { clock, now: () => clock.now, ttl: { data: 100, alerts: 50 } };
  };
  const sweep = async (table: Table): Promise<void> => {
    while (await table.expire());
  };

  test('expired rows are not shown, and go when they are removed', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 0, 1000)]));
    await table.write(stepOf([row('A', '2014-03-10T01:00', 0, 1060)]));
    for (const removing of [false, true]) {
      clock.now = 1100;
      if (removing) await sweep(table);
      expect(await table.lookup('A', time('2014-03-10'))).toBeUndefined();
      expect(await table.lookup('A', time('2014-03-10T01:00'))).toBeDefined();
      expect(await rowsOf(table, 'A')).toHaveLength(1);
      expect(await collect(table.alerts({}))).toHaveLength(1);
    }
    clock.now = 1160;
    expect(await table.lastReading('A')).toBeUndefined();
    await sweep(table);
    expect(await table.lastReading('A')).toBeUndefined();
    expect(await table.pumps()).toEqual(['A']);
  });

  test('alerts expire by their own time to live', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 0, 1000)]));
    clock.now = 1050;
    expect(await collect(table.alerts({}))).toEqual([]);
    expect(await rowsOf(table, 'A')).toHaveLength(1);
  });

  test('expired rows that come again count as stored and alert again', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 0, 1000)]));
    clock.now = 1100;
    const outcome = await table.write(stepOf([row('A', '2014-03-10', 0, 1100)]));
    expect(outcome).toMatchObject({ counts: { stored: 1, duplicate: 0, alerts: 1 }, withdrawn: [] });
    expect(await rowsOf(table, 'A')).toHaveLength(1);
  });

  test('a pump-day with expired rows says so, stays so, and keeps its statistics', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1000), row('A', '2014-03-11', 80, 1060)]));
    const [day] = await collect(table.days({}));
    const stats = { pump: 'A', day: day.day, count: 1, measures: Array.from({ length: 6 }, () => ({ count: 1, min: 1, max: 1, avg: 1 })) };
    await table.writeStats([{ day, stats }]);
    clock.now = 1100;
    expect((await collect(table.days({}))).map((one) => one.expired)).toEqual([true, false]);
    clock.now = 1200;
    await sweep(table);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1200)]));
    expect((await collect(table.days({}))).map((one) => one.expired)).toEqual([true, true]);
    expect(await collect(table.stats({}))).toEqual([stats]);
  });

  test('statistics of a pump-day that began to expire while they were computed are not taken', async () => {
    const { clock, ...rest } = setup();
    const table = await open(rest);
    await table.write(stepOf([row('A', '2014-03-10', 80, 1000)]));
    const [day] = await collect(table.days({}));
    clock.now = 1100;
    await table.writeStats([{ day, stats: { pump: 'A', day: day.day, count: 0, measures: [] } }]);
    expect(await collect(table.stats({}))).toEqual([]);
    expect(await collect(table.days({}))).toMatchObject([{ computedAt: day.changedAt }]);
  });
}
