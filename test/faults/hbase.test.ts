import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canStartHBase, freshTable, type HBase, HBASE_START_MS, startHBase } from '../support/hbase.ts';
import { runProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { type ChaosProxy, startChaosProxy } from './chaosProxy.ts';
import { contents, statusOf } from '../support/contents.ts';
import { badRowOf, rowOf } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';

const FILES = 4;
const ROWS_A_FILE = 10_000;
const ROWS = FILES * ROWS_A_FILE;
const BAD = FILES * 20;
const quiet = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '3000' };

function dropFiles(dataDir: string): void {
  for (let file = 0; file < FILES; file++) {
    const lines = Array.from({ length: ROWS_A_FILE }, (_, i) =>
      i % 500 === 250 ? badRowOf(file * ROWS_A_FILE + i) : rowOf(file * ROWS_A_FILE + i),
    );
    dropFile(join(dataDir, 'inbox'), `f${file}.csv`, lines);
  }
}

/** What a run without faults leaves in the embedded table. */
async function contentsWithoutFaults() {
  const dataDir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
  try {
    dropFiles(dataDir);
    expect((await runProgram(['run', '--once', '--data-dir', dataDir], { env: quiet })).code).toBe(0);
    return await contents({ dataDir });
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

describe.skipIf(!canStartHBase)('a region server that is killed in the middle of ingest', () => {
  let hbase: HBase;
  let undisturbed: Awaited<ReturnType<typeof contents>>;
  beforeAll(async () => { [hbase, undisturbed] = await Promise.all([startHBase(), contentsWithoutFaults()]); }, HBASE_START_MS);
  afterAll(() => hbase?.stop());

  /** Files in an inbox, and a job that takes them into a table of its own. The proxy counts what has reached HBase. */
  async function startIngest() {
    const dir = tempDir();
    const proxy = await startChaosProxy({ gateway: hbase.url, random: () => 0 });
    onTestFinished(() => proxy.close());
    const env = { ...quiet, WELLWATCH_STORE_KIND: 'hbase', WELLWATCH_STORE_URL: proxy.url, WELLWATCH_STORE_TABLE: freshTable() };
    const place = { dataDir: join(dir, 'remote'), env };
    dropFiles(place.dataDir);
    const once = () => runProgram(['run', '--once', '--json', '--data-dir', place.dataDir], { env });
    return { proxy, place, once, ended: once() };
  }

  async function untilPuts(proxy: ChaosProxy, puts: number): Promise<void> {
    while (proxy.puts < puts) await sleep(5);
  }

  test('and comes back in time does not matter: exit code 0, and every row is there once', { timeout: HBASE_START_MS }, async () => {
    const { proxy, place, ended } = await startIngest();
    await untilPuts(proxy, 10);
    await hbase.kill('server');
    expect((await statusOf(place)).balance.stored).toBeLessThan(ROWS - BAD);
    await hbase.restart();
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/\tat |\.java:/);
    expect(JSON.parse(stdout)).toMatchObject({ received: ROWS, stored: ROWS - BAD, duplicate: 0, rejected: BAD, pending: 0 });
    expect((await statusOf(place)).balance).toMatchObject({ received: ROWS, stored: ROWS - BAD, duplicate: 0, rejected: BAD, pending: 0 });
    expect(await contents(place)).toEqual(undisturbed);
  });

  test(
    'and stays away ends the run with 1 after a minute; nothing is lost, and the next run finishes',
    { timeout: HBASE_START_MS },
    async () => {
      const { proxy, place, once, ended } = await startIngest();
      await untilPuts(proxy, 10);
      await hbase.kill('server');
      const { code, stdout, stderr } = await ended;
      expect(code, stderr).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/(did not answer|could not be used) for 60 s.*nothing is lost/);
      expect(stderr).not.toMatch(/\tat |\.java:/);
      const before = (await statusOf(place)).balance;
      expect(before.stored).toBeGreaterThan(0);
      await hbase.restart();
      const next = await once();
      expect(next.code, next.stderr).toBe(0);
      const { received, stored } = JSON.parse(next.stdout) as { received: number; stored: number };
      expect([before.received - before.pending + received, before.stored + stored]).toEqual([ROWS, ROWS - BAD]);
      expect((await statusOf(place)).balance).toMatchObject({
        received: ROWS,
        stored: ROWS - BAD,
        duplicate: 0,
        rejected: BAD,
        pending: 0,
      });
      expect(await contents(place)).toEqual(undisturbed);
    },
  );
});
