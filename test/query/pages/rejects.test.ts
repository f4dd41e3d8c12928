import { expect, test, vi } from 'vitest';
import { stepOf } from '../../support/steps.ts';
import { allPages, asked, type Asked } from '../../support/queries.ts';

let made = 0;
const write = ({ table }: Asked, sources: readonly string[]) =>
  table.write(stepOf([], { rejects: sources.map((source) => ({ id: String(++made), source, line: made, reason: 'r', raw: 'x' })) }));

test('rejects come newest first, and pages go on where they were while others arrive', async () => {
  const site = await asked();
  const sources = Array.from({ length: 1500 }, (_, i) => (i % 700 === 0 ? 'rare.csv' : 'bad.csv'));
  await write(site, sources);
  const pages = await allPages(
    (after) => site.queries.rejects({ after, limit: 400 }),
    async () => void (await write(site, ['rare.csv', 'bad.csv'])),
  );
  expect(pages.map(({ source }) => source)).toEqual(sources.toReversed());
});

test('those of one source are looked for only where they are', async () => {
  const site = await asked();
  await write(site, Array.from({ length: 5000 }, (_, i) => (i === 4000 || i === 4010 ? 'rare.csv' : 'bad.csv')));
  await site.queries.rejects({ source: 'none', limit: 1 }); // counts them all
  const asking = vi.spyOn(site.table, 'newestRejects');
  expect(await site.queries.rejects({ source: 'none', limit: 10 })).toMatchObject({ items: [], total: 0 });
  expect(await site.queries.rejects({ source: 'rare.csv', limit: 10 })).toMatchObject({
    items: [{ number: 4011 }, { number: 4001 }],
    total: 2,
  });
  expect(asking.mock.calls.filter(([{ limit }]) => limit > 0)).toEqual([[{ before: 4012, limit: 512 }]]);
});

test('those of one source are found and counted among all others, also the new ones', async () => {
  const site = await asked();
  await write(site, Array.from({ length: 1500 }, (_, i) => (i % 700 === 0 ? 'rare.csv' : 'bad.csv')));
  expect(await site.queries.rejects({ source: 'rare.csv', limit: 2 })).toMatchObject({ total: 3, next: expect.any(String) as string });
  expect(await allPages((after) => site.queries.rejects({ source: 'rare.csv', after, limit: 2 }))).toHaveLength(3);
  await write(site, ['rare.csv', 'x']);
  expect(await site.queries.rejects({ source: 'rare.csv', limit: 1 })).toMatchObject({ total: 4, items: [{ number: 1501 }] });
  expect(await site.queries.rejects({ source: 'none', limit: 1 })).toEqual({ items: [], next: null, total: 0, dropped: 0 });
  expect((await site.queries.rejects({ limit: 1 })).total).toBe(1502);
});

test('those that are cleared are taken off the count of their source', async () => {
  const site = await asked();
  await write(site, Array.from({ length: 1500 }, (_, i) => (i % 700 === 0 ? 'rare.csv' : 'bad.csv')));
  expect(await site.queries.rejects({ source: 'rare.csv', limit: 1 })).toMatchObject({ total: 3 });
  await site.table.clearRejects();
  await write(site, ['new.csv', 'rare.csv']);
  expect(await site.queries.rejects({ source: 'rare.csv', limit: 9 })).toMatchObject({
    total: 1,
    items: [{ number: 1502 }],
    dropped: 1500,
  });
  expect(await site.queries.rejects({ source: 'bad.csv', limit: 9 })).toEqual({ items: [], next: null, total: 0, dropped: 1500 });
  expect(await site.queries.rejects({ limit: 9 })).toMatchObject({ total: 2, dropped: 1500 });
});
