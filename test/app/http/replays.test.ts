import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addToken, type Role } from '../../../app/access/tokens.ts';
import { RunningJob } from '../../support/runningJob.ts';
import { until } from '../../support/waiting.ts';
import { openSite, type Site } from './site.ts';

const BAD = { id: 'abcdef0123', source: 'bad.csv', line: 17, reason: 'expected PressureLbs to be a number, got `8o`', receivedAt: 1_700_000_000_000,
  raw: 'COHUTTA,3/10/14,1:01,1,2,3,4,8o,5', columns: [0, 1, 2, 3, 4, 5, 6, 7, 8] };
const CUT = { id: 'z', source: 'mqtt:x', line: 1, reason: 'expected CSV, got JSON', raw: 'x'.repeat(1024) };
const FIELDS = ['COHUTTA', '3/10/14', '1:01', '1', '2', '3', '4', '80', '5'];

async function openWithInbox(): Promise<Site & { readonly inbox: string }> {
  const site = await openSite({ rejects: [BAD, CUT] });
  const inbox = join(site.dir, 'var', 'inbox');
  mkdirSync(inbox);
  return { ...site, inbox };
}

async function send(site: Site, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${site.url}/api/v1/rejects/replays`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { file: string; rows: number; detail: string } };
}

test('a reject says which fields it has, and whether it can be mended', async () => {
  const site = await openWithInbox();
  const { items } = await site.json<{ items: Record<string, unknown>[] }>('/api/v1/rejects');
  expect(items).toMatchObject([
    { number: 2, whole: false, fields: null, attempt: null, replayed: null },
    { number: 1, whole: true, fields: FIELDS.with(7, '8o'), attempt: null, replayed: null },
  ]);
  expect(await site.json('/api/v1/rejects/1')).toEqual(items[1]);
  expect((await site.get('/api/v1/rejects/3')).status).toBe(404);
  const wrong = await site.get('/api/v1/rejects/replays');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
});

test('rows that are sent again lie in the inbox as a file of their own, which a job takes', async () => {
  const site = await openWithInbox();
  const { status, body } = await send(site, { rows: [{ number: 1, fields: FIELDS }, { number: 1, fields: FIELDS.with(2, '1:02') }], by: 'anna' });
  expect([status, body.rows, readdirSync(site.inbox)]).toEqual([202, 2, [body.file]]);
  const job = await RunningJob.start(join(site.dir, 'var'));
  await until(async () => (await job.table.counts()).directory.replayed === 1);
  expect(await site.json('/api/v1/rejects/1')).toMatchObject({ replayed: { by: 'anna', source: body.file, line: 2 } });
  expect(await site.json('/api/v1/balance')).toMatchObject({ total: { stored: 8, replayed: 1, rejected: 2 } });
  expect((await (await site.get('/api/v1/rejects', { accept: 'text/csv' })).text()).split('\r\n')[0]).toContain(',replayedBy,replayedAt');
  expect(await send(site, { rows: [{ number: 1, fields: FIELDS }] })).toMatchObject({
    status: 409, body: { detail: 'Reject 1 is mended already, by anna. Nothing was sent' },
  });
  await job.stop();
});

test('what somebody types is text in the file, and no formula or row of its own', async () => {
  const site = await openWithInbox();
  const { body } = await send(site, { rows: [{ number: 1, fields: ['=cmd|x', 'a"b', 'c\nd', '-1', '', '', '', '', ''] }], by: 'x' });
  expect(readFileSync(join(site.inbox, body.file), 'utf8')).toContain(`\n'=cmd|x,"a""b","c\nd",-1,,,,,,reject-1-abcdef01`);
});

test('it takes the role operate, a page of our own, and an inbox', async () => {
  const site = await openWithInbox();
  const rows = [{ number: 1, fields: FIELDS }];
  expect(await send(site, { rows: [{ number: 9, fields: FIELDS }] })).toMatchObject({ status: 404 });
  expect(await send(site, { rows: [{ number: 1, fields: ['x'] }] })).toMatchObject({ status: 400 });
  expect(await send(site, { rows }, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
  rmSync(site.inbox, { recursive: true });
  expect((await send(site, { rows })).body.detail).toContain("can't be written");
  mkdirSync(site.inbox);
  const bearer = (role: Role) => ({ authorization: `Bearer ${addToken(site.tokens, { name: role, role, now: new Date() })}` });
  const [read, operate] = [bearer('read'), bearer('operate')];
  expect((await send(site, { rows }, read)).status).toBe(403);
  expect((await send(site, { rows, by: 'anna' }, operate)).status).toBe(400);
  expect(readdirSync(site.inbox)).toEqual([]);
  const { body } = await send(site, { rows }, operate);
  expect(readFileSync(join(site.inbox, body.file), 'utf8')).toContain(',operate,');
});
