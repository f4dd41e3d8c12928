import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { rowOf } from '../../support/feed.ts';
import { dropFile } from '../../support/inbox.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { lineMatching, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';
import { store } from '../../support/stored.ts';

const quiet = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_RECEIVERS_MQTT_PORT: '0' };
const COPY = ['copy', '--to', 'hbase'];
/** More than one step of a copying takes. */
const ROWS_OF_STEPS = 100_000;

/** A data directory with an embedded table: rows, a reject, alerts, statistics. */
async function embeddedSite(rows: number): Promise<string> {
  const dir = tempDir();
  dropFile(join(dir, 'inbox'), 'a.csv', [...Array.from({ length: rows }, (_, i) => rowOf(i)), 'PUMP_0,13/45/14,1:00,bad', rowOf(17)]);
  expect((await runCommand(['run', '--once', '--data-dir', dir], { env: quiet })).code).toBe(0);
  expect((await runCommand(['summarize', '--data-dir', dir])).code).toBe(0);
  return dir;
}

/** What commands tell of a data directory. */
async function told(dir: string, env: Record<string, string>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const command of [
    ['stats'], ['alerts'], ['readings', '--pump', 'PUMP_3'], ['rejects'], ['pumps'], ['receipts'], ['trace', 'PUMP_3', '2014-01-01T00:02'],
  ])
    all.push(await jsonLines(command, { env: { ...env, WELLWATCH_DATA_DIR: dir } }));
  const [{ balance, byReceiver }] = await jsonLines<{ balance: object; byReceiver: object }>(['status'], {
    env: { ...env, WELLWATCH_DATA_DIR: dir },
  });
  return [...all, balance, byReceiver];
}

test('there must be an embedded table', async () => {
  const { code, stderr } = await runCommand([...COPY, '--data-dir', tempDir()], { env: { WELLWATCH_STORE_KIND: 'hbase' } });
  expect(code).toBe(1);
  expect(stderr).toContain('expected an embedded table in ');
});

describe.runIf(hasHBase)('with a real HBase', () => {
  let url: string;
  beforeAll(async () => {
    url = await hbaseForTests();
  }, HBASE_START_MS);
  const configured = () => ({ ...quiet, WELLWATCH_STORE_KIND: 'hbase', WELLWATCH_STORE_URL: url, WELLWATCH_STORE_TABLE: freshTable() });

  test('all of it is there afterwards, is verified, and said to be there by the second run', async () => {
    const env = configured();
    const dir = await embeddedSite(5000);
    const before = await told(dir, quiet);
    const copied = await runCommand([...COPY, '--json', '--data-dir', dir], { env });
    expect([copied.code, copied.stderr]).toEqual([0, '']);
    expect(JSON.parse(copied.stdout)).toEqual({
      readings: 5000,
      alerts: 52,
      stats: 7,
      rejects: 1,
      newer: 0,
      withoutReading: 0,
      verified: true,
      digest: expect.stringMatching(/^[\da-f]{64}$/) as string,
    });
    expect(await told(dir, env)).toEqual(before);
    expect(await told(dir, quiet)).toEqual(before);
    expect(await jsonLines(['summarize', '--data-dir', dir], { env })).toEqual([{ pumpDays: 0, rows: 0 }]);
    const again = await runCommand([...COPY, '--data-dir', dir], { env });
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(
      /^All was there already: 5,000 readings, 52 alerts, 7 daily statistics and 1 reject\. Verified, SHA-256 of the readings [\da-f]{64}\.\n$/,
    );
    expect(again.stderr).toContain(`The embedded table in ${join(dir, 'table')} stays as it is.`);
    expect(existsSync(join(dir, 'table', 'data.mdb'))).toBe(true);

    // Where its rows came from is known there too: they can be taken back by their source.
    const retracted = await jsonLines(['retract', '--source', 'a.csv', '--reason', 'Of another site', '--data-dir', dir], { env });
    expect(retracted).toEqual(await jsonLines(['retract', '--source', 'a.csv', '--dry-run', '--data-dir', dir], { env: quiet }));
    expect(retracted).toEqual([{ retracted: 5000, pumpDays: 7 }]);
    expect(await jsonLines(['readings', '--pump', 'PUMP_3', '--data-dir', dir], { env })).toEqual([]);
    expect(await jsonLines(['receipts', '--data-dir', dir], { env })).toMatchObject([{ source: 'a.csv', stored: 5000, retracted: 5000 }]);
  });

  test('run says that rows were left behind until they have been copied, and again when the embedded table has new ones', async () => {
    const env = configured();
    const dir = await embeddedSite(100);
    const warning = /the readings of the embedded table in \S+ are not in HBase.*wellwatch copy --to hbase/;
    const once = async () => (await runCommand(['run', '--once', '--data-dir', dir], { env })).stderr;
    expect(await once()).toMatch(warning);
    expect((await runCommand([...COPY, '--data-dir', dir], { env })).code).toBe(0);
    expect(await once()).not.toMatch(warning);
    dropFile(join(dir, 'inbox'), 'b.csv', [rowOf(100_000)]);
    expect((await runCommand(['run', '--once', '--data-dir', dir], { env: quiet })).code).toBe(0);
    expect(await once()).toMatch(warning);
    expect(await jsonLines([...COPY, '--data-dir', dir], { env })).toMatchObject([{ readings: 101, verified: true }]);
  });

  test('a copying that SIGKILL and then SIGINT end goes on where it was, and comes to the same', { timeout: 120_000 }, async () => {
    const env = configured();
    const dir = await embeddedSite(ROWS_OF_STEPS);
    const command = [...COPY, '--data-dir', dir];
    const first = startProgram(command, { env });
    const gone = once(first, 'close');
    await vi.waitUntil(() => hasPlace(dir), { timeout: 60_000, interval: 20 });
    first.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    const unfinished = 'A copy into HBase is unfinished, so not all may be there yet: "wellwatch copy --to hbase" goes on with it.\n';
    for (const asked of ['alerts', 'status'])
      expect((await runCommand([asked, '--json', '--data-dir', dir], { env })).stderr).toContain(unfinished);
    const findings = () => jsonLines<{ check: string; state: string; message: string }>(['doctor', '--data-dir', dir], { env });
    expect(await findings()).toContainEqual(
      expect.objectContaining({ check: 'copy', state: 'warning', message: 'a copy of the embedded table into HBase is unfinished' }),
    );

    const second = startProgram(command, { env });
    const stopped = once(second, 'close');
    let said = '';
    second.stderr!.setEncoding('utf8').on('data', (text: string) => { said += text; });
    const goingOn = /^Going on after PUMP_\d, where an earlier run ended\.\n/;
    await vi.waitUntil(() => goingOn.test(said), { timeout: 60_000, interval: 5 });
    second.kill('SIGINT');
    expect(await stopped).toEqual([1, null]);
    expect(said.replace(goingOn, '')).toBe(
      'Stopped. What has been copied stays in HBase; run the same command again to go on from there.\n',
    );

    const { code, stdout, stderr } = await runCommand(command, { env });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(goingOn);
    expect(stdout).toMatch(/^Copied: 100,000 readings, .* Verified, /);
    expect((await runCommand(['status', '--data-dir', dir], { env })).stderr).toBe('');
    expect((await findings()).filter(({ check }) => check === 'copy')).toEqual([]);
    for (const command of [['stats'], ['alerts'], ['readings', '--pump', 'PUMP_3']]) {
      const shown = (settings: Record<string, string>) => jsonLines(command, { env: { ...settings, WELLWATCH_DATA_DIR: dir } });
      expect(await shown(env)).toEqual(await shown(quiet));
    }
  });

  test('rows that HBase received later stay and are told', async () => {
    const env = configured();
    const dir = await embeddedSite(1000);
    const [pump, date, clock, ...values] = rowOf(17).split(',');
    dropFile(join(dir, 'inbox'), 'later.csv', [[pump, date, clock, '11.11', ...values.slice(1)].join(',')]);
    expect((await runCommand(['run', '--once', '--data-dir', dir], { env })).code).toBe(0);
    const { code, stderr } = await runCommand([...COPY, '--data-dir', dir], { env });
    expect(code, stderr).toBe(0);
    expect(await jsonLines([...COPY, '--data-dir', dir], { env })).toMatchObject([{ readings: 1000, newer: 1, verified: true }]);
    expect(stderr).toContain('1 reading of the same pump and time came to HBase later and stays as it is there.');
  });

  test('a row that is missing afterwards ends it with 1 and is named', async () => {
    const env = configured();
    const dir = await embeddedSite(1000);
    expect((await runCommand([...COPY, '--data-dir', dir], { env })).code).toBe(0);
    const key = 'PUMP_3_2014-01-01_00:10';
    expect((await fetch(`${url}/${env.WELLWATCH_STORE_TABLE}/${encodeURIComponent(key)}`, { method: 'DELETE' })).status).toBe(200);
    const { code, stdout, stderr } = await runCommand([...COPY, '--json', '--data-dir', dir], { env });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ readings: 1000, verified: false });
    expect(stderr).toContain('the reading PUMP_3 2014-01-01T00:10:00 is missing in HBase');
  });

  test('not while a job runs on the data directory', async () => {
    const env = configured();
    const dir = tempDir();
    await store(dir, ['A 2014-03-10T00:00 1 1 1 1 1 1']);
    const job = startProgram(['run', '--data-dir', dir], { env });
    await lineMatching(job, 'stdout', /publish to/);
    const { code, stderr } = await runCommand([...COPY, '--data-dir', dir], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(`another wellwatch is running on the data directory ${dir}`);
    job.kill('SIGTERM');
    await once(job, 'exit');
  });
});

/** Whether a step of the copying has been committed. */
async function hasPlace(dir: string): Promise<boolean> {
  const ledger = await openEmbeddedTable({ dir: join(dir, 'hbase'), mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
  try {
    return (await ledger.state()).has('copy');
  } finally {
    await ledger.close();
  }
}
