import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../domain/alarm/alert.ts';
import type { AlertQuestion } from '../../../query/facts.ts';
import fc from '../../support/property.ts';
import { collect } from '../../support/steps.ts';
import { alertKey, allPages, anySteps, asked, type Asked, reading, START } from '../../support/queries.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;

/** What the plain way says: all alerts, sorted and filtered. */
async function plain({ table }: Asked, { pump, rule, from = -Infinity, to = Infinity }: AlertQuestion): Promise<string[]> {
  const all = (await collect(table.alerts({}))).filter(
    (alert) =>
      (pump === undefined || alert.pump === pump) && (rule === undefined || alert.rule === rule) && alert.time >= from && alert.time < to,
  );
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return all.sort((a, b) => b.time - a.time || byBytes(a.pump, b.pump) || byBytes(a.rule, b.rule)).map(alertKey);
}

const time = fc.option(
  fc.tuple(fc.constantFrom(0, 1, 2, 5), fc.integer({ min: -5, max: 5 })).map(([day, minute]) => START + (day * DAY + minute) * MINUTE),
  { nil: undefined },
);
const question = fc.record({
  pump: fc.constantFrom(undefined, undefined, 'A', 'nobody'),
  rule: fc.constantFrom(undefined, undefined, 'low-psi', 'high-hz', 'none'),
  from: time,
  to: time,
});

test('the pages of any question, put together, are all alerts of it, the newest first, and their number is told', async () => {
  await fc.assert(fc.asyncProperty(anySteps, question, fc.integer({ min: 1, max: 7 }), async (steps, asking, limit) => {
    const site = await asked();
    for (const rows of steps) await site.write(rows);
    const expected = await plain(site, asking);
    const found = await allPages((after) => site.queries.alerts({ ...asking, after, limit }));
    expect(found.map(alertKey)).toEqual(expected);
    expect((await site.queries.alerts({ ...asking, limit: 1 })).total).toBe(expected.length);
  }), { numRuns: 40 });
});

test('pages go on where they were while newer and older rows arrive', async () => {
  await fc.assert(fc.asyncProperty(anySteps, anySteps, fc.integer({ min: 1, max: 5 }), async (first, more, limit) => {
    const site = await asked();
    await site.write(first.flat());
    const before = await plain(site, {});
    const later = [...more];
    const changed = new Set<string>();
    const found = await allPages<Alert>((after) => site.queries.alerts({ after, limit }), async () => {
      const rows = later.pop();
      // A correction takes alerts away or puts some in: what is new is not in the way of what was there.
      if (rows) await site.write(rows.filter(({ pump, time }) => !before.some((key) => key.startsWith(`${pump} ${time} `))));
      for (const key of await plain(site, {})) changed.add(key);
    });
    const keys = found.map(alertKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => before.includes(key))).toEqual(before);
    for (const key of keys) expect(before.includes(key) || changed.has(key)).toBe(true);
  }), { numRuns: 20 });
});

describe('a day of many alerts', () => {
  const many = 12_000;
  const flooded = async () => {
    const site = await asked();
    // All within two hours, most of them in the first.
    for (const pump of ['A', 'B', 'C']) {
      await site.write(
        Array.from({ length: many / 3 }, (_, i) => ({
          ...reading(pump, 0, { psi: 0 }),
          time: START + (i < 3900 ? i * 900 : 7_200_000 + i),
        })),
      );
    }
    return site;
  };

  test('is told whole', async () => {
    const site = await flooded();
    const found = await allPages((after) => site.queries.alerts({ after, limit: 1000 }));
    expect(found.map(alertKey)).toEqual(await plain(site, {}));
  });

  test('is counted to the alert where a range cuts it', async () => {
    const site = await flooded();
    const question = { from: START + 1_000_001, to: START + 7_203_950 };
    expect((await site.queries.alerts({ ...question, limit: 1 })).total).toBe((await plain(site, question)).length);
  });

  test('is not gone through for a page of it', async () => {
    const site = await flooded();
    await site.queries.alerts({ limit: 1 });
    let read = 0;
    const alerts = site.table.alerts.bind(site.table);
    site.table.alerts = async function* (selection) {
      for await (const piece of alerts(selection)) {
        read += piece.length;
        yield piece;
      }
    };
    const { next } = await site.queries.alerts({ limit: 1000 });
    expect(read).toBeLessThan(many / 2);
    read = 0;
    for (let page = 0, after = next!; page < 5; page++) {
      const { items, next } = await site.queries.alerts({ limit: 20, after });
      expect(items).toHaveLength(20);
      after = next!;
    }
    expect(read).toBeLessThan(many / 3);
  });
});

test('a cursor that no page gave out is refused', async () => {
  const { queries } = await asked();
  for (const after of ['x', Buffer.from('[1,2]').toString('base64url'), Buffer.from('["a","b","c"]').toString('base64url')]) {
    await expect(queries.alerts({ limit: 1, after })).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('alerts that expire are gone', async () => {
  const site = await asked({ ttl: { data: null, alerts: 600_000 } });
  await site.write([reading('A', 0, { psi: 3 })]);
  expect((await site.queries.alerts({ limit: 1 })).total).toBe(1);
  site.clock.now += 600_000;
  expect((await site.queries.alerts({ limit: 1 })).total).toBe(0);
});

test('whoever catches up knows all that came until then, however lately it was looked at', async () => {
  const site = await asked();
  const { queries, clock } = site;
  const total = async () => (await queries.alerts({ limit: 1 })).total;
  await site.write([reading('A', 0, { psi: 0 })]);
  expect(await total()).toBe(1);
  const lookedAt = clock.now;
  await site.write([reading('B', 0, { psi: 0 })]);
  clock.now = lookedAt;
  expect(await total()).toBe(1);
  await Promise.all([queries.catchUp(), queries.catchUp()]);
  expect(await total()).toBe(2);
});
