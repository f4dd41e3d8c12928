import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SqlAnswerJson, SqlTablesJson } from '../../../app/http/schemas/sql.ts';
import { addToken } from '../../../app/access/tokens.ts';
import { ask } from '../../support/duckdb.ts';
import { openSite, type Site } from './site.ts';

const post = ({ url }: Site, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) => fetch(`${url}/api/v1/sql`, {
  method: 'POST',
  headers: { 'content-type': typeof body === 'string' ? 'application/sql' : 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...(signal && { signal }),
});

/** Questions step back behind all that a busy machine does: here nobody gives them up. */
const PATIENT = { WELLWATCH_SQL_TIMEOUT: '10m' };

describe('POST /api/v1/sql', { timeout: 300_000 }, () => {
  test('answers as JSON, NDJSON, CSV and Parquet', async () => {
    const site = await openSite({ env: PATIENT });
    const sql = 'SELECT r.pump, r.at, psi, p.vendor, count(*) OVER () AS n FROM readings r JOIN pumps p ON r.pump = p.id WHERE psi < 4 ORDER BY r.at';
    const json = await post(site, { sql });
    expect([json.status, json.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await json.json()).toEqual({
      columns: [
        { name: 'pump', type: 'VARCHAR' }, { name: 'at', type: 'TIMESTAMP' }, { name: 'psi', type: 'DOUBLE' }, { name: 'vendor', type: 'VARCHAR' },
        { name: 'n', type: 'BIGINT' },
      ],
      rows: [['LAGNAPPE', '2014-03-14T00:00:00', 0, 'GENPUMP', 2], ['LAGNAPPE', '2014-03-14T12:01:00', 3, 'GENPUMP', 2]],
      truncated: false,
    } satisfies SqlAnswerJson);
    const lines = await post(site, sql, { accept: 'application/x-ndjson' });
    expect((await lines.text()).split('\n')[0]).toBe('{"pump":"LAGNAPPE","at":"2014-03-14T00:00:00","psi":0,"vendor":"GENPUMP","n":2}');
    const csv = await post(site, sql, { accept: 'text/csv' });
    expect(await csv.text()).toBe('pump,at,psi,vendor,n\nLAGNAPPE,2014-03-14T00:00:00,0.0,GENPUMP,2\nLAGNAPPE,2014-03-14T12:01:00,3.0,GENPUMP,2\n');
    const parquet = await post(site, sql, { accept: 'application/vnd.apache.parquet' });
    const file = join(site.dir, 'answer.parquet');
    writeFileSync(file, Buffer.from(await parquet.arrayBuffer()));
    expect((await ask(`SELECT pump, psi, n FROM '${file}'`)).rows).toEqual([{ pump: 'LAGNAPPE', psi: 0, n: 2n }, { pump: 'LAGNAPPE', psi: 3, n: 2n }]);
    expect(site.events.filter(({ message }) => message.startsWith('sql by')).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^sql by 127\.0\.0\.1: 2 rows in \d+ ms: SELECT r\.pump.*psi < \? ORDER BY r\.at$/));
  });

  test('more rows than may be are refused, or cut where that is asked for and said', async () => {
    const site = await openSite({ env: { ...PATIENT, WELLWATCH_SQL_ROWS: '4' } });
    const refused = await post(site, 'SELECT * FROM readings', { accept: 'text/csv' });
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'CONFLICT', detail: expect.stringContaining('more than 4 rows') as string }]);
    const cut = (await (await post(site, { sql: 'SELECT pump FROM readings', rows: 2 })).json()) as SqlAnswerJson;
    expect(cut).toMatchObject({ rows: [['COHUTTA'], ['COHUTTA']], truncated: true });
  });

  test.each([
    ['COPY readings TO \'/tmp/wellwatch-sql.csv\'', 400, 'INVALID_REQUEST'],
    ['SELECT * FROM read_csv(\'/etc/passwd\')', 400, 'INVALID_REQUEST'],
    ['SELECT nothing FROM readings', 400, 'INVALID_REQUEST'],
  ])('%s is refused', async (sql, status, code) => {
    const answer = await post(await openSite({ env: PATIENT }), sql);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code, detail: expect.stringMatching(/^sql: /) as string }]);
  });

  const ENDLESS = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3';

  test('one that takes too long is ended', async () => {
    const ended = await post(await openSite({ env: { WELLWATCH_SQL_TIMEOUT: '1s' } }), ENDLESS);
    expect([ended.status, await ended.json()]).toMatchObject([409, { detail: expect.stringContaining('1 s (sql.timeout)') as string }]);
  });

  test('while questions run others are answered, and one that is abandoned makes room', async () => {
    const site = await openSite({ env: PATIENT });
    const [gone, last] = [new AbortController(), new AbortController()];
    const abandoned = [gone, last].map(({ signal }) => post(site, ENDLESS, {}, signal).catch(() => 'abandoned'));
    await sleep(200);
    const waiting = post(site, 'SELECT 1 AS one'); // two are answered at a time
    expect((await site.get('/api/v1/stats')).status).toBe(200);
    gone.abort();
    expect(((await (await waiting).json()) as SqlAnswerJson).rows).toEqual([[1]]);
    last.abort();
    expect(await Promise.all(abandoned)).toEqual(['abandoned', 'abandoned']);
  });

  test('needs the role read', async () => {
    const site = await openSite({ env: PATIENT });
    const token = addToken(site.tokens, { name: 'analyst', role: 'read', now: new Date() });
    expect((await post(site, 'SELECT 1')).status).toBe(401);
    expect((await post(site, 'SELECT 1', { authorization: `Bearer ${token}` })).status).toBe(200);
  });
});

test('GET /api/v1/sql lists tables with their columns', async () => {
  const { tables } = await (await openSite()).json<SqlTablesJson>('/api/v1/sql');
  expect(tables.map(({ name }) => name)).toEqual(['readings', 'alerts', 'alarms', 'stats', 'pumps', 'maintenance', 'rejects']);
  expect(tables[0].columns).toContainEqual({ name: 'psi', type: 'DOUBLE', about: 'Pressure, psi' });
});
