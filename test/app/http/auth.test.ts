import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../app/http/api.ts';
import { requireRole } from '../../../app/http/auth/identity.ts';
import { SESSION_MS } from '../../../app/http/auth/sessions.ts';
import { addToken, type Role } from '../../../app/access/tokens.ts';
import { openSite, type Site, type SiteParts } from './site.ts';

/** A route that changes something, and those that watch over us. */
const live: SiteParts['live'] = {
  api: (api) => {
    api.get('/look', () => ({ looked: true }));
    api.post('/change', { onRequest: requireRole('operate') }, () => ({ changed: true }));
  },
  metrics: (api) => void api.get('/metrics', () => ({})),
  health: (api) => {
    api.get('/healthz', () => ({}));
    api.get('/readyz', () => ({}));
  },
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function token(site: Site, role: Role, name: string = role): string {
  return addToken(site.tokens, { name, role, now: new Date() });
}

function signIn(site: Site, presented: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${site.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token: presented }),
  });
}

/** The cookie that a sign-in set, as it is sent back. */
function cookieOf(response: Response): { cookie: string } {
  return { cookie: response.headers.get('set-cookie')!.split(';')[0] };
}

describe('without tokens on a loopback address', () => {
  test('everybody may do everything', async () => {
    const site = await openSite({ live });
    expect(await site.json('/api/v1/me')).toMatchObject({
      site: 'Demo field',
      timezone: 'America/Chicago',
      signInNeeded: false,
      name: null,
      role: 'manage',
    });
    expect((await site.get('/api/v1/look')).status).toBe(200);
    expect((await fetch(`${site.url}/api/v1/change`, { method: 'POST' })).status).toBe(200);
  });

  test('the first token closes it at once, and a file that is gone opens nothing: its tokens hold, and the log says so once', async () => {
    const site = await openSite({ live });
    expect((await site.get('/api/v1/look')).status).toBe(200);
    const read = token(site, 'read');
    expect((await site.get('/api/v1/look')).status).toBe(401);
    expect((await site.get('/api/v1/look', bearer(read))).status).toBe(200);
    rmSync(site.tokens);
    for (let i = 0; i < 2; i++) expect((await site.get('/api/v1/look')).status).toBe(401);
    expect((await site.get('/api/v1/look', bearer(read))).status).toBe(200);
    expect(site.events).toMatchObject([{ level: 'error', message: expect.stringContaining('which is gone') as string }]);
  });

  test('the removal of the last token lets nobody in, until there is another', async () => {
    const site = await openSite({ live });
    const read = token(site, 'read');
    expect((await site.get('/api/v1/look', bearer(read))).status).toBe(200);
    writeFileSync(site.tokens, '{"tokens":[]}');
    for (const headers of [bearer(read), {}]) expect((await site.get('/api/v1/look', headers)).status).toBe(401);
    expect(site.events).toMatchObject([{ level: 'error', message: expect.stringContaining('the last was removed') as string }]);
    expect((await site.get('/api/v1/look', bearer(token(site, 'read', 'another')))).status).toBe(200);
  });
});

describe('with tokens', () => {
  test.each(['/api/v1/look', '/api/v1/pumps', '/api/v1/balance', '/metrics', '/api/docs', '/api/docs/json'])(
    '%s needs one, and says which header',
    async (path) => {
      const site = await openSite({ live });
      token(site, 'read');
      const response = await site.get(path);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="wellwatch"');
      expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED', instance: path });
    },
  );

  test.each(['/', '/pumps', '/api/v1/me', '/healthz', '/readyz'])('%s needs none', async (path) => {
    const site = await openSite({ live });
    token(site, 'read');
    expect((await site.get(path)).status).toBe(200);
  });

  test('me says that a sign-in is needed, and afterwards who is signed in', async () => {
    const site = await openSite();
    const read = token(site, 'read', 'dashboard');
    expect(await site.json('/api/v1/me')).toMatchObject({ signInNeeded: true, name: null, role: null });
    expect(await site.json('/api/v1/me', bearer(read))).toMatchObject({ signInNeeded: true, name: 'dashboard', role: 'read' });
  });

  test.each([
    ['another token', 'Bearer AAAA'],
    ['nothing', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
    ['rubbish', 'Bearer \u00e4'],
  ])('%s is no token', async (_what, authorization) => {
    const site = await openSite({ live });
    token(site, 'read');
    expect((await site.get('/api/v1/look', { authorization })).status).toBe(401);
  });

  test('each of several tokens holds', async () => {
    const site = await openSite({ live });
    const all = ['a', 'b', 'c'].map((name) => token(site, 'read', name));
    for (const each of all) expect((await site.get('/api/v1/look', bearer(each))).status).toBe(200);
  });

  test('one that may only read changes nothing; one that may operate, or manage, does both', async () => {
    const site = await openSite({ live });
    const [read, operate, manage] = [token(site, 'read'), token(site, 'operate'), token(site, 'manage')];
    const change = (own: string) => fetch(`${site.url}/api/v1/change`, { method: 'POST', headers: bearer(own) });
    const refused = await change(read);
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'FORBIDDEN', detail: 'Expected a token with the role operate; that of read has the role read' },
    ]);
    expect((await change(operate)).status).toBe(200);
    expect((await change(manage)).status).toBe(200);
    expect((await site.get('/api/v1/look', bearer(operate))).status).toBe(200);
  });

  test('a tokens file that was broken while the job runs opens nothing: the last good tokens hold, and the log says so', async () => {
    const site = await openSite({ live });
    const read = token(site, 'read');
    expect((await site.get('/api/v1/look', bearer(read))).status).toBe(200);
    writeFileSync(site.tokens, '{}');
    expect((await site.get('/api/v1/look')).status).toBe(401);
    expect((await site.get('/api/v1/look', bearer(read))).status).toBe(200);
    expect(site.events).toMatchObject([{ level: 'error', message: expect.stringContaining('http.tokens: expected') as string }]);
  });
});

test('a tokens file that can’t be used at the start keeps the server from starting', async () => {
  await expect(openSite({ env: { WELLWATCH_HTTP_TOKENS: '/dev/null/tokens.json' } })).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('http.tokens: expected') as string,
  });
});

describe('on an address that others can reach', () => {
  test('a token is needed even when there is none any more', async () => {
    const site = await openSite({ live, host: '0.0.0.0' });
    expect((await site.get('/api/v1/look')).status).toBe(401);
    expect(await site.json('/api/v1/me')).toMatchObject({ signInNeeded: true, role: null });
    expect((await site.get('/api/v1/look', bearer(token(site, 'read')))).status).toBe(200);
  });
});

describe('the sign-in of the page', () => {
  test('sets a cookie that scripts and other sites do not get, and that is not the token', async () => {
    const site = await openSite({ live });
    const read = token(site, 'read', 'dashboard');
    const response = await signIn(site, read);
    expect([response.status, await response.text()]).toEqual([204, '']);
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^wellwatch-\d+=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(read);
    expect(await site.json('/api/v1/me', cookieOf(response))).toMatchObject({ name: 'dashboard', role: 'read' });
    expect((await site.get('/api/v1/look', cookieOf(response))).status).toBe(200);
  });

  test('its cookie is for https alone where the request came by https', async () => {
    const site = await openSite();
    const response = await signIn(site, token(site, 'read'), { 'x-forwarded-proto': 'https' });
    expect(response.headers.get('set-cookie')).toMatch(/; Secure/);
  });

  test('refuses what is no token', async () => {
    const site = await openSite();
    token(site, 'read');
    const response = await signIn(site, 'AAAA');
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null]);
  });

  test('signing out ends it, and takes the cookie away', async () => {
    const site = await openSite({ live });
    const cookie = cookieOf(await signIn(site, token(site, 'read')));
    const out = await fetch(`${site.url}/api/v1/session`, { method: 'DELETE', headers: cookie });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/^wellwatch-\d+=; .*Expires=Thu, 01 Jan 1970/),
    ]);
    expect((await site.get('/api/v1/look', cookie)).status).toBe(401);
  });

  test('it ends after twelve hours', async () => {
    let now = 0;
    const site = await openSite({ live, now: () => now });
    const cookie = cookieOf(await signIn(site, token(site, 'read')));
    now = SESSION_MS - 1;
    expect((await site.get('/api/v1/look', cookie)).status).toBe(200);
    now = SESSION_MS;
    expect((await site.get('/api/v1/look', cookie)).status).toBe(401);
  });

  test('it ends with its token', async () => {
    const site = await openSite({ live });
    const mine = token(site, 'read', 'mine');
    const cookie = cookieOf(await signIn(site, mine));
    const { tokens } = JSON.parse(readFileSync(site.tokens, 'utf8')) as { tokens: unknown[] };
    token(site, 'read', 'another');
    expect((await site.get('/api/v1/look', cookie)).status).toBe(200);
    const others = (JSON.parse(readFileSync(site.tokens, 'utf8')) as { tokens: unknown[] }).tokens.slice(tokens.length);
    writeFileSync(site.tokens, JSON.stringify({ tokens: others }));
    utimesSync(site.tokens, 1, 1);
    expect((await site.get('/api/v1/look', cookie)).status).toBe(401);
  });

  test('a token beside the cookie decides alone', async () => {
    const site = await openSite({ live });
    const cookie = cookieOf(await signIn(site, token(site, 'read')));
    expect((await site.get('/api/v1/look', { ...cookie, ...bearer('AAAA') })).status).toBe(401);
  });

  test('only so many are kept: the oldest goes', async () => {
    const site = await openSite({ live, limits: { local: 60_000, remote: 1200, signIn: 5000 } });
    const read = token(site, 'read');
    const first = cookieOf(await signIn(site, read));
    const second = cookieOf(await signIn(site, read));
    for (let i = 0; i < 999; i++) await signIn(site, read);
    expect((await site.get('/api/v1/look', first)).status).toBe(401);
    expect((await site.get('/api/v1/look', second)).status).toBe(200);
  });
});

test('a token that has expired is refused, at the sign-in too, and what it opened ends', async () => {
  let now = Date.now();
  const mayRead: (() => boolean)[] = [];
  const api = (routes: Api) => void routes.get('/look', (request) => {
    mayRead.push(() => request.mayStillRead());
    return {};
  });
  const site = await openSite({ live: { ...live, api }, now: () => now });
  const short = addToken(site.tokens, { name: 'contractor', role: 'read', now: new Date(now), lasts: 60_000 });
  const cookie = cookieOf(await signIn(site, short));
  expect((await site.get('/api/v1/look', bearer(short))).status).toBe(200);
  now += 60_000;
  expect(mayRead.map((ask) => ask())).toEqual([false]);
  for (const headers of [bearer(short), cookie]) expect((await site.get('/api/v1/look', headers)).status).toBe(401);
  expect((await signIn(site, short)).status).toBe(401);
  expect(site.events).toMatchObject([
    { level: 'warn', message: expect.stringContaining('the token contractor, which has expired') as string },
  ]);
});
