import { expect, test } from 'vitest';
import { addToken } from '../../../app/access/tokens.ts';
import { openSite } from './site.ts';

const few = { local: 3, remote: 2, signIn: 2 };

test('too many requests of an address are refused, with when to come again; what watches over us is not counted', async () => {
  const site = await openSite({
    limits: few,
    live: { health: (api) => void api.get('/healthz', () => ({})), metrics: (api) => void api.get('/metrics', () => ({})) },
  });
  for (let i = 0; i < 5; i++) for (const path of ['/healthz', '/metrics']) expect((await site.get(path)).status).toBe(200);
  for (let i = 0; i < few.local; i++) expect((await site.get('/api/v1/me')).status).toBe(200);
  const refused = await site.get('/api/v1/me');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429, instance: '/api/v1/me' });
  expect((await site.get('/healthz')).status).toBe(200);
});

test('a token has a limit of its own; what is no token counts for its address', async () => {
  const site = await openSite({ limits: few });
  const [a, b] = ['a', 'b'].map((name) => ({ authorization: `Bearer ${addToken(site.tokens, { name, role: 'read', now: new Date() })}` }));
  const ask = async (headers: Record<string, string>) => (await site.get('/api/v1/me', headers)).status;
  for (let i = 0; i < few.local; i++) expect(await ask(a)).toBe(200);
  expect(await ask(a)).toBe(429);
  expect(await ask(b)).toBe(200);
  for (let i = 0; i < few.local; i++) expect(await ask({ authorization: `Bearer guess${i}` })).toBe(200);
  expect(await ask({ authorization: 'Bearer another-guess' })).toBe(429);
});

test('who is elsewhere may ask less often', async () => {
  const site = await openSite({ limits: few });
  const elsewhere = { 'x-forwarded-for': '203.0.113.7' };
  for (let i = 0; i < few.remote; i++) expect((await site.get('/api/v1/me', elsewhere)).status).toBe(200);
  expect((await site.get('/api/v1/me', elsewhere)).status).toBe(429);
  expect((await site.get('/api/v1/me')).status).toBe(200);
});

test('attempts to sign in are few', async () => {
  const site = await openSite({ limits: { ...few, local: 100 } });
  const attempt = () =>
    fetch(`${site.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"guess"}' });
  for (let i = 0; i < few.signIn; i++) expect((await attempt()).status).toBe(401);
  const refused = await attempt();
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'TOO_MANY_REQUESTS' }]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await site.get('/api/v1/me')).status).toBe(200);
});

test('whoever is on this machine gets no more attempts to sign in by an address in a header, unless that proxy is configured', async () => {
  const statuses = async (env: Readonly<Record<string, string>>) => {
    const site = await openSite({ limits: { ...few, local: 100, remote: 100 }, env });
    const found: number[] = [];
    for (let i = 0; i < few.signIn + 1; i++) {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${i}` };
      found.push((await fetch(`${site.url}/api/v1/session`, { method: 'POST', headers, body: '{"token":"guess"}' })).status);
    }
    return found;
  };
  expect((await statuses({})).at(-1)).toBe(429);
  expect((await statuses({ WELLWATCH_HTTP_TRUST_PROXY: '[10.0.0.0/8]' })).at(-1)).toBe(429);
  expect((await statuses({ WELLWATCH_HTTP_TRUST_PROXY: '[127.0.0.1]' })).at(-1)).toBe(401);
});

test('attempts that fail are in the log, a few of them', async () => {
  const site = await openSite({ limits: { local: 100, remote: 100, signIn: 50 } });
  const body = '{"token":"guess"}';
  for (let i = 0; i < 20; i++)
    await fetch(`${site.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(site.events).toHaveLength(5);
  expect(site.events[0]).toEqual({ level: 'warn', message: '127.0.0.1 tried to sign in to the web page with a token that does not hold' });
});
