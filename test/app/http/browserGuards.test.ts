import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { addToken } from '../../../app/access/tokens.ts';
import { openSite } from './site.ts';

/** Asks with headers that fetch does not let one set. */
function ask(
  url: string,
  { method = 'GET', headers }: { method?: string; headers: Record<string, string> },
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let body = '';
      response
        .setEncoding('utf8')
        .on('data', (text: string) => {
          body += text;
        })
        .on('end', () => resolve({ status: response.statusCode!, body }));
    });
    sent.once('error', reject);
    sent.end();
  });
}

describe('a foreign page that points its own name here (DNS rebinding)', () => {
  test.each([
    'evil.example',
    'evil.example:8090',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '192.168.1.2',
    'localhost@evil.example',
  ])('gets nothing under the host %j', async (host) => {
    const site = await openSite();
    for (const path of ['/', '/api/v1/me', '/api/v1/pumps', '/metrics', '/api/docs']) {
      const { status, body } = await ask(site.url + path, { headers: { host } });
      if (path === '/metrics')
        expect(status).toBe(404); // nobody registered it here
      else expect([status, body]).toEqual([403, expect.stringContaining('"code":"FORBIDDEN"')]);
    }
  });

  test('gets nothing by what a script may say of a proxy either', async () => {
    const site = await openSite();
    expect((await ask(`${site.url}/api/v1/me`, { headers: { host: 'evil.example', 'x-forwarded-host': 'localhost' } })).status).toBe(403);
  });

  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:9', '127.1.2.3', '[::1]', '[::1]:8090'])('%s is our own name', async (host) => {
    const site = await openSite();
    expect((await ask(`${site.url}/api/v1/me`, { headers: { host } })).status).toBe(200);
  });

  test('where there are tokens any name will do: a foreign page has none', async () => {
    const site = await openSite();
    const token = addToken(site.tokens, { name: 'a', role: 'read', now: new Date() });
    expect((await ask(`${site.url}/api/v1/pumps`, { headers: { host: 'pumps.example' } })).status).toBe(401);
    expect((await ask(`${site.url}/api/v1/pumps`, { headers: { host: 'pumps.example', authorization: `Bearer ${token}` } })).status).toBe(
      200,
    );
  });
});

describe('a foreign page that makes the browser change something', () => {
  const remove = async (headers: Record<string, string>) => {
    const site = await openSite();
    return (await ask(`${site.url}/api/v1/session`, { method: 'DELETE', headers: { host: 'localhost:8090', ...headers } })).status;
  };

  test.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:8091' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8090' },
  ])('is refused: %j', async (headers) => {
    expect(await remove(headers)).toBe(403);
  });

  test.each([
    {},
    { origin: 'http://localhost:8090' },
    { origin: 'http://LOCALHOST:8090' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])('our own page, and no page at all, is not: %j', async (headers) => {
    expect(await remove(headers as Record<string, string>)).toBe(204);
  });
});
