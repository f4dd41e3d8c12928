import { describe, expect, test } from 'vitest';
import { encodeValue } from '../../../../storage/hbase/cells/cells.ts';
import { encodeColumn } from '../../../../storage/hbase/gateway/rows.ts';
import type { StoreEvent } from '../../../../storage/hbase/gateway/options.ts';
import { freshTable, hasHBase } from '../../../support/hbase.ts';
import { startProxy, type Verdict } from '../../../support/hbaseProxy.ts';
import { all, AT, bodyOf, bytes, hbase, keysOf, NO_TTL, numbered, open, scanned, shared } from '../sharedTable.ts';

const ODD = [
  '_',
  '.',
  '+',
  ',',
  '*',
  '%',
  '%2F',
  '/',
  '?',
  '&row=',
  '#',
  ' x ',
  'é',
  '😀',
  '"',
  '\\',
  'multiget',
  'x'.repeat(64),
  '😀'.repeat(64),
];

function sorted(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

describe.skipIf(!hasHBase)('the table', () => {
  test('is made with its three families, and an existing one keeps what it has', async () => {
    const client = open();
    expect(await client.version()).toMatch(/^\d+\.\d+/);
    expect(await client.describe()).toBeUndefined();
    expect(await client.ensureTable({ data: 86_400_000, alerts: null })).toEqual({ created: true, added: [], differences: [] });
    expect((await client.describe())?.families).toEqual(
      new Map([
        ['alerts', { ttl: null, versions: 1 }],
        ['data', { ttl: 86_400, versions: 1 }],
        ['stats', { ttl: null, versions: 1 }],
      ]),
    );

    await client.put(bodyOf(['a'], Date.now()));
    expect(await client.ensureTable({ data: 86_400_000, alerts: null })).toEqual({ created: false, added: [], differences: [] });
    const { created, differences } = await client.ensureTable({ data: null, alerts: 3_600_000 });
    expect(created).toBe(false);
    expect(differences).toEqual([
      expect.stringMatching(
        /the family data of the table test_\w+ keeps cells for 86400 s, the configuration says for ever.*TTL => 'FOREVER'/,
      ),
      expect.stringMatching(/the family alerts .* keeps cells for ever, the configuration says for 3600 s.*TTL => 3600}/),
    ]);
    expect((await client.describe())?.families.get('data')).toEqual({ ttl: 86_400, versions: 1 });
    expect(keysOf(await client.getRows([bytes('a')]))).toEqual(['a']);
  });

  test('that lacks families gets them, and loses neither others nor rows', async () => {
    const table = freshTable();
    const schema = { name: table, ColumnSchema: [{ name: 'data', VERSIONS: '1' }, { name: 'foreign', VERSIONS: '3' }] };
    await fetch(`${hbase}/${table}/schema`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(schema),
    });
    const told: StoreEvent[] = [];
    const client = open({ table, onLog: (event) => told.push(event) });
    await client.put(bodyOf(['a']));
    expect(await client.ensureTable(NO_TTL)).toEqual({ created: false, added: ['alerts', 'stats'], differences: [] });
    expect(told).toEqual([{ level: 'info', message: `the table ${table} lacked the families alerts and stats: added` }]);
    const families = (await client.describe())?.families;
    expect([...families?.keys() ?? []].sort()).toEqual(['alerts', 'data', 'foreign', 'stats']);
    expect(families?.get('foreign')?.versions).toBe(3);
    expect(keysOf(await scanned(client))).toEqual(['a']);
  });

  test('that has families, and none of ours, is somebody else\'s: it is refused, and stays as it is', async () => {
    const table = freshTable();
    const schema = { name: table, ColumnSchema: [{ name: 'o' }, { name: 'p' }] };
    await fetch(`${hbase}/${table}/schema`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(schema),
    });
    await expect(open({ table }).ensureTable(NO_TTL)).rejects.toMatchObject({
      code: 'CONFIG',
      message: `store.table: the table ${table} at ${hbase} has the families o, p and none of wellwatch's: it seems to be somebody ` +
        `else's; name another, or one that does not exist yet`,
    });
    expect([...(await open({ table }).describe())?.families.keys() ?? []]).toEqual(['o', 'p']);
  });

  test('that is absent makes reads and writes wait, and says why', async () => {
    // A client each: what is refused once is not asked for again at once.
    await expect(open({ patienceMs: 0 }).put(bodyOf(['a']))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('404: the table does not exist (TableNotFoundException)') as string,
    });
    await expect(scanned(open({ patienceMs: 0 }))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('is there') as string,
    });
    await expect(open({ patienceMs: 0 }).getRows([bytes('a')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe.skipIf(!hasHBase)('rows', () => {
  test('with odd keys are put, got, scanned from both ends, and deleted', async () => {
    const client = shared();
    const keys = ODD.map((pump) => `${pump}_2014-03-10_01:01`);
    await client.put(bodyOf(keys));
    expect(keysOf(await scanned(client))).toEqual(sorted(keys));
    expect(keysOf(await scanned(client, { ...all(), rows: 1 }))).toEqual(sorted(keys));
    expect(keysOf(await client.getRows(keys.map(bytes)))).toEqual(keys);
    for (const [i, key] of keys.entries()) {
      const [from, to] = [bytes(key), bytes(`${key}!`)];
      expect(await scanned(client, { ...all(), from, to }), key).toEqual([
        { key: from.toString('base64'), Cell: [{ column: encodeColumn('data:psi'), timestamp: AT, $: encodeValue(i) }] },
      ]);
      expect(keysOf(await client.lastRows(bytes(key.slice(0, -1)), to, ['data'], 5)), key).toEqual([key]);
      await client.deleteCell(from, 'data:psi', AT);
    }
    expect(await scanned(client)).toEqual([]);
    expect(await client.getRows(keys.map(bytes))).toEqual([]);
  });

  test('that are not there are left out, however many requests the keys take', async () => {
    const client = shared();
    const keys = numbered(3000);
    await client.put(bodyOf(keys));
    const asked = keys.flatMap((key) => [key, `${key}?`]);
    expect(keysOf(await client.getRows(asked.map(bytes)))).toEqual(keys);
    expect(await client.getRows([])).toEqual([]);
    expect(await client.getRows([bytes('absent')])).toEqual([]);
  });

  test('keep the newer of two versions, whatever is deleted up to the older one, and however often', async () => {
    const client = shared();
    const key = bytes('a');
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
    const client = shared();
    await expect(client.put(bodyOf(['k'.repeat(33_000)]))).rejects.toMatchObject({
      kind: 'poison',
      message: "the gateway answered 400: it can't take the request (IllegalArgumentException)",
    });
  });

  test('come from the end, below one key and above another', async () => {
    const client = shared();
    const keys = numbered(30);
    await client.put(bodyOf(keys));
    const last = async (from: string, to: string, limit: number) =>
      keysOf(await client.lastRows(bytes(from), bytes(to), ['data:psi'], limit));
    expect(await last('P_', 'P_:', 3)).toEqual(['P_00029', 'P_00028', 'P_00027']);
    expect(await last('P_', 'P_00012', 2)).toEqual(['P_00011', 'P_00010']);
    expect(await last('P_00009', 'P_00012', 10)).toEqual(['P_00011', 'P_00010']);
    expect(await last('', '~', 1)).toEqual(['P_00029']);
    expect(await last('Q', 'R', 5)).toEqual([]);
  });
});

describe.skipIf(!hasHBase)('right after trouble', () => {
  test('rows that are missing, and the end of a range, are asked for again', async () => {
    const proxy = await startProxy(hbase);
    const client = shared({ url: proxy.url, calmMs: 300 });
    await client.put(bodyOf(['a', 'b']));
    const keys = [bytes('a'), bytes('b')];
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
    expect(keysOf(await client.lastRows(bytes('A'), bytes('z'), ['data'], 2))).toEqual(['b', 'a']);
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
    const client = shared({ url: proxy.url });
    const keys = numbered(2000);
    await client.put(bodyOf(keys));
    proxy.judge(({ path }) => (path.length > 8000 ? { status: 414 } : 'pass'));
    expect(keysOf(await client.getRows(keys.map(bytes)))).toEqual(keys);
    const before = proxy.calls.length;
    await client.getRows(keys.map(bytes));
    expect(proxy.calls.slice(before).every(({ path }) => path.length <= 8000)).toBe(true);
  });

  test('that loses the reply to a put gets it again, and the rows are there once', async () => {
    const proxy = await startProxy(hbase);
    const client = shared({ url: proxy.url });
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
