import { expect, test } from 'vitest';
import { addToken, type Role } from '../../../app/access/tokens.ts';
import { openSite, type Site } from './site.ts';

/** The clock of these sites: 2014-03-14T12:10 at theirs. */
const NOW = Date.parse('2014-03-14T17:10:00Z');
const ALARM = { pump: 'LAGNAPPE', rule: 'low-psi' };

interface Answer {
  readonly status: number;
  readonly body: { readonly items: Record<string, unknown>[]; readonly detail: string; readonly code: string };
}

async function post(site: Site, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${site.url}/api/v1/alarms/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const acts = (site: Site, query = '') => site.json<{ items: Record<string, unknown>[]; total: number }>(`/api/v1/acts${query}`);

test('an acknowledgement is in the log of acts when the answer comes, and the alarms are as they are then', async () => {
  const site = await openSite({ now: () => NOW });
  const { status, body } = await post(site, 'acknowledgements', { alarms: [ALARM], comment: 'On my way', by: 'anna' });
  expect([status, body.items[0].outcome]).toEqual([200, 'acknowledged']);
  expect(body.items[0].alarms).toMatchObject([
    { ...ALARM, priority: 'high', state: 'active-acknowledged', from: '2014-03-14T12:01:00', worst: 3, shelved: null,
      acknowledged: { by: 'anna', at: '2014-03-14T17:10:00.000Z', comment: 'On my way' } },
  ]);
  expect(await acts(site)).toMatchObject({
    total: 1,
    items: [
      { number: 1, kind: 'acknowledge', by: 'anna', verified: false, via: 'api', ...ALARM, level: 'high', until: null, comment: 'On my way',
        seen: [{ from: '2014-03-13T23:59:00', to: '2014-03-14T00:00:00' }, { from: '2014-03-14T12:01:00', to: '2014-03-14T12:01:00' }] },
    ],
  });
  expect((await post(site, 'acknowledgements', { alarms: [ALARM] })).body.items[0].outcome).toBe('already');
  expect((await acts(site)).total).toBe(1);
});

test('what is worse than what was seen, and what began later, is left alone', async () => {
  const site = await openSite({ now: () => NOW });
  const worse = await post(site, 'acknowledgements', { alarms: [{ ...ALARM, level: 'low' }] });
  expect(worse.body.items[0].outcome).toBe('worse');
  const early = await post(site, 'acknowledgements', { alarms: [{ ...ALARM, seenTo: '2014-03-14T00:00' }] });
  expect(early.body.items[0]).toMatchObject({ outcome: 'acknowledged', alarms: [{ state: 'active-unacknowledged' }] });
  expect((await acts(site)).items).toMatchObject([{ seen: [{ from: '2014-03-13T23:59:00' }] }]);
});

test('a request that is repeated with its key does it once', async () => {
  const site = await openSite({ now: () => NOW });
  const twice = async () => post(site, 'comments', { ...ALARM, comment: 'Valve was closed' }, { 'idempotency-key': 'k-1' });
  expect([(await twice()).status, (await twice()).status]).toEqual([200, 200]);
  expect((await acts(site, '?kind=comment')).total).toBe(1);
  for (const [kind, body] of [['comments', { pump: 'COHUTTA', rule: ALARM.rule, comment: 'x' }], ['acknowledgements', { alarms: [ALARM] }]] as const)
    expect((await post(site, kind, body, { 'idempotency-key': 'k-1' })).status).toBeGreaterThanOrEqual(404);
  expect(await post(site, 'acknowledgements', { alarms: [ALARM] }, { 'idempotency-key': 'k-1' })).toMatchObject({ status: 409 });
  expect((await acts(site)).total).toBe(1);
});

test('a shelf that is set once ends with its alarm, needs one that goes on, and says where it was done', async () => {
  const site = await openSite({ now: () => NOW });
  const shelf = { ...ALARM, once: true, reason: 'Sensor is being changed' };
  const shelved = await post(site, 'shelves', shelf, { 'requested-from': 'page' });
  expect(shelved.body.items).toContainEqual(expect.objectContaining({ state: 'shelved', from: '2014-03-14T12:01:00' }));
  expect(await site.json('/api/v1/alarms/aside')).toMatchObject({ shelves: [{ ...ALARM, once: true }] });
  expect(await acts(site)).toMatchObject({ items: [{ kind: 'shelve', via: 'page' }] });
  expect(await post(site, 'shelves', { ...shelf, pump: 'COHUTTA' })).toMatchObject({ status: 409 });
  expect(await post(site, 'shelves', { ...ALARM, reason: 'x' })).toMatchObject({ status: 400 });
});

test('shelves end, are bounded by role, and are told beside what is out of service', async () => {
  let now = NOW;
  const site = await openSite({ now: () => now });
  const shelved = await post(site, 'shelves', { ...ALARM, for: '2h', reason: 'Filter is changed', by: 'ben' });
  expect(shelved.body.items).toMatchObject([
    { state: 'shelved', shelved: { by: 'ben', until: '2014-03-14T19:10:00.000Z', reason: 'Filter is changed' } },
    { state: 'shelved' },
  ]);
  expect((await post(site, 'shelves', { ...ALARM, for: '25h', reason: 'x' })).body.detail).toContain('expected a time from 1s to 1d');
  const out = await post(site, 'out-of-service', { pump: 'COHUTTA', reason: 'Motor is away', review: '2014-03-20' });
  expect(out).toMatchObject({ status: 200, body: { items: [] } });
  expect(await site.json('/api/v1/alarms/aside')).toMatchObject({
    shelves: [{ ...ALARM, by: 'ben' }],
    outOfService: [{ pump: 'COHUTTA', by: 'unnamed', reason: 'Motor is away', review: '2014-03-20', overdue: false }],
  });
  now += 7 * 86_400_000;
  expect(await site.json('/api/v1/alarms/aside')).toMatchObject({ shelves: [], outOfService: [{ overdue: true }] });
  expect((await post(site, 'returns', { pump: 'COHUTTA' })).status).toBe(200);
  expect(await post(site, 'returns', { pump: 'COHUTTA' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  expect(await post(site, 'unshelves', ALARM)).toMatchObject({ status: 409 });
});

test('what is not there is not found, with the nearest name; what is wrong says what was expected', async () => {
  const site = await openSite({ now: () => NOW });
  expect(await post(site, 'acknowledgements', { alarms: [{ pump: 'LAGNAPE', rule: 'low-psi' }] })).toMatchObject({
    status: 404, body: { code: 'NOT_FOUND', detail: expect.stringContaining('did you mean LAGNAPPE?') as string },
  });
  expect(await post(site, 'comments', { pump: 'LAGNAPPE', rule: 'lowpsi', comment: 'x' })).toMatchObject({
    status: 404, body: { detail: expect.stringContaining('did you mean low-psi?') as string },
  });
  expect(await post(site, 'resets', ALARM)).toMatchObject({
    status: 409, body: { detail: expect.stringContaining('reset it when it is over and acknowledged') as string },
  });
  expect(await post(site, 'out-of-service', { pump: 'COHUTTA', reason: 'x', review: '2014-03-13' })).toMatchObject({ status: 400 });
  expect(await post(site, 'shelves', { ...ALARM, for: 'long', reason: 'x' })).toMatchObject({
    status: 400, body: { detail: expect.stringContaining('expected a duration such as 30m or 2h') as string },
  });
  expect((await acts(site)).total).toBe(0);
});

test('the token says who, and its role what; a foreign page does nothing with our cookie', async () => {
  const site = await openSite({ now: () => NOW });
  const bearer = (role: Role) => ({ authorization: `Bearer ${addToken(site.tokens, { name: role, role, now: new Date(NOW) })}` });
  const [read, operate, manage] = [bearer('read'), bearer('operate'), bearer('manage')];
  const shelf = { ...ALARM, for: '9h', reason: 'x' };
  const out = { pump: 'COHUTTA', reason: 'x', review: '2014-03-20' };
  expect((await post(site, 'acknowledgements', { alarms: [ALARM] }, read)).status).toBe(403);
  const doubled = await post(site, 'acknowledgements', { alarms: [ALARM], by: 'anna' }, operate);
  expect(doubled.body.detail).toContain('the token operate says who');
  expect((await post(site, 'acknowledgements', { alarms: [ALARM] }, operate)).status).toBe(200);
  expect((await post(site, 'shelves', shelf, operate)).body.detail).toContain('from 1s to 8h');
  expect((await post(site, 'shelves', shelf, manage)).status).toBe(200);
  expect((await post(site, 'out-of-service', out, operate)).body.detail).toContain('the role manage');
  expect((await post(site, 'out-of-service', out, manage)).status).toBe(200);
  const foreign = { ...manage, 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' };
  expect((await post(site, 'returns', { pump: 'COHUTTA' }, foreign)).status).toBe(403);
  const listed = await site.json<{ items: { by: string; verified: boolean }[] }>('/api/v1/acts', read);
  expect(listed.items.map(({ by, verified }) => [by, verified])).toEqual([['manage', true], ['manage', true], ['operate', true]]);
});

test('the report counts what was raised in its days, and says which targets are met', async () => {
  const site = await openSite({ now: () => NOW });
  interface Report { readonly from: string; readonly to: string; readonly items: Record<string, unknown>[] }
  const { from, to, items } = await site.json<Report>('/api/v1/alarms/report?from=2014-03-14');
  expect([from, to, items.length]).toEqual(['2014-03-14', '2014-03-14', 14]);
  expect(items[0]).toMatchObject({ kpi: 'average-rate', met: true, details: { alarms: 1 } });
  const month = await site.json<Report>('/api/v1/alarms/report');
  expect([month.from, month.items[0]]).toMatchObject(['2014-02-13', { details: { alarms: 2 } }]);
});

test('acts come in pages, by pump, rule, person and time, and as CSV', async () => {
  let now = NOW;
  const site = await openSite({ now: () => now });
  for (const comment of ['one', 'two', 'three']) {
    await post(site, 'comments', { ...ALARM, comment, by: comment === 'two' ? 'ben' : 'anna' });
    now += 3_600_000;
  }
  const first = await site.json<{ items: { comment: string }[]; next: string }>('/api/v1/acts?limit=2');
  const rest = `/api/v1/acts?limit=2&cursor=${encodeURIComponent(first.next)}`;
  const second = await site.json<{ items: { comment: string }[]; next: null }>(rest);
  expect([...first.items, ...second.items].map(({ comment }) => comment)).toEqual(['three', 'two', 'one']);
  expect(second.next).toBe(null);
  expect((await acts(site, '?by=ben')).total).toBe(1);
  expect((await acts(site, '?pump=COHUTTA')).total).toBe(0);
  expect((await acts(site, '?from=2014-03-14T13:00&to=2014-03-14T14:00')).items).toMatchObject([{ comment: 'two' }]);
  const csv = await (await site.get('/api/v1/acts', { accept: 'text/csv' })).text();
  expect(csv.split('\n').slice(0, 2)).toEqual([
    'number,at,by,verified,via,kind,pump,rule,said',
    '3,2014-03-14T19:10:00.000Z,anna,false,api,comment,LAGNAPPE,low-psi,three',
  ]);
});
