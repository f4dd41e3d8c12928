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

test('other rules are tried on what is stored, of a pump with the alarms themselves; what is wrong with them is said', async () => {
  const { url } = await openSite();
  const ask = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/v1/alarms/trials`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const { body } = await ask({ limits: [{ rule: 'low-psi', threshold: 2 }], pump: 'LAGNAPPE' });
  expect(body.items).toContainEqual(expect.objectContaining({
    rule: 'low-psi', before: expect.objectContaining({ alarms: 2 }) as unknown, after: expect.objectContaining({ alarms: 1 }) as unknown,
    gained: 0, lost: 1, laterMs: 60_000,
    alarms: {
      before: [expect.objectContaining({ from: '2014-03-13T23:59:00' }), expect.objectContaining({ from: '2014-03-14T12:01:00' })],
      after: [expect.objectContaining({ pump: 'LAGNAPPE', from: '2014-03-14T00:00:00' })],
    },
  }));
  const all = await ask({ rules: [{ id: 'low-psi', measure: 'psi', below: 1000 }] });
  expect(all.body.items).toContainEqual(expect.objectContaining({ rule: 'low-psi', lost: 0, alarms: { before: [], after: [] } }));
  expect(await ask({ rules: [{ id: 'low-psi', measure: 'psy', below: 7 }] })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('measure') as string } });
  expect(await ask({ limits: [{ rule: 'odd', threshold: 2 }] })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('low-psi') as string } });
  expect(await ask({ pump: 'NOBODY' })).toMatchObject({ status: 404 });
});

test('the last maintenance of an alarm is from before its day: what was done because of it is no cause', async () => {
  const { json } = await openSite({ maintenance: ['LAGNAPPE,3/3/14,E. Simmons,Adjust bearing alignment', 'LAGNAPPE,3/14/14,D. Pitre,Shutdown'] });
  const { items } = await json<{ items: { from: string; lastMaintenance: { description: string }; since: { description: string }[] }[] }>('/api/v1/alarms');
  expect(items[0]).toMatchObject({
    from: '2014-03-14T12:01:00', lastMaintenance: { description: 'Adjust bearing alignment' }, since: [{ description: 'Shutdown' }],
  });
});
