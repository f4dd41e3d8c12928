import { expect, test } from 'vitest';
import type { DayStats } from '../../../domain/day/dayStats.ts';
import { dayOf, formatDay } from '../../../domain/reading/wallClock.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import type { Open } from './opening.ts';

/** Days that have changed, and their statistics. */
export function daysContract(open: Open): void {
  const stats = (pump: string, day: number): DayStats =>
    ({ pump, day, count: 2, measures: Array.from({ length: 6 }, (_, index) => ({ count: 2, min: index, max: index + 0.5, avg: 0.1 + index })) });

  test('each step marks the pump-days that it changed', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11T23:59:59.999'), row('B', '2014-03-10')]));
    await table.write(stepOf([row('A', '2014-03-10', 80, 2), row('A', '2014-03-11', 80, 2)]));
    const day = dayOf(time('2014-03-10'));
    expect(await collect(table.days({}))).toMatchObject([
      { pump: 'A', day, changedAt: 1, computedAt: 0, expired: false },
      { pump: 'A', day: day + 1, changedAt: 2, computedAt: 0, expired: false },
      { pump: 'B', day, changedAt: 1, computedAt: 0, expired: false },
    ]);
    expect(await collect(table.days({ pump: 'A', fromDay: day + 1, toDay: day + 1 }))).toHaveLength(1);
    await table.write(stepOf([row('B', '2014-03-10T01:00', 80, 3), row('A', '2014-03-10', 80, 3)]));
    // Which step last changed it elsewhere than behind all of its readings.
    expect((await collect(table.days({}))).map(({ changedAt, disorderedAt }) => [changedAt, disorderedAt])).toEqual([[1, 0], [2, 2], [3, 0]]);
    expect(await collect(table.days({ toDay: day }))).toHaveLength(2);
  });

  test('statistics come back to the bit and bring their pump-day up to date', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11')]));
    const days = await collect(table.days({}));
    await table.writeStats(days.map((day) => ({ day, stats: stats('A', day.day) })));
    expect(await collect(table.stats({}))).toEqual(days.map((day) => stats('A', day.day)));
    expect((await collect(table.days({}))).every((day) => day.computedAt === day.changedAt)).toBe(true);
    expect(await collect(table.stats({ pump: 'A', fromDay: days[1].day }))).toHaveLength(1);
    expect(await collect(table.stats({ pump: 'B' }))).toEqual([]);
  });

  test('pump-days are asked for by the step that changed them', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('A', '2014-03-11'), row('B', '2014-03-10')]));
    const [{ changedAt }] = await collect(table.days({}));
    await table.write(stepOf([row('A', '2014-03-11T01:00', 80, 2), row('B', '2014-03-10', 80, 2), row('B', '2014-03-12', 80, 2)]));
    const changed = await collect(table.days({ changedAfter: changedAt }));
    expect(changed.map(({ pump, day }) => `${pump} ${formatDay(day)}`)).toEqual(['A 2014-03-11', 'B 2014-03-12']);
    expect(await collect(table.days({ pump: 'A', changedAfter: changedAt }))).toHaveLength(1);
    expect(await collect(table.days({ changedAfter: changed[0].changedAt }))).toEqual([]);
  });

  test('a late row puts its pump-day out of date', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10T12:00')]));
    const [day] = await collect(table.days({}));
    await table.writeStats([{ day, stats: stats('A', day.day) }]);
    await table.write(stepOf([row('A', '2014-03-10T11:00', 80, 2)]));
    expect(await collect(table.days({}))).toMatchObject([{ changedAt: 2, computedAt: 1 }]);
  });

  test('without statistics only the mark moves', async () => {
    const table = await open();
    await table.write(stepOf([row('A', '2014-03-10'), row('B', '2014-03-10')]));
    const [a, b] = await collect(table.days({}));
    await table.writeStats([{ day: a, stats: stats('A', a.day) }]);
    await table.write(stepOf([row('A', '2014-03-10', 70, 2)]));
    const [changed] = await collect(table.days({}));
    await table.writeStats([{ day: changed, stats: null }, { day: b, stats: null }]);
    expect(await collect(table.stats({}))).toEqual([stats('A', a.day)]);
    expect((await collect(table.days({}))).map((day) => day.computedAt)).toEqual([2, 1]);
  });
}
