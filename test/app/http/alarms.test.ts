import { expect, test } from 'vitest';
import { openSite } from './site.ts';

interface Page {
  readonly items: readonly { pump: string; rule: string; state: string; from: string; readings: number }[];
  readonly total: number;
  readonly next: string | null;
}

const shown = ({ items }: Page) => items.map(({ pump, from, state }) => `${pump} ${from} ${state}`);

test('alarms are those that need somebody, page by page; the history is asked for', async () => {
  const { json } = await openSite();
  const first = await json<Page>('/api/v1/alarms?limit=1');
  expect(shown(first)).toEqual(['LAGNAPPE 2014-03-14T12:01:00 active-unacknowledged']);
  expect(first).toMatchObject({ total: 2, next: expect.any(String) as string });
  const second = await json<Page>(`/api/v1/alarms?limit=1&cursor=${first.next}`);
  expect(shown(second)).toEqual(['LAGNAPPE 2014-03-13T23:59:00 returned-unacknowledged']);
  expect(second.next).toBeNull();
  expect(shown(await json<Page>('/api/v1/alarms?all=true'))).toEqual([...shown(second), ...shown(first)]);
  expect(shown(await json<Page>('/api/v1/alarms?to=2014-03-13'))).toEqual(shown(second));
  expect(shown(await json<Page>('/api/v1/alarms?state=shelved'))).toEqual([]);
  expect(shown(await json<Page>('/api/v1/alarms?pump=COHUTTA&all=true'))).toEqual([]);
});

test('a question that can not be understood is refused', async () => {
  const { get } = await openSite();
  for (const query of ['state=odd', 'cursor=x', 'frobnicate=1']) expect((await get(`/api/v1/alarms?${query}`)).status).toBe(400);
});

test('the last maintenance of an alarm is from before its day: what was done because of it is no cause', async () => {
  const { json } = await openSite({ maintenance: ['LAGNAPPE,3/3/14,E. Simmons,Adjust bearing alignment', 'LAGNAPPE,3/14/14,D. Pitre,Shutdown'] });
  const { items } = await json<{ items: { from: string; lastMaintenance: { description: string }; since: { description: string }[] }[] }>('/api/v1/alarms');
  expect(items[0]).toMatchObject({
    from: '2014-03-14T12:01:00', lastMaintenance: { description: 'Adjust bearing alignment' }, since: [{ description: 'Shutdown' }],
  });
});
