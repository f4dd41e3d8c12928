import { describe, expect, test } from 'vitest';
import { NO_REFERENCE, type Pump, type Reference } from '../../../domain/pump/reference.ts';
import { summarize } from '../../../batch/summarize.ts';
import { dayOf } from '../../../domain/reading/wallClock.ts';
import { PendingDays } from '../../../query/pumps/pendingDays.ts';
import { pumpState } from '../../../query/pumps/pumpStates.ts';
import type { PumpFacts } from '../../../query/facts.ts';
import { allPages, asked, type Asked, reading, START } from '../../support/queries.ts';

const DAY = 24 * 60;
const MINUTE = 60_000;

function vendor(id: string): Pump {
  return { id, type: 'x', purchased: '2010-01-01', inService: '2010-02-01', vendor: 'v', latitude: 29.7, longitude: -91.2 };
}

const repaired = { pump: 'B', date: '2013-05-01', technician: 't', description: 'd' };
const REFERENCE: Reference = { pumps: new Map(['B', 'NEW'].map((id) => [id, vendor(id)])), maintenance: new Map([['B', [repaired]]]), contacts: new Map() };

const list = async ({ queries }: Asked, question: object = {}) => (await queries.pumps({ limit: 500, ...question })).items;
const ids = (items: readonly PumpFacts[]) => items.map(({ pump }) => pump);

const threePumps = async (reference: () => Reference = () => REFERENCE) => {
  const site = await asked({ reference });
  await site.write([
    reading('A', 0),
    reading('B', 0, { psi: 3 }),
    reading('B', 1, { psi: 1 }),
    reading('Ca', 0, { psi: 0 }),
    reading('Ca', 5),
  ]);
  return site;
};

describe('the list of pumps', () => {
  test('begins with those whose last reading alarms, and has all of table and reference', async () => {
    const items = await list(await threePumps());
    expect(ids(items)).toEqual(['B', 'A', 'Ca', 'NEW']);
    expect(items[0]).toMatchObject({
      known: true, vendor: vendor('B'), maintenance: [repaired], last: { time: START + MINUTE, values: [10, 1.73, 881, 1.56, 1, 1.94] },
      active: [{ rule: 'low-psi', from: START, readings: 2, worst: 1 }], alarms: { day: 1, week: 1 },
    });
    expect(items[1]).toMatchObject({ known: false, vendor: null, maintenance: [], active: [], alarms: { day: 0, week: 0 } });
    expect(items[3]).toMatchObject({ known: true, last: null, active: [] });
  });

  test('the worst are those of the highest priority, however many alarms others had lately', async () => {
    const site = await asked({ reference: () => NO_REFERENCE });
    await site.write([reading('A', 0, { hz: 99 }), reading('A', 10), reading('A', 20, { hz: 99 }), reading('B', 20, { psi: 3 })]);
    expect(ids(await list(site, { order: 'worst' }))).toEqual(['B', 'A']);
  });

  test('tells how many report, are silent, are ahead or were never heard, and how many the reference lacks', async () => {
    const site = await threePumps();
    expect(await site.queries.pumpStates(300_000)).toEqual({ reporting: 3, silent: 0, ahead: 0, unheard: 1, unknown: 2 });
    const state = (newest: number | undefined) => pumpState({ newest, wallNow: 1_000_000, holdMs: 300_000 });
    expect([state(700_000), state(699_999), state(1_300_000), state(1_300_001), state(undefined)])
      .toEqual(['reporting', 'silent', 'reporting', 'ahead', 'unheard']);
  });

  test('pump-days before today without current statistics are counted now and then', async () => {
    const site = await threePumps();
    let now = 0;
    const days = new PendingDays(site.table, () => now);
    const today = dayOf(START) + 1;
    expect([await days.before(today), await new PendingDays(site.table).before(today - 1)]).toEqual([3, 0]);
    await summarize({ table: site.table, selection: { all: false } });
    expect(await days.before(today)).toBe(3);
    now += 60_000;
    expect(await days.before(today)).toBe(0);
  });

  test.each([
    [{ q: 'A' }, ['A', 'Ca']],
    [{ activeOnly: true }, ['B']],
    [{ q: 'c', activeOnly: true }, []],
    [{ q: 'x' }, []],
  ])('of %j', async (question, expected) => {
    expect(ids(await list(await threePumps(), question))).toEqual(expected);
  });

  test('knows the last reading, and who is active, as of the last step', async () => {
    const site = await threePumps();
    await list(site);
    await site.write([reading('B', 2, { psi: 50 }), reading('A', 2, { psi: 0 }), reading('Bb', 2)]);
    const items = await list(site);
    expect(ids(items)).toEqual(['A', 'B', 'Bb', 'Ca', 'NEW']);
    expect(items[1]).toMatchObject({ last: { time: START + 2 * MINUTE }, active: [], alarms: { day: 1 } });
  });

  test('knows what the reference says now', async () => {
    let reference = NO_REFERENCE;
    const site = await threePumps(() => reference);
    expect(ids(await list(site))).toEqual(['B', 'A', 'Ca']);
    expect(await site.queries.unknownPumps(2)).toEqual(['A', 'B']);
    reference = REFERENCE;
    expect(ids(await list(site))).toEqual(['B', 'A', 'Ca', 'NEW']);
    expect(await site.queries.unknownPumps(9)).toEqual(['A', 'Ca']);
  });

  test('counts alarms of a day and a week before the pump’s last reading, whatever time another pump reports', async () => {
    const site = await asked();
    await site.write([
      reading('A', 0, { psi: 0 }),
      reading('A', 1),
      reading('A', 2, { psi: 0 }),
      reading('A', 3),
      reading('A', 6.5 * DAY, { psi: 0 }),
      reading('A', 6.5 * DAY + 1),
      reading('B', 7 * DAY + 2),
    ]);
    expect((await list(site))[0]).toMatchObject({ pump: 'A', alarms: { day: 1, week: 3 } });
    await site.write([reading('B', 70_000 * DAY)]);
    expect((await list(site))[0]).toMatchObject({ pump: 'A', alarms: { day: 1, week: 3 } });
  });

  test('an alarm that goes on counts, however long ago its pump was heard of last', async () => {
    const site = await asked();
    await site.write([reading('A', 0, { psi: 0 }), reading('B', 30 * DAY)]);
    expect((await list(site))[0]).toMatchObject({ pump: 'A', alarms: { day: 1, week: 1 } });
  });

  test('put together from pages has each pump once, though pumps begin and end to alarm meanwhile', async () => {
    const site = await asked();
    const names = Array.from({ length: 20 }, (_, i) => `P${String(i).padStart(2, '0')}`);
    await site.write(names.map((name, i) => reading(name, 0, { psi: i % 4 === 0 ? 0 : 80 })));
    const seen: string[] = [];
    let after: string | undefined;
    for (let minute = 1; after !== null; minute++) {
      const { items, next, total, active } = await site.queries.pumps({ limit: 3, after });
      if (minute === 1) expect({ total, active }).toEqual({ total: 20, active: 5 });
      seen.push(...items.map(({ pump }) => pump));
      await site.write(names.map((name, i) => reading(name, minute, { psi: (i + minute) % 3 === 0 ? 0 : 80 })));
      after = next as string;
    }
    expect(seen.toSorted()).toEqual(names);
  });

  test('put together from pages is whole, while rows of its pumps arrive and new ones appear', async () => {
    const site = await asked();
    const names = Array.from({ length: 20 }, (_, i) => `P${i}`);
    await site.write(names.map((name) => reading(name, 0)));
    let minute = 0;
    const pages = await allPages(
      (after) => site.queries.pumps({ after, limit: 3 }),
      () => site.write([...names, `N${++minute}`].map((name) => reading(name, minute))),
    );
    expect(ids(pages)).toEqual(expect.arrayContaining(names));
    expect(new Set(ids(pages)).size).toBe(pages.length);
  });

  test('has ids in the order of their bytes', async () => {
    const site = await asked();
    await site.write(['\u{1f600}', '￿', 'é', 'a', 'Z'].map((name) => reading(name, 0)));
    expect(ids(await list(site))).toEqual(await site.table.pumps());
  });

  test('has no last reading that has expired', async () => {
    const site = await asked({ ttl: { data: 600_000, alerts: null } });
    await site.write([reading('A', 0)]);
    expect((await list(site))[0].last).not.toBeNull();
    site.clock.now += 600_000;
    expect((await list(site))[0].last).toBeNull();
  });
});

describe('one pump', () => {
  test('has the time of its first reading too', async () => {
    const site = await threePumps();
    expect(await site.queries.pump('B')).toMatchObject({ pump: 'B', first: START, active: [{ rule: 'low-psi' }] });
    expect(await site.queries.pump('NEW')).toMatchObject({ known: true, first: null, last: null });
    await site.write([reading('B', -3 * DAY)]);
    expect(await site.queries.pump('B')).toMatchObject({ first: START - 3 * DAY * MINUTE });
  });

  test('that nobody knows is none', async () => {
    expect(await (await threePumps()).queries.pump('nobody')).toBeUndefined();
  });
});
