import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../../support/tempDir.ts';
import { openSite } from './site.ts';

/** Asks without the decoding that fetch does. */
function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ encoding: string | undefined; vary: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      const pieces: Buffer[] = [];
      response
        .on('data', (piece: Buffer) => pieces.push(piece))
        .on('end', () =>
          resolve({ encoding: response.headers['content-encoding'], vary: response.headers.vary, body: Buffer.concat(pieces) }),
        );
    })
      .once('error', reject)
      .end();
  });
}

const MANY = Array.from({ length: 300 }, (_, i) => `P${i} 2014-03-14T12:00 10 1 881 1.5 4 1.9`);

describe('headers', () => {
  test.each(['/', '/api/v1/me', '/api/v1/pumps?limit=x', '/nothing'])(
    '%s allows nothing inline, nothing from elsewhere, and no frame around it',
    async (path) => {
      const { headers } = await (await openSite()).get(path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'self';connect-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );
});

describe('an answer that has not changed', () => {
  test('is 304 to whoever shows its ETag, with no body', async () => {
    const site = await openSite();
    const first = await site.get('/api/v1/pumps');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^W\/"/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = await site.get('/api/v1/pumps', { 'if-none-match': etag });
    expect([again.status, await again.text(), again.headers.get('content-length')]).toEqual([304, '', null]);
    expect((await site.get('/api/v1/pumps', { 'if-none-match': 'W/"another"' })).status).toBe(200);
    await first.text();
  });

  test.each([
    ['a list', (etag: string) => `"x", ${etag}, W/"y"`],
    ['a strong tag', (etag: string) => etag.slice(2)],
    ['anything', () => '*'],
  ])('is 304 to whoever names it in %s', async (_what, named) => {
    const site = await openSite();
    const etag = (await site.get('/api/v1/pumps')).headers.get('etag')!;
    expect((await site.get('/api/v1/pumps', { 'if-none-match': named(etag) })).status).toBe(304);
  });

  test('is no problem', async () => {
    expect((await (await openSite()).get('/api/v1/pumps/NOWHERE', { 'if-none-match': '*' })).status).toBe(404);
  });

  test('has the same ETag compressed', async () => {
    const site = await openSite({ rows: MANY });
    const etags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (encoding) =>
        (await site.get('/api/v1/pumps', { 'accept-encoding': encoding })).headers.get('etag'),
      ),
    );
    expect(new Set(etags).size).toBe(1);
  });
});

describe('compression', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('a long answer comes as %s to whoever takes it', async (encoding, decompress) => {
    const site = await openSite({ rows: MANY });
    const plain = await (await site.get('/api/v1/alerts?limit=300', { 'accept-encoding': 'identity' })).text();
    const packed = await raw(`${site.url}/api/v1/alerts?limit=300`, { 'accept-encoding': encoding });
    expect(packed.encoding).toBe(encoding);
    expect(packed.vary).toMatch(/accept.*accept-encoding/);
    expect(packed.body.length).toBeLessThan(plain.length / 4);
    expect(decompress(packed.body).toString()).toBe(plain);
  });

  test('CSV too', async () => {
    const site = await openSite({ rows: MANY });
    const { encoding, body } = await raw(`${site.url}/api/v1/alerts`, { accept: 'text/csv', 'accept-encoding': 'gzip' });
    expect(encoding).toBe('gzip');
    expect(gunzipSync(body).toString().split('\n')).toHaveLength(302);
  });

  test('a short one is left as it is', async () => {
    expect((await raw(`${(await openSite()).url}/api/v1/me`, { 'accept-encoding': 'br' })).encoding).toBeUndefined();
  });
});

test.each(['/api/v1/balance', '/api/v1/alerts'])('a browser that wants a page of %s gets its JSON', async (path) => {
  const response = await (await openSite()).get(path, { accept: 'text/html' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
});

describe('HEAD', () => {
  test.each([
    ['/api/v1/pumps', 'application/json'],
    ['/api/v1/alerts', 'text/csv'],
  ])('%s as %s gives the headers alone', async (path, accept) => {
    const response = await fetch((await openSite()).url + path, { method: 'HEAD', headers: { accept } });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('content-type')).toContain(accept);
  });
});

/** What a browser accepts where a link leads. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the page', () => {
  const built = () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>wellwatch</title>');
    writeFileSync(join(folder, 'assets', 'page-D1g35t.js'), 'export {};');
    writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
    return folder;
  };

  test.each(['/', '/pumps', '/pumps/LAGNAPPE', '/pumps/%3Cscript%3E', '/daily?from=2014-03-10', '/streaming', '/quality'])(
    '%s is the page, asked for anew each time',
    async (path) => {
      const response = await (await openSite({ pageFolder: built() })).get(path);
      expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(await response.text()).toBe('<!doctype html><title>wellwatch</title>');
    },
  );

  test.each(['/nope', '/pumps/A/B', '/wp-login.php?x=1'])(
    '%s gives whoever follows a link the page, which says that there is no such screen; programs get a problem',
    async (path) => {
      const site = await openSite({ pageFolder: built() });
      const response = await site.get(path, { accept: BROWSER });
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
        404,
        'text/html; charset=utf-8',
        '<!doctype html><title>wellwatch</title>',
      ]);
      for (const accept of ['*/*', 'application/json'])
        expect((await site.get(path, { accept })).headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    },
  );

  test.each(['/api', '/api/v1/nope', '/assets/none.js'])('%s is a problem for a browser too', async (path) => {
    const response = await (await openSite({ pageFolder: built() })).get(path, { accept: BROWSER });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
    await response.text();
  });

  test('one that is built anew while it is served is there at once, with its assets', async () => {
    const folder = built();
    const site = await openSite({ pageFolder: folder });
    writeFileSync(join(folder, 'index.html'), 'another');
    writeFileSync(join(folder, 'assets', 'page-N3w.js'), 'export {};');
    expect(await (await site.get('/')).text()).toBe('another');
    const asset = await site.get('/assets/page-N3w.js');
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    await asset.text();
  });

  test('its icon is asked for anew each time', async () => {
    const response = await (await openSite({ pageFolder: built() })).get('/favicon.svg');
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'image/svg+xml',
      'no-cache',
    ]);
    await response.text();
  });

  test('is 304 to whoever has it', async () => {
    const site = await openSite({ pageFolder: built() });
    for (const path of ['/', '/assets/page-D1g35t.js']) {
      const etag = (await site.get(path)).headers.get('etag')!;
      expect((await site.get(path, { 'if-none-match': etag })).status).toBe(304);
    }
  });

  test('its assets are kept for good', async () => {
    const response = await (await openSite({ pageFolder: built() })).get('/assets/page-D1g35t.js');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(response.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    await response.text();
  });

  test.each([
    '/assets/none.js',
    '/assets/',
    '/assets',
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/pumps/A/B',
    '/index.htm',
  ])('%s is not there', async (path) => {
    const response = await (await openSite({ pageFolder: built() })).get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
    await response.text();
  });

  test('where it was not built, it says how, and has no icon', async () => {
    const site = await openSite();
    const response = await site.get('/');
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('npm run build')]);
    expect(await (await site.get('/favicon.svg')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

