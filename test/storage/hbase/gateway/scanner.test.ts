import { describe, expect, test } from 'vitest';
import type { HBaseClientOptions } from '../../../../storage/hbase/gateway/client.ts';
import { hasHBase } from '../../../support/hbase.ts';
import { startProxy, type Verdict } from '../../../support/hbaseProxy.ts';
import { all, AT, bodyOf, bytes, hbase, keysOf, numbered, scanned, shared } from '../sharedTable.ts';

describe.skipIf(!hasHBase)('a scan', () => {
  async function behindProxy(count: number, options: Partial<HBaseClientOptions> = {}) {
    const proxy = await startProxy(hbase);
    const client = shared({ ...options, url: proxy.url });
    const keys = numbered(count);
    await client.put(bodyOf(keys));
    /** Lets the n-th page that is asked for from now on meet a verdict, and all other calls pass. */
    const atPage = (n: number, verdict: Verdict) => {
      let pages = 0;
      proxy.judge(({ method, path }) => (method === 'GET' && path.includes('/scanner/') && ++pages === n ? verdict : 'pass'));
    };
    const scanners = () => ({
      made: proxy.calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/scanner')).length,
      deleted: proxy.calls.filter(({ method, path }) => method === 'DELETE' && path.includes('/scanner/')).length,
    });
    return { proxy, client, keys, atPage, scanners };
  }
  const range = () => ({ ...all(), cellsARow: 1, rows: 10 });

  test('reads families and columns, and no more', async () => {
    const client = shared();
    await client.put(bodyOf(['a', 'b']));
    await client.put(bodyOf(['a'], AT, 'data:hz'));
    await client.put(bodyOf(['b'], AT, 'alerts:psi'));
    expect((await scanned(client)).map(({ Cell }) => Cell.length)).toEqual([2, 1]);
    expect((await scanned(client, { ...all(), columns: ['data:hz'] })).map(({ Cell }) => Cell.length)).toEqual([1]);
    expect(keysOf(await scanned(client, { ...all(), columns: ['alerts'] }))).toEqual(['b']);
    expect(await scanned(client, { ...all(), columns: ['stats'] })).toEqual([]);
  });

  test.each([1, 2, 3, 5, 7, 100])('gives whole rows in order when a page has %i cells', async (rows) => {
    const client = shared();
    const keys = numbered(9);
    await client.put(bodyOf(keys));
    for (const column of ['data:hz', 'data:flo']) await client.put(bodyOf(keys.filter((_, i) => i % 3 > 0), AT, column));
    const found = await scanned(client, { ...all(), cellsARow: 1, rows });
    expect(keysOf(found)).toEqual(keys);
    expect(found.map(({ Cell }) => Cell.length)).toEqual(keys.map((_, i) => (i % 3 > 0 ? 3 : 1)));
  });

  test.each<[string, Verdict]>([
    ['answered with 503', { status: 503, body: 'Unavailable' }],
    ['lost on its way back', 'loseReply'],
    ['cut off', 'cut'],
    ['of a scanner that is gone', { status: 410, body: 'Gone' }],
    ['of a scanner that nobody knows', { status: 404, body: 'Not found' }],
    ['truncated', { status: 200, body: '{"Row":[{"key":"UF8w' }],
    ['without rows', { status: 200, body: '{}' }],
    ['empty, as an error within the gateway makes it', { status: 204 }],
  ])('goes on without a gap and without a row twice after a page %s', async (_, verdict) => {
    const { client, keys, atPage, scanners } = await behindProxy(55);
    for (const page of [1, 3, 6]) {
      atPage(page, verdict);
      expect(keysOf(await scanned(client, range()))).toEqual(keys);
    }
    expect(scanners()).toEqual({ made: 6, deleted: 6 });
  });

  test('of rows that begin on one page and end on the next goes on with the whole row', async () => {
    const { client, keys, atPage } = await behindProxy(20);
    for (const column of ['data:hz', 'data:flo']) await client.put(bodyOf(keys, AT, column));
    for (const page of [1, 2, 3, 4, 5]) {
      atPage(page, 'loseReply');
      const found = await scanned(client, { ...range(), rows: 7 });
      expect(keysOf(found)).toEqual(keys);
      expect(found.every(({ Cell }) => Cell.length === 3)).toBe(true);
    }
  });

  test('that ends early, as an error within the gateway makes it, is no end, on an empty page or after a short one', async () => {
    const { client, keys, proxy } = await behindProxy(25);
    let scanners = 0;
    proxy.judge(({ method, path }) => {
      if (method === 'PUT' && path.endsWith('/scanner')) scanners++;
      if (scanners === 1 && method === 'GET' && path.includes('/scanner/'))
        return {
          status: 200,
          body: JSON.stringify({ Row: [{ key: bytes(keys[0]).toString('base64'), Cell: [{ column: '', timestamp: 1, $: '' }] }] }),
        };
      if (scanners === 2 && method === 'GET' && path.includes('/scanner/')) return { status: 204 };
      return 'pass';
    });
    expect(keysOf(await scanned(client, range()))).toEqual(keys);
    expect(scanners).toBe(3);
  });

  test('that a gateway always ends early fails when patience is at its end', async () => {
    const { client, proxy } = await behindProxy(25, { patienceMs: 500 });
    proxy.judge(({ method, path }) => (method === 'GET' && path.includes('/scanner/') ? { status: 204 } : 'pass'));
    await expect(scanned(client, range())).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('ended a scan before its last row') as string,
    });
  });

  test('through a balancer that spreads calls over gateways says so', async () => {
    const { client, proxy } = await behindProxy(25, { patienceMs: 500 });
    proxy.judge(({ path }) => (path.includes('/scanner/') ? { status: 404, body: 'Not found' } : 'pass'));
    await expect(scanned(client, range())).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('a balancer before several gateways') as string,
    });
  });

  test.each([403, 405])('reads all the same, without a scanner, from a gateway that answers %i to whoever opens one', async (status) => {
    const { proxy, client, keys } = await behindProxy(25);
    proxy.judge(({ method }) => (method === 'GET' ? 'pass' : { status, body: 'Forbidden' }));
    expect(keysOf(await scanned(client, range()))).toEqual(keys);
    expect(keysOf(await scanned(client, { ...range(), from: bytes('P_00010') }))).toEqual(keys.slice(10));
    expect(await scanned(client, { ...range(), columns: ['stats'] })).toEqual([]);
  });

  test('deletes its scanner when the loop is left or fails', async () => {
    const { client, scanners } = await behindProxy(55);
    for await (const page of client.scan(range())) if (page.length > 0) break;
    expect(scanners()).toEqual({ made: 1, deleted: 1 });
    const failing = (async () => { for await (const page of client.scan(range())) throw new Error(`stop after ${page.length}`); })();
    await expect(failing).rejects.toThrow('stop after 9');
    expect(scanners()).toEqual({ made: 2, deleted: 2 });
  });

  test('holds one page at a time', async () => {
    const { client, proxy } = await behindProxy(55);
    const pages = client.scan(range())[Symbol.asyncIterator]();
    await pages.next();
    expect(proxy.calls.filter(({ method, path }) => method === 'GET' && path.includes('/scanner/'))).toHaveLength(1);
    await pages.return?.();
  });
});
