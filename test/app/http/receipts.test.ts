import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addToken, type Role } from '../../../app/access/tokens.ts';
import { runProgram } from '../../support/program.ts';
import { liveJob } from './liveJob.ts';
import { openSite } from './site.ts';

const API = '/api/v1';
const FILES = {
  'a.csv': 'A,3/10/14,1:00,1,2,3,4,5,6\nA,3/10/14,1:01,x,2,3,4,5,6\n',
  'b.csv': 'A,3/10/14,1:00,1,2,3,4,9,\n',
};

test('receipts tell what came from each source, newest first, page by page, and add up to the balance', async () => {
  const { json } = await openSite({ files: FILES });
  const { items, total } = await json<{ items: Record<string, unknown>[]; total: number }>(`${API}/receipts`);
  expect(items).toMatchObject([
    { number: 2, source: 'b.csv', received: 1, stored: 1, replaced: 1, duplicate: 0, rejected: 0, pending: 0, bytes: FILES['b.csv'].length },
    { number: 1, source: 'a.csv', received: 2, stored: 1, replaced: 0, duplicate: 0, rejected: 1, digest: expect.stringMatching(/^crc32:/) as string },
    { number: null, source: null, stored: 6, rejected: 2, first: null, last: null, digest: null },
  ]);
  expect(total).toBe(3);
  const { total: balance } = await json<{ total: { received: number } }>(`${API}/balance`);
  expect(items.reduce((sum, { received }) => sum + (received as number), 0)).toBe(balance.received);
  expect(await json(`${API}/receipts?source=a.csv`)).toMatchObject({ items: [{ number: 1 }], total: 1 });
  expect(await json(`${API}/receipts?before=2&limit=1`)).toMatchObject({ items: [{ number: 1 }], total: 3 });
});

test('a trace tells of each cell which line of which file it came from, and what it replaced', async () => {
  const { json, get } = await openSite({ files: FILES });
  const { cells, ...of } = await json<{ cells: unknown[] }>(`${API}/pumps/A/trace?at=2014-03-10T01:00`);
  expect(of).toEqual({ pump: 'A', at: '2014-03-10T01:00:00' });
  expect(cells).toHaveLength(6);
  expect(cells[4]).toMatchObject({
    measure: 'psi', value: 9, source: 'b.csv', number: 2, line: 1, receivedAt: expect.stringMatching(/Z$/) as string,
    replaced: { value: 5, source: 'a.csv', line: 1 }, confirmedBy: [],
  });
  expect(cells[5]).toMatchObject({ measure: 'chlPPM', value: 6, source: 'a.csv', replaced: null, confirmedBy: [] });
  const none = await get(`${API}/pumps/A/trace?at=2014-03-10T05:00`);
  expect([none.status, await none.json()]).toMatchObject([404, { detail: 'There is no reading of A at 2014-03-10T05:00:00' }]);
  expect((await get(`${API}/pumps/A/trace?at=noon`)).status).toBe(400);
});

test('what formats leave out is told by name, and by measure', async () => {
  const leftOut = [{
    format: 'site', ignored: 2, ignoredTags: [{ name: 'W1.TEMP', count: 2 }], bad: 0, badQuality: [],
    noValue: 3, noValues: [{ name: 'psi', count: 2 }, { name: 'hz', count: 1 }],
  }];
  const { json } = await openSite(liveJob({ status: { leftOut } }));
  expect(await json(`${API}/streaming/left-out`)).toEqual({
    items: [{ ...leftOut[0], sentences: ['2 values of tags that map to nothing: W1.TEMP 2', '3 words for "no value": psi 2, hz 1'] }],
  });
});

test('readings are taken back: tried first, then written down as an act of who may, once for a repeated request, and carried out by who writes the table', async () => {
  const site = await openSite({ files: FILES });
  const post = async (body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${site.url}${API}/retractions`, {
      method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  expect(await post({ source: 'b.csv', dryRun: true })).toEqual({ status: 200, body: { act: null, retracted: 1, pumpDays: 1, done: false } });
  expect((await site.json<{ total: number }>(`${API}/acts?kind=retract`)).total).toBe(0);
  const refusals: [object, number, string][] = [
    [{ source: 'b.csv' }, 400, 'reason: expected some words'],
    [{ reason: 'x' }, 400, 'expected either source, or pump with from and to'],
    [{ pump: 'A', reason: 'x' }, 400, 'pump: expected from and to with it'],
    [{ pump: 'A', from: '2014-03-11', to: '2014-03-10', reason: 'x' }, 400, 'expected a time after from'],
    [{ source: 'c.csv', reason: 'x' }, 404, 'nothing has come from c.csv'],
    [{ pump: 'Z', from: '2014-03-10', to: '2014-03-11', reason: 'x' }, 404, 'There is no pump Z'],
  ];
  for (const [body, status, detail] of refusals)
    expect(await post(body)).toMatchObject({ status, body: { detail: expect.stringContaining(detail) as string } });

  const bearer = (role: Role) => ({ authorization: `Bearer ${addToken(site.tokens, { name: role, role, now: new Date() })}` });
  const [read, operate] = [bearer('read'), { ...bearer('operate'), 'idempotency-key': 'once' }];
  expect((await post({ source: 'b.csv', reason: 'Wrong mapping' }, read)).status).toBe(403);
  const answers = await Promise.all([0, 1].map(() => post({ source: 'b.csv', reason: 'Wrong mapping' }, operate)));
  expect(answers.map(({ body: { act } }) => act)).toEqual([answers[0].body['act'], answers[0].body['act']]);
  expect(await site.json(`${API}/acts?kind=retract`, read)).toMatchObject({ total: 1, items: [{ by: 'operate', verified: true, comment: 'Wrong mapping' }] });
  const path = `${API}/retractions/${String(answers[0].body['act'])}`;
  expect(await site.json(path, read)).toMatchObject({ retracted: 0, done: false });
  await runProgram(['run', '--once', '--data-dir', join(site.dir, 'var')], { env: { WELLWATCH_RECEIVERS_MQTT: 'false' } });
  expect(await site.json(path, read)).toEqual({ act: answers[0].body['act'], retracted: 1, pumpDays: 1, done: true });
  expect(await post({ source: 'b.csv', reason: 'Wrong mapping' }, operate)).toMatchObject({ status: 200, body: { retracted: 1, done: true } });
  expect(await site.json(`${API}/pumps/A/readings?from=2014-03-10&to=2014-03-10`, read)).toMatchObject({ rows: 1, psi: { min: [5], max: [5] } });
  expect(await site.json(`${API}/retractions/9999`, read)).toMatchObject({ status: 404 });
});
