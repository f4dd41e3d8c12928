import { expect, test } from 'vitest';
import { summarize as summarizeDays } from '../../../batch/summarize.ts';
import { MEASURES, UNKNOWN } from '../../../domain/reading/measures.ts';
import { dayOf, formatDay } from '../../../domain/reading/wallClock.ts';
import type { DayFacts } from '../../../query/facts.ts';
import { DAY_FIGURES } from '../../../query/pumps/dayRow.ts';
import fc from '../../support/property.ts';
import { collect } from '../../support/steps.ts';
import { allPages, anySteps, asked, type Asked, reading, START } from '../../support/queries.ts';

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

test('pumps side by side over days are what their pages of days are, whatever is late, missing, unknown or left alone', async () => {
  await fc.assert(fc.asyncProperty(anySteps, fc.array(fc.boolean()), async (steps, summarized) => {
    const site = await asked();
    for (const [i, rows] of steps.entries()) {
      await site.write(rows.map((row, n) => (n % 3 === 1 ? { ...row, values: row.values.map((one, at) => (at === 4 ? UNKNOWN : one)) } : row)));
      if (summarized[i]) await summarizeDays({ table: site.table, selection: { all: false } });
    }
    // Statistics without readings, as those of readings that have expired.
    const [{ day, ...old }] = await collect(site.table.days({}));
    const stats = { pump: old.pump, day: day - 2, count: 3, measures: MEASURES.map(() => ({ count: 2, min: 1, max: 4, avg: 2.5 })) };
    await site.table.writeStats([{ day: { ...old, day: day - 2 }, stats }]);
    site.clock.now += 60_000;
    const [fromDay, toDay] = [dayOf(START) - 3, dayOf(START) + 6];
    const { items } = await site.queries.stats({ limit: 500, fromDay, toDay });
    for (const measure of ['psi', 'hz'] as const) {
      for (const figure of DAY_FIGURES) {
        const { rows } = await site.queries.dayMatrix({ fromDay, toDay, measure, figure, by: 'pump' });
        const found = [...rows].flatMap(([pump, row]) => row.values().flatMap((value, slot) => (
          row.states()[slot] === '.' ? [] : [[pump, fromDay + slot, row.states()[slot], value, row.beyond[slot]]])));
        expect(found).toEqual(items.map(({ pump, day: own, state, stats: all, alerts }) => {
          const one = all?.measures[MEASURES.indexOf(measure)];
          return [pump, own, state[0], one && one.count > 0 ? figureOf(one, figure) : null, alerts];
        }));
        const readings = [...rows.values()].reduce((sum, row) => sum + row.total().readings, 0);
        expect(readings).toBe(items.reduce((sum, { stats: all }) => sum + (all?.count ?? 0), 0));
      }
    }
  }), { numRuns: 8 });
});

/** The mean as it is added up again: of one pump's day it may differ in the last bit. */
function figureOf({ count, min, max, avg }: { readonly count: number; readonly min: number; readonly max: number; readonly avg: number }, figure: string): number {
  return figure === 'avg' ? (avg * count) / count : figure === 'min' ? min : max;
}
