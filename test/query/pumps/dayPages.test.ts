import { expect, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { dayOf, formatDay } from '../../../domain/reading/wallClock.ts';
import type { DayFacts } from '../../../query/facts.ts';
import { collect } from '../../support/steps.ts';
import { allPages, asked, type Asked, reading, START } from '../../support/queries.ts';

const DAY = 24 * 60;
const told = (days: readonly DayFacts[]) =>
  days.map(({ pump, day, state, stats, alerts }) => `${pump} ${formatDay(day).slice(5)} ${state} ${stats?.count ?? '-'} ${alerts}`);

async function summarize({ table }: Asked): Promise<void> {
  const measures = MEASURES.map(() => ({ count: 7, min: 1, max: 2, avg: 1.5 }));
  const days = await collect(table.days({}));
  await table.writeStats(days.map((day) => ({ day, stats: { pump: day.pump, day: day.day, count: 7, measures } })));
}

const someDays = async () => {
  const site = await asked();
  await site.write([reading('A', 0, { psi: 0 }), reading('A', 1, { psi: 0 }), reading('A', DAY), reading('B', 0)]);
  await summarize(site);
  await site.write([reading('A', DAY + 1, { hz: 200 }), reading('A', 2 * DAY), reading('C', 3 * DAY)]);
  return site;
};

test('each pump-day is told with its statistics, what became of it since, and its alerts', async () => {
  const { queries } = await someDays();
  const { items, next } = await queries.stats({ limit: 50 });
  expect(told(items)).toEqual([
    'A 03-10 current 7 2',
    'A 03-11 late 7 1',
    'A 03-12 missing - 0',
    'B 03-10 current 7 0',
    'C 03-13 missing - 0',
  ]);
  expect(next).toBeNull();
});

test('pump and days are chosen', async () => {
  const { queries } = await someDays();
  const day = dayOf(START);
  expect(told((await queries.stats({ limit: 50, pump: 'A', fromDay: day + 1 })).items)).toEqual([
    'A 03-11 late 7 1',
    'A 03-12 missing - 0',
  ]);
  expect(told((await queries.stats({ limit: 50, toDay: day })).items)).toEqual(['A 03-10 current 7 2', 'B 03-10 current 7 0']);
  expect(told((await queries.stats({ limit: 50, pump: 'nobody' })).items)).toEqual([]);
});

test.each([1, 2, 3, 5])('pages of %i, put together, are all of them, while rows arrive', async (limit) => {
  const site = await someDays();
  const all = told((await site.queries.stats({ limit: 50 })).items);
  let minute = 4 * DAY;
  const pages = await allPages(
    (after) => site.queries.stats({ after, limit }),
    () => site.write([reading('0', minute), reading('D', ++minute)]),
  );
  expect(told(pages).filter((day) => !day.startsWith('D'))).toEqual(all);
});
