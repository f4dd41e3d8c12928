import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import { alertPages } from '../../../query/alarms/alertPages.ts';
import type { RankedOccurrence } from '../../../query/facts.ts';
import { readRuns } from '../../../query/alarms/readDayAlerts.ts';
import { occurrencesOf } from '../../../query/alarms/occurrencesOf.ts';
import type { Occurrence } from '../../../domain/alarm/occurrence.ts';
import { TableQueries } from '../../../query/tableQueries.ts';
import { Turns } from '../../../query/turns.ts';
import type { Table } from '../../../storage/table/table.ts';
import { collect } from '../../support/steps.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { allPages, anySteps, asked, type Asked, reading, START } from '../../support/queries.ts';

/** What the plain way says: it goes through all alerts and all readings between them. */
async function plainRuns(table: Table): Promise<Occurrence[]> {
  const all: Occurrence[] = [];
  for await (const occurrences of occurrencesOf(table, alertPages(table, {}))) all.push(...occurrences);
  return all;
}

const told = ({ priority: _, ...occurrence }: RankedOccurrence) => occurrence;
const plain = ({ fromStart: _, ...occurrence }: Occurrence & { fromStart?: boolean }) => occurrence;
const inOrder = <T extends { readonly pump: string; readonly rule: string; readonly from: number }>(runs: readonly T[]) =>
  [...runs].sort((a, b) => (a.pump < b.pump ? -1 : a.pump > b.pump ? 1 : a.from - b.from || (a.rule < b.rule ? -1 : 1)));

const ask = ({ queries }: Asked, question: Partial<Parameters<typeof queries.alertRuns>[0]> = {}) =>
  queries.alertRuns({ limit: 500, ...question });
const minutes = (runs: readonly RankedOccurrence[]) =>
  runs.map(
    ({ pump, rule, from, to, active }) => `${pump} ${rule} ${(from - START) / 60_000}-${(to - START) / 60_000}${active ? ' …' : ''}`,
  );

test('runs are those of going through everything, after each step, in whatever order rows come', async () => {
  await fc.assert(fc.asyncProperty(anySteps, async (steps) => {
    const site = await asked();
    for (const rows of steps) {
      await site.write(rows);
      const { items, total, active } = await ask(site);
      expect(inOrder(items.map(told))).toEqual(inOrder((await plainRuns(site.table)).map(plain)));
      expect(total).toBe(items.length);
      expect(active).toBe(items.filter((run) => run.active).length);
      for (const run of items) expect(run.active, `${run.pump} ${run.rule}`).toBe(run.to === (await site.table.newestTime(run.pump)));
    }
  }), { numRuns: 25 });
});

describe('a run', () => {
  test('goes on over midnight and over days without a reading, not over a day in limits', async () => {
    const site = await asked();
    const day = 24 * 60;
    await site.write([
      ...[day - 1, day, 3 * day].map((at) => reading('A', at, { psi: 0 })),
      reading('B', day - 1, { psi: 0 }),
      reading('B', day),
      reading('B', 2 * day, { psi: 0 }),
    ]);
    expect(minutes((await ask(site)).items)).toEqual(['B low-psi 2880-2880 …', 'A low-psi 1439-4320 …', 'B low-psi 1439-1439']);
  });

  test('ends with the first reading in limits, and is active until then', async () => {
    const site = await asked();
    await site.write([reading('A', 0, { psi: 3 })]);
    expect((await ask(site)).items).toMatchObject([{ active: true, priority: 'high', comparison: 'below', threshold: 5, worst: 3 }]);
    await site.write([reading('A', 1, { psi: 2 })]);
    expect((await ask(site)).items).toMatchObject([{ active: true, count: 2, worst: 2, receivedAt: site.clock.now }]);
    await site.write([reading('A', 2)]);
    expect(await ask(site)).toMatchObject({ items: [{ active: false, count: 2 }], active: 0, total: 1 });
  });

  test('of an upper limit tells its highest value', async () => {
    const site = await asked();
    await site.write([reading('A', 0, { hz: 120 }), reading('A', 1, { hz: 150 }), reading('A', 2, { hz: 130 })]);
    expect((await ask(site)).items).toMatchObject([{ rule: 'high-hz', comparison: 'above', worst: 150, priority: 'low' }]);
  });

  test('of a rule that is configured no more is told as it is stored, without a priority', async () => {
    const site = await asked();
    await site.write([reading('A', 0, { psi: 3 })]);
    const queries = new TableQueries({ table: site.table, reference: () => NO_REFERENCE, rules: [{ ...LOW_PSI, id: 'other' }] });
    expect((await queries.alertRuns({ limit: 5 })).items).toMatchObject([{ rule: 'low-psi', priority: null, active: true }]);
  });

  test('that is corrected away is gone', async () => {
    const site = await asked();
    await site.write([reading('A', 0, { psi: 3 })]);
    expect((await ask(site)).total).toBe(1);
    await site.write([reading('A', 0, { psi: 30 })]);
    expect((await ask(site)).total).toBe(0);
  });

  test('goes when its alerts expire', async () => {
    const site = await asked({ ttl: { data: null, alerts: 600_000 } });
    await site.write([reading('A', 0, { psi: 3 })]);
    expect((await ask(site)).total).toBe(1);
    site.clock.now += 600_000;
    expect((await ask(site)).total).toBe(0);
  });
});

test('a reading that came after the alerts had been read ends no run: nobody knows whether it alarms', async () => {
  const site = await asked();
  await site.write([reading('A', 0, { psi: 0 })]);
  const alerts = await collect(site.table.alerts({}));
  await site.write([reading('A', 1, { psi: 0 })]);
  expect(await readRuns(site.table, alerts, { newest: START, turns: new Turns() })).toMatchObject([
    { fromStart: true, active: true, count: 1 },
  ]);
});

describe('the list of runs', () => {
  const someRuns = async () => {
    const site = await asked();
    await site.write([
      reading('A', 0, { psi: 0 }), reading('A', 10), reading('A', 20, { psi: 0 }), reading('A', 30, { psi: 0 }), reading('A', 40),
      reading('B', 5, { psi: 0 }), reading('B', 35, { psi: 0 }), reading('Ab', 7, { hz: 200 }), reading('Ab', 8),
    ]);
    return site;
  };

  test('begins with those that go on, then has the newest end first', async () => {
    expect(minutes((await ask(await someRuns())).items)).toEqual([
      'B low-psi 5-35 …',
      'A low-psi 20-30',
      'Ab high-hz 7-7',
      'A low-psi 0-0',
    ]);
  });

  test.each([
    [{ pump: 'A' }, ['A low-psi 20-30', 'A low-psi 0-0']],
    [{ rule: 'high-hz' }, ['Ab high-hz 7-7']],
    [{ q: 'a' }, ['A low-psi 20-30', 'Ab high-hz 7-7', 'A low-psi 0-0']],
    [{ active: true }, ['B low-psi 5-35 …']],
    [{ active: false, from: START + 8 * 60_000 }, ['A low-psi 20-30']],
    [{ from: START + 25 * 60_000, to: START + 26 * 60_000 }, ['B low-psi 5-35 …', 'A low-psi 20-30']],
    [{ from: START + 30 * 60_000 }, ['B low-psi 5-35 …', 'A low-psi 20-30']],
    [{ from: START + 31 * 60_000 }, ['B low-psi 5-35 …']],
    [{ to: START }, ['B low-psi 5-35 …']],
    [{ to: START, active: false }, []],
  ])('of %j', async (question, expected) => {
    const { items, total } = await ask(await someRuns(), question);
    expect(minutes(items)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  test('put together from pages is whole while rows arrive between them', async () => {
    await fc.assert(fc.asyncProperty(anySteps, fc.integer({ min: 1, max: 4 }), async (steps, limit) => {
      const site = await asked();
      await site.write(steps.flat());
      const before = (await ask(site)).items;
      let minute = 6 * 24 * 60;
      const pages = await allPages(
        (after) => ask(site, { after, limit }),
        () => site.write(['A', 'B_1', 'é'].map((pump, i) => reading(pump, ++minute, { psi: i === minute % 3 ? 80 : 0 }))),
      );
      const key = ({ pump, rule, from }: RankedOccurrence) => `${pump} ${rule} ${from}`;
      expect([...new Set(pages.map(key))]).toEqual(expect.arrayContaining(before.map(key)));
      if (before.every(({ active }) => !active)) expect(pages.map(key).slice(-before.length)).toEqual(before.map(key));
    }), { numRuns: 25 });
  });
});

test('whoever catches up knows all that came until then, however lately it was looked at', async () => {
  const site = await asked();
  const { queries, clock } = site;
  const total = async () => (await ask(site)).total;
  await site.write([reading('A', 0, { psi: 0 })]);
  expect(await total()).toBe(1);
  const lookedAt = clock.now;
  await site.write([reading('B', 0, { psi: 0 })]);
  clock.now = lookedAt;
  expect(await total()).toBe(1);
  await Promise.all([queries.catchUp(), queries.catchUp()]);
  expect(await total()).toBe(2);
});
