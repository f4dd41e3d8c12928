import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../domain/errors.ts';
import type { Table } from '../../../storage/table/table.ts';
import { openSite, type Site } from './site.ts';

const post = (site: Site, path: string, { body, ...headers }: Record<string, string>) =>
  fetch(site.url + path, { method: 'POST', headers, body });
const json = 'application/json';

describe('every problem has the same shape, and says what to do', () => {
  test.each<[string, number, string, (site: Site) => Promise<Response>, RegExp]>([
    [
      'a parameter out of bounds',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/pumps?limit=501'),
      /^limit: expected at most 500, got "501"$/,
    ],
    [
      'a number that is none',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?limit=many'),
      /^limit: expected a number, got "many"$/,
    ],
    [
      'a broken number',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/stats?limit=1.5'),
      /^limit: expected a whole number, got "1\.5"$/,
    ],
    [
      'a number that is not decimal',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?limit=0x10'),
      /^limit: expected a number, got "0x10"$/,
    ],
    [
      'a number with blanks',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?limit=%2010'),
      /^limit: expected a number, got " 10"$/,
    ],
    [
      'no number',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/pumps/LAGNAPPE/readings?points='),
      /^points: expected a number, got ""$/,
    ],
    ['an unknown parameter', 400, 'INVALID_REQUEST', (site) => site.get('/api/v1/alarms?pmup=A'), /^pmup: there is no such parameter/],
    [
      'an unknown parameter where there are none',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/balance?x=1'),
      /^x: there is no such parameter/,
    ],
    [
      'several at once',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?from=noon&limit=0'),
      /^from: expected YYYY-MM-DD or .*, got "noon"; limit: expected at least 1, got "0"$/,
    ],
    [
      'one that comes twice',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?pump=A&pump=B'),
      /^pump: expected a string, got a list$/,
    ],
    [
      'a day that does not exist',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/stats?from=2014-02-29'),
      /^from: expected YYYY-MM-DD, got "2014-02-29"$/,
    ],
    [
      'a range that runs backwards',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?from=2014-03-14&to=2014-03-13T23:59'),
      /^to: expected nothing before from/,
    ],
    [
      'a day before the one it begins on',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?from=2014-03-14&to=2014-03-13'),
      /^to: expected nothing before from/,
    ],
    [
      'a word of another list',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/pumps?active=yes'),
      /^active: expected true or false, got "yes"$/,
    ],
    [
      'an unknown measure',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/pumps/LAGNAPPE/readings?measures=psi,heat'),
      /^measures: expected hz or .* or chlPPM, got "psi,heat"$/,
    ],
    [
      'too many points',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/pumps/LAGNAPPE/readings?points=5001'),
      /^points: expected at most 5000/,
    ],
    [
      'a cursor that no page gave',
      400,
      'INVALID_REQUEST',
      (site) => site.get('/api/v1/alerts?cursor=xyz'),
      /^cursor: expected what the page before gave/,
    ],
    ['a path with broken UTF-8', 400, 'INVALID_REQUEST', (site) => site.get('/api/v1/pumps/%ff'), /%ff/],
    ['a body that is no JSON', 400, 'INVALID_REQUEST', (site) => post(site, '/api/v1/session', { 'content-type': json, body: '{' }), /./],
    [
      'a body without what is needed',
      400,
      'INVALID_REQUEST',
      (site) => post(site, '/api/v1/session', { 'content-type': json, body: '{}' }),
      /^token: expected a string, got nothing$/,
    ],
    [
      'a body that is no object',
      400,
      'INVALID_REQUEST',
      (site) => post(site, '/api/v1/session', { 'content-type': json, body: '[]' }),
      /^expected a JSON object$/,
    ],
    ['an unknown path', 404, 'NOT_FOUND', (site) => site.get('/api/v1/nothing'), /^There is nothing at \/api\/v1\/nothing/],
    ['an unknown path beside the page', 404, 'NOT_FOUND', (site) => site.get('/wp-login.php'), /nothing at/],
    ['an unknown pump', 404, 'NOT_FOUND', (site) => site.get('/api/v1/pumps/NOWHERE'), /got "NOWHERE"/],
    ['readings of an unknown pump', 404, 'NOT_FOUND', (site) => site.get('/api/v1/pumps/NOWHERE/readings'), /got "NOWHERE"/],
    [
      'readings of an unknown pump as CSV',
      404,
      'NOT_FOUND',
      (site) => site.get('/api/v1/pumps/NOWHERE/readings', { accept: 'text/csv' }),
      /got "NOWHERE"/,
    ],
    ['a path without its last part', 404, 'NOT_FOUND', (site) => site.get('/api/v1/pumps/'), /^There is nothing at \/api\/v1\/pumps\/\./],
    ['a path without a part in the middle', 404, 'NOT_FOUND', (site) => site.get('/api/v1/pumps//readings'), /^There is nothing at/],
    [
      'a method that the path does not know',
      405,
      'METHOD_NOT_ALLOWED',
      (site) => post(site, '/api/v1/pumps', { 'content-type': json, body: '{}' }),
      /^Expected GET or HEAD for \/api\/v1\/pumps, got POST$/,
    ],
    [
      'a form that there is not',
      406,
      'NOT_ACCEPTABLE',
      (site) => site.get('/api/v1/alerts', { accept: 'image/png' }),
      /^Expected to be asked for application\/json or text\/csv, got Accept: image\/png$/,
    ],
    [
      'CSV of what is no table',
      406,
      'NOT_ACCEPTABLE',
      (site) => site.get('/api/v1/balance', { accept: 'text/csv' }),
      /^Expected to be asked for application\/json/,
    ],
    [
      'a body that is too long',
      413,
      'TOO_LARGE',
      (site) => post(site, '/api/v1/session', { 'content-type': json, body: JSON.stringify({ token: 'x'.repeat(20_000) }) }),
      /./,
    ],
    [
      'a body of another kind',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      (site) => post(site, '/api/v1/session', { 'content-type': 'text/plain', body: 'x' }),
      /./,
    ],
  ])('%s is %i %s', async (_what, status, code, ask, detail) => {
    const site = await openSite();
    const response = await ask(site);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(problem)).toEqual(['type', 'title', 'status', 'detail', 'code', 'instance']);
    expect([response.status, problem.status, problem.code, problem.type]).toEqual([status, status, code, 'about:blank']);
    expect(problem.detail).toMatch(detail);
    expect(problem.instance).toBe(new URL(response.url).pathname);
    expect(site.events).toEqual([]);
  });

  test('a request that is given up is nobody\'s fault', async () => {
    let stopped: Promise<unknown[]> | undefined;
    const site = await openSite({ live: { api: (api) => void api.get('/slow', async ({ signal }) => {
      stopped = once(signal, 'abort');
      await stopped;
      throw signal.reason;
    }) } });
    const gaveUp = new AbortController();
    const asked = expect(fetch(`${site.url}/api/v1/slow`, { signal: gaveUp.signal })).rejects.toThrow('abort');
    await vi.waitUntil(() => stopped !== undefined, { timeout: 60_000 });
    gaveUp.abort();
    await Promise.all([asked, stopped]);
    await site.json('/api/v1/me');
    expect(site.events).toEqual([]);
  });

  test('a method that is not allowed comes with those that are', async () => {
    const site = await openSite();
    expect((await fetch(`${site.url}/api/v1/session`, { method: 'PUT' })).headers.get('allow')).toBe('DELETE, POST');
  });
});

const cursor = (...place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url');

test.each([
  ...[3e6, -3e6].map((number) => ['stats', ['COHUTTA', number]] as const),
  ...[0.5, 0, -1, 1e300, '1', null].map((number) => ['rejects', [number]] as const),
  ...[0.5, 1e300, -1e300].flatMap(
    (number) =>
      [
        ['alerts', [number, 'A', 'r']],
        ['stats', ['A', number]],
        ['alarms', [0, 0, number, 'A', 'r', 0]],
        ['pumps', [number, 0, 'A']],
      ] as const,
  ),
])('a cursor of %s that nobody gave out, %j, is refused', async (list, place) => {
  const site = await openSite();
  const response = await site.get(`/api/v1/${list}?cursor=${cursor(...place)}`);
  expect([response.status, await response.json()]).toMatchObject([400, { code: 'INVALID_REQUEST' }]);
});

test.each([['rejects', [Number.MAX_SAFE_INTEGER]], ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].flatMap((number) => [
  ['alerts', [number, 'A', 'r']], ['alarms', [number, number, number, 'A', 'r', number]], ['pumps', [number, number, 'A']],
] as const)] as const)('a cursor of %s far away, %j, does no harm', async (list, place) => {
  const site = await openSite();
  expect((await site.get(`/api/v1/${list}?cursor=${cursor(...place)}`)).status).toBe(200);
  expect(site.events).toEqual([]);
});

test('while the store is away the answer is 503, with when to come again', async () => {
  const away = new AppError('STORE_UNAVAILABLE', 'HBase at http://127.0.0.1:8080 does not answer');
  const site = await openSite({
    around: (table) =>
      new Proxy(table, { get: (target, name) => (name === 'state' ? () => Promise.reject(away) : (Reflect.get(target, name) as unknown)) }),
  });
  const response = await site.get('/api/v1/balance');
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await response.json()).toMatchObject({ code: 'STORE_UNAVAILABLE', detail: away.message });
});

test('curves beyond the most that may be under way are refused, with when to come again; what is asked for later is answered', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => { release = resolve; });
  let asked = (): void => undefined;
  const underWay = new Promise<void>((resolve) => { asked = resolve; });
  const slow = (table: Table) => {
    const newestTime = table.newestTime.bind(table);
    table.newestTime = async (pump) => {
      asked();
      await released;
      return newestTime(pump);
    };
    return table;
  };
  const site = await openSite({ rows: ['COHUTTA 2014-03-13T12:00 10.27 1.73 881 1.56 85 1.94'], mostCurves: 1, around: slow });
  const path = '/api/v1/pumps/COHUTTA/readings';
  const first = site.get(path);
  await underWay;
  for (const accept of ['application/json', 'text/csv']) {
    const refused = await site.get(path, { accept });
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([503, '2', { code: 'TOO_BUSY' }]);
  }
  release();
  expect((await first).status).toBe(200);
  expect((await site.get(path)).status).toBe(200);
});

test('what is our own fault tells nothing but a reference, under which the log has the stack and the cause', async () => {
  const site = await openSite({
    live: {
      api: (api) =>
        api.get('/fails', () => {
          throw new Error('secret', { cause: new Error('deep secret') });
        }),
    },
  });
  const response = await site.get('/api/v1/fails');
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toMatch(/secret|\.ts/);
  const { code, detail } = JSON.parse(text) as { code: string; detail: string };
  expect(code).toBe('INTERNAL');
  const reference = /reference ([\da-f-]{36})$/.exec(detail)![1];
  expect(site.events).toHaveLength(1);
  expect(site.events[0]).toMatchObject({ level: 'error' });
  for (const part of [
    `GET /api/v1/fails failed (reference ${reference})`,
    'Error: secret\n    at ',
    'caused by Error: deep secret\n    at ',
  ])
    expect(site.events[0].message).toContain(part);
});

test.each([
  ['what is no HTTP', 'nonsense\r\n\r\n', 'Expected an HTTP request'],
  ['endless headers', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 'at most 16 kB'],
])('%s is answered with a problem too', async (_what, sent, detail) => {
  const site = await openSite();
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  socket.write(sent);
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 400 .*\r\ncontent-type: application\/problem\+json\r\n/);
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({
    status: 400,
    code: 'INVALID_REQUEST',
    detail: expect.stringContaining(detail) as string,
  });
});
