import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodeColumn, encodeValue } from '../../../storage/hbase/cells.ts';
import { type CellRow, HBaseClient, type HBaseClientOptions, type ScanRange } from '../../../storage/hbase/client.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../hbase.ts';
import { startProxy, type Verdict } from './proxy.ts';

const ALL = { from: new Uint8Array(0), to: new Uint8Array(0), columns: ['data'], cellsARow: 2 };
const NO_TTL = { data: null, alerts: null };
const AT = Date.UTC(2026, 0, 1);
const ODD = ['_', '.', '+', ',', '*', '%', '%2F', '/', '?', '&row=', '#', ' x ', 'é', '😀', '"', '\\', 'multiget', 'x'.repeat(64), '😀'.repeat(64)];

let hbase = '';
beforeAll(async () => {
  if (hasHBase) hbase = await hbaseForTests();
}, HBASE_START_MS);

function open(options: Partial<HBaseClientOptions> & { url?: string } = {}): HBaseClient {
  const client = new HBaseClient({ gateway: { url: options.url ?? hbase, timeoutMs: 20_000 }, table: freshTable(), patienceMs: 30_000, calmMs: 100, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** A client of a table that was just made. */
async function made(options: Partial<HBaseClientOptions> & { url?: string } = {}): Promise<HBaseClient> {
  const client = open(options);
  await client.ensureTable(NO_TTL);
  return client;
}

/** One cell of `data:psi` for each key, with its place as value. */
function bodyOf(keys: readonly string[], timestamp = AT, column = 'data:psi'): Buffer {
  const Row = keys.map((key, i) => ({ key: Buffer.from(key).toString('base64'), Cell: [{ column: encodeColumn(column), timestamp, $: encodeValue(i) }] }));
  return Buffer.from(JSON.stringify({ Row }));
}

async function scanned(client: HBaseClient, range: ScanRange = ALL): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const page of client.scan(range)) rows.push(...page);
  return rows;
}

function keysOf(rows: readonly CellRow[]): string[] {
  return rows.map(({ key }) => Buffer.from(key, 'base64').toString());
}

function sorted(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `P_${String(i).padStart(5, '0')}`);
}

describe.skipIf(!hasHBase)('the table', () => {
  test('is made with its three families, and an existing one keeps what it has', async () => {
    const client = open();
    expect(await client.version()).toMatch(/^\d+\.\d+/);
    expect(await client.describe()).toBeUndefined();
    expect(await client.ensureTable({ data: 86_400_000, alerts: null })).toEqual({ created: true, differences: [] });
    expect((await client.describe())?.families).toEqual(new Map([['alerts', { ttl: null, versions: 1 }], ['data', { ttl: 86_400, versions: 1 }], ['stats', { ttl: null, versions: 1 }]]));

    await client.put(bodyOf(['a'], Date.now()));
    expect(await client.ensureTable({ data: 86_400_000, alerts: null })).toEqual({ created: false, differences: [] });
    const { created, differences } = await client.ensureTable({ data: null, alerts: 3_600_000 });
    expect(created).toBe(false);
    expect(differences).toEqual([
      expect.stringMatching(/the family data of the table test_\w+ keeps cells for 86400 s, the configuration says for ever.*TTL => 'FOREVER'/),
      expect.stringMatching(/the family alerts .* keeps cells for ever, the configuration says for 3600 s.*TTL => 3600}/),
    ]);
    expect((await client.describe())?.families.get('data')).toEqual({ ttl: 86_400, versions: 1 });
    expect(keysOf(await client.getRows([Buffer.from('a')]))).toEqual(['a']);
  });

  test('that lacks families gets them, and loses neither others nor rows', async () => {
    const table = freshTable();
    const schema = { name: table, ColumnSchema: [{ name: 'data', VERSIONS: '1' }, { name: 'foreign', VERSIONS: '3' }] };
    await fetch(`${hbase}/${table}/schema`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(schema) });
    const client = open({ table });
    await client.put(bodyOf(['a']));
    expect(await client.ensureTable(NO_TTL)).toEqual({ created: false, differences: [] });
    const families = (await client.describe())?.families;
    expect([...families?.keys() ?? []].sort()).toEqual(['alerts', 'data', 'foreign', 'stats']);
    expect(families?.get('foreign')?.versions).toBe(3);
    expect(keysOf(await scanned(client))).toEqual(['a']);
  });

  test('that is absent makes reads and writes wait, and says why', async () => {
    // A client each: what is refused once is not asked for again at once.
    await expect(open({ patienceMs: 0 }).put(bodyOf(['a']))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('404: the table does not exist (TableNotFoundException)') as string });
    await expect(scanned(open({ patienceMs: 0 }))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('is there') as string });
    await expect(open({ patienceMs: 0 }).getRows([Buffer.from('a')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe.skipIf(!hasHBase)('rows', () => {
  test('with odd keys are put, got, scanned from both ends, and deleted', async () => {
    const client = await made();
    const keys = ODD.map((pump) => `${pump}_2014-03-10_01:01`);
    await client.put(bodyOf(keys));
    expect(keysOf(await scanned(client))).toEqual(sorted(keys));
    expect(keysOf(await scanned(client, { ...ALL, rows: 1 }))).toEqual(sorted(keys));
    expect(keysOf(await client.getRows(keys.map((key) => Buffer.from(key))))).toEqual(keys);
    for (const [i, key] of keys.entries()) {
      const [from, to] = [Buffer.from(key), Buffer.from(`${key}!`)];
      expect(await scanned(client, { ...ALL, from, to }), key).toEqual([{ key: from.toString('base64'), Cell: [{ column: encodeColumn('data:psi'), timestamp: AT, $: encodeValue(i) }] }]);
      expect(keysOf(await client.lastRows(Buffer.from(key.slice(0, -1)), to, ['data'], 5)), key).toEqual([key]);
      await client.deleteCell(from, 'data:psi', AT);
    }
    expect(await scanned(client)).toEqual([]);
    expect(await client.getRows(keys.map((key) => Buffer.from(key)))).toEqual([]);
  });

  test('that are not there are left out, however many requests the keys take', async () => {
    const client = await made();
    const keys = numbered(3000);
    await client.put(bodyOf(keys));
    const asked = keys.flatMap((key) => [key, `${key}?`]);
    expect(keysOf(await client.getRows(asked.map((key) => Buffer.from(key))))).toEqual(keys);
    expect(await client.getRows([])).toEqual([]);
    expect(await client.getRows([Buffer.from('absent')])).toEqual([]);
  });

  test('keep the newer of two versions, whatever is deleted up to the older one, and however often', async () => {
    const client = await made();
    const key = Buffer.from('a');
    await client.put(bodyOf(['a'], AT));
    await client.put(bodyOf(['a'], AT + 2));
    for (let i = 0; i < 2; i++) await client.deleteCell(key, 'data:psi', AT + 1);
    expect((await client.getRows([key]))[0].Cell).toMatchObject([{ timestamp: AT + 2 }]);
    for (let i = 0; i < 2; i++) await client.deleteCell(key, 'data:psi', AT + 2);
    expect(await client.getRows([key])).toEqual([]);
    await client.put(bodyOf(['a'], AT + 3));
    expect(keysOf(await client.getRows([key]))).toEqual(['a']);
    await client.put(bodyOf(['a'], AT, 'alerts:psi:low-psi'));
    await client.deleteCell(key, 'alerts:psi:low-psi', AT);
    expect((await client.getRows([key]))[0].Cell).toHaveLength(1);
  });

  test('that no HBase can take are poison, with a reason', async () => {
    const client = await made();
    await expect(client.put(bodyOf(['k'.repeat(33_000)]))).rejects.toMatchObject({ kind: 'poison', message: 'the gateway answered 400: Row length 33000 is > 32767 (IllegalArgumentException)' });
  });

  test('come from the end, below one key and above another', async () => {
    const client = await made();
    const keys = numbered(30);
    await client.put(bodyOf(keys));
    const last = async (from: string, to: string, limit: number) => keysOf(await client.lastRows(Buffer.from(from), Buffer.from(to), ['data:psi'], limit));
    expect(await last('P_', 'P_:', 3)).toEqual(['P_00029', 'P_00028', 'P_00027']);
    expect(await last('P_', 'P_00012', 2)).toEqual(['P_00011', 'P_00010']);
    expect(await last('P_00009', 'P_00012', 10)).toEqual(['P_00011', 'P_00010']);
    expect(await last('', '', 1)).toEqual(['P_00029']);
    expect(await last('Q', 'R', 5)).toEqual([]);
  });
});

describe.skipIf(!hasHBase)('a scan', () => {
  async function behindProxy(count: number, options: Partial<HBaseClientOptions> = {}) {
    const proxy = await startProxy(hbase);
    const client = await made({ ...options, url: proxy.url });
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
  const range = { ...ALL, cellsARow: 1, rows: 10 };

  test('reads families and columns, and no more', async () => {
    const client = await made();
    await client.put(bodyOf(['a', 'b']));
    await client.put(bodyOf(['a'], AT, 'data:hz'));
    await client.put(bodyOf(['b'], AT, 'alerts:psi'));
    expect((await scanned(client)).map(({ Cell }) => Cell.length)).toEqual([2, 1]);
    expect((await scanned(client, { ...ALL, columns: ['data:hz'] })).map(({ Cell }) => Cell.length)).toEqual([1]);
    expect(keysOf(await scanned(client, { ...ALL, columns: ['alerts'] }))).toEqual(['b']);
    expect(await scanned(client, { ...ALL, columns: ['stats'] })).toEqual([]);
  });

  test.each([1, 2, 3, 5, 7, 100])('gives whole rows in order when a page has %i cells', async (rows) => {
    const client = await made();
    const keys = numbered(9);
    await client.put(bodyOf(keys));
    for (const column of ['data:hz', 'data:flo']) await client.put(bodyOf(keys.filter((_, i) => i % 3 > 0), AT, column));
    const found = await scanned(client, { ...ALL, cellsARow: 1, rows });
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
      expect(keysOf(await scanned(client, range))).toEqual(keys);
    }
    expect(scanners()).toEqual({ made: 6, deleted: 6 });
  });

  test('of rows that begin on one page and end on the next goes on with the whole row', async () => {
    const { client, keys, atPage } = await behindProxy(20);
    for (const column of ['data:hz', 'data:flo']) await client.put(bodyOf(keys, AT, column));
    for (const page of [1, 2, 3, 4, 5]) {
      atPage(page, 'loseReply');
      const found = await scanned(client, { ...range, rows: 7 });
      expect(keysOf(found)).toEqual(keys);
      expect(found.every(({ Cell }) => Cell.length === 3)).toBe(true);
    }
  });

  test('that ends early, as an error within the gateway makes it, is no end, on an empty page or after a short one', async () => {
    const { client, keys, proxy } = await behindProxy(25);
    let scanners = 0;
    proxy.judge(({ method, path }) => {
      if (method === 'PUT' && path.endsWith('/scanner')) scanners++;
      if (scanners === 1 && method === 'GET' && path.includes('/scanner/')) return { status: 200, body: JSON.stringify({ Row: [{ key: Buffer.from(keys[0]).toString('base64'), Cell: [{ column: '', timestamp: 1, $: '' }] }] }) };
      if (scanners === 2 && method === 'GET' && path.includes('/scanner/')) return { status: 204 };
      return 'pass';
    });
    expect(keysOf(await scanned(client, range))).toEqual(keys);
    expect(scanners).toBe(3);
  });

  test('that a gateway always ends early fails when patience is at its end', async () => {
    const { client, proxy } = await behindProxy(25, { patienceMs: 500 });
    proxy.judge(({ method, path }) => (method === 'GET' && path.includes('/scanner/') ? { status: 204 } : 'pass'));
    await expect(scanned(client, range)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('ended a scan before its last row') as string });
  });

  test('through a balancer that spreads calls over gateways says so', async () => {
    const { client, proxy } = await behindProxy(25, { patienceMs: 500 });
    proxy.judge(({ path }) => (path.includes('/scanner/') ? { status: 404, body: 'Not found' } : 'pass'));
    await expect(scanned(client, range)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('a balancer before several gateways') as string });
  });

  test('deletes its scanner when the loop is left or fails', async () => {
    const { client, scanners } = await behindProxy(55);
    for await (const page of client.scan(range)) if (page.length > 0) break;
    expect(scanners()).toEqual({ made: 1, deleted: 1 });
    const failing = (async () => { for await (const page of client.scan(range)) throw new Error(`stop after ${page.length}`); })();
    await expect(failing).rejects.toThrow('stop after 9');
    expect(scanners()).toEqual({ made: 2, deleted: 2 });
  });

  test('holds one page at a time', async () => {
    const { client, proxy } = await behindProxy(55);
    const pages = client.scan(range)[Symbol.asyncIterator]();
    await pages.next();
    expect(proxy.calls.filter(({ method, path }) => method === 'GET' && path.includes('/scanner/'))).toHaveLength(1);
    await pages.return?.();
  });
});

describe.skipIf(!hasHBase)('right after trouble', () => {
  test('rows that are missing, and the end of a range, are asked for again', async () => {
    const proxy = await startProxy(hbase);
    const client = await made({ url: proxy.url, calmMs: 300 });
    await client.put(bodyOf(['a', 'b']));
    const keys = [Buffer.from('a'), Buffer.from('b')];
    /** One call fails, and until it is calm there seems to be nothing. */
    const restart = (empty: Verdict, of: (path: string) => boolean) => {
      let calls = 0;
      proxy.judge(({ method, path }) => {
        if (method !== 'GET' || !of(path)) return 'pass';
        calls++;
        return calls === 1 ? 'cut' : calls === 2 ? empty : 'pass';
      });
    };
    restart({ status: 404, body: 'No rows found.\r\n' }, (path) => path.includes('multiget'));
    expect(keysOf(await client.getRows(keys))).toEqual(['a', 'b']);
    restart({ status: 200, body: '{"Row":[]}' }, (path) => path.includes('/*?'));
    expect(keysOf(await client.lastRows(Buffer.from('A'), Buffer.from('z'), ['data'], 2))).toEqual(['b', 'a']);
    let calls = 0;
    proxy.judge(({ method, path }) => {
      if (method !== 'GET') return 'pass';
      calls++;
      if (calls === 1) return 'cut';
      if (calls > 3) return 'pass';
      return path.includes('/*?') ? { status: 200, body: '{"Row":[]}' } : { status: 204 };
    });
    expect(keysOf(await scanned(client))).toEqual(['a', 'b']);
  });
});

describe.skipIf(!hasHBase)('a proxy before the gateway', () => {
  test('that takes shorter URLs only gets them', async () => {
    const proxy = await startProxy(hbase);
    const client = await made({ url: proxy.url });
    const keys = numbered(2000);
    await client.put(bodyOf(keys));
    proxy.judge(({ path }) => (path.length > 8000 ? { status: 414 } : 'pass'));
    expect(keysOf(await client.getRows(keys.map((key) => Buffer.from(key))))).toEqual(keys);
    const before = proxy.calls.length;
    await client.getRows(keys.map((key) => Buffer.from(key)));
    expect(proxy.calls.slice(before).every(({ path }) => path.length <= 8000)).toBe(true);
  });

  test('that loses the reply to a put gets it again, and the rows are there once', async () => {
    const proxy = await startProxy(hbase);
    const client = await made({ url: proxy.url });
    let lost = false;
    proxy.judge(({ path }) => {
      if (lost || !path.endsWith('/batch')) return 'pass';
      lost = true;
      return 'loseReply';
    });
    await client.put(bodyOf(['a', 'b']));
    expect(keysOf(await scanned(client))).toEqual(['a', 'b']);
  });
});
