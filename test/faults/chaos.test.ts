import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../support/hbase.ts';
import { lineMatching, runProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { type ChaosProxy, startChaosProxy } from './chaosProxy.ts';
import { contents, type Place, type Status, statusOf } from '../support/contents.ts';
import { badRowOf, randomNumbers, rowOf } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';

/** `WELLWATCH_CHAOS_SECONDS=600 npx vitest run test/faults/chaos.test.ts` is the long version. */
const SECONDS = Number(process.env.WELLWATCH_CHAOS_SECONDS ?? 20);
const ROWS_A_FILE = 1500;
/** One of this many messages corrects the row of an earlier one. */
const CORRECTION = 9;
/** Beyond the rows of all files; `rowOf` has dates for 3.3 million. */
const FIRST_MESSAGE = 2_400_000;
const MOST_WAITING = 10;
const BURST = 1200;
/** Far more than it ever took: growth without bound would pass it in the long version. */
const MOST_RSS = 700e6;

const quiet = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_RECEIVERS_MQTT_PORT: '0' };

const fileLines = (file: number) =>
  Array.from({ length: ROWS_A_FILE }, (_, i) => (i % 500 === 250 ? badRowOf(file * ROWS_A_FILE + i) : rowOf(file * ROWS_A_FILE + i)));

/**
 * Most messages bring a row of their own; some one that a file brings too, some a bad line, and some another value for the
 * row of an earlier message: then the later one has to hold, whatever happens to the requests of both.
 */
function messageLine(i: number): string {
  if (i % 100 === 99) return badRowOf(-i);
  if (i % CORRECTION === CORRECTION - 1) return rowOf(FIRST_MESSAGE + i - CORRECTION + 1).replace(/[^,]*$/, `7.${i % 1000}`);
  return rowOf(i % 5 === 4 ? i : FIRST_MESSAGE + i);
}

describe.skipIf(!hasHBase)('HBase behind a network that fails at random', () => {
  let gateway: string;
  beforeAll(async () => { gateway = await hbaseForTests(); }, HBASE_START_MS);

  test(
    `${SECONDS} s of load: nothing lost, nothing doubled, every count exact, memory flat`,
    { timeout: SECONDS * 3000 + 300_000 },
    async () => {
      const random = randomNumbers(20260331);
      const proxy = await startChaosProxy({
        gateway,
        random,
        lots: { passed: 36, busy: 3, cut: 2, slow: 3, late: 1, truncated: 2, lost: 3 },
        slowMs: 1500,
        lateMs: 4000,
      });
      onTestFinished(() => proxy.close());
      const dir = tempDir();
      const env = {
        ...quiet,
        WELLWATCH_STORE_KIND: 'hbase',
        WELLWATCH_STORE_URL: proxy.url,
        WELLWATCH_STORE_TABLE: freshTable(),
        WELLWATCH_STORE_TIMEOUT: '3s',
        WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '1000',
      };
      const place = { dataDir: join(dir, 'remote'), env };
      const inbox = join(place.dataDir, 'inbox');
      mkdirSync(join(inbox, 'done'), { recursive: true });
      proxy.mood = 'chaotic';
      const job = startProgram(['run', '--data-dir', place.dataDir], { env });
      onTestFinished(() => void job.kill('SIGKILL'));
      let stderr = '';
      job.stderr!.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const [, broker] = await lineMatching(job, 'stdout', /publish to +(mqtt:\S+)/);

      const until = performance.now() + SECONDS * 1000;
      const [files, messages, memory] = await Promise.all([
        dropUntil(until, inbox, random),
        publishUntil(until, broker),
        watchMemory(until, job.pid!),
        vanishUntil(until, proxy, random),
      ]);
      proxy.mood = 'clean';
      expect(job.exitCode, stderr).toBe(null);

      // The same lines, in one go, into the embedded table: what has to come of them, and to be counted.
      const calm: Place = { dataDir: join(dir, 'calm') };
      for (let file = 0; file < files; file++) dropFile(join(calm.dataDir, 'inbox'), `f${file}.csv`, fileLines(file));
      dropFile(
        join(calm.dataDir, 'inbox'),
        'messages.csv',
        Array.from({ length: messages }, (_, i) => messageLine(i)),
      );
      expect((await runProgram(['run', '--once', '--data-dir', calm.dataDir], { env: quiet })).code).toBe(0);
      const { received, stored, duplicate, rejected } = (await statusOf(calm)).balance;

      const status = await untilTaken(place, received);
      expect(readdirSync(join(inbox, 'done')).length).toBe(files);
      job.kill('SIGTERM');
      expect(((await once(job, 'exit')) as [number | null])[0], stderr).toBe(0);
      expect(status.balance).toMatchObject({ received, stored, duplicate, rejected, pending: 0 });
      for (const where of [place, calm])
        expect((await runProgram(['summarize', '--data-dir', where.dataDir], { env: { ...quiet, ...where.env } })).code).toBe(0);
      expect(await contents(place)).toEqual(await contents(calm));

      console.log(
        `${received} rows from ${files} files and ${messages} messages; calls: ${JSON.stringify(proxy.did)}; resident memory every ${Math.round(SECONDS / 10)} s: ${every(
          10,
          memory,
        )
          .map((bytes) => `${Math.round(bytes / 1e6)} MB`)
          .join(', ')}`,
      );
      expect(Math.max(0, ...memory)).toBeLessThan(MOST_RSS);
      expect(stderr).not.toMatch(/\tat |\.java:|"level":"error"/);
      for (const [trouble, calls] of Object.entries(proxy.did)) expect(calls, trouble).toBeGreaterThan(0);
    },
  );
});

/** A busy machine gets less to do, or the last rows would be long in coming. */
async function dropUntil(end: number, inbox: string, random: () => number): Promise<number> {
  let file = 0;
  for (; performance.now() < end; file++) {
    dropFile(inbox, `f${file}.csv`, fileLines(file));
    do await sleep(random() * 1000);
    while (readdirSync(inbox).filter((name) => name.endsWith('.csv')).length > MOST_WAITING && performance.now() < end);
  }
  return file;
}

/** Publishes in order and in bursts, as the journal goes before the files; each message once. Gives how many were acknowledged. */
async function publishUntil(end: number, url: string): Promise<number> {
  const publisher = await connectAsync(url, { reconnectPeriod: 0 });
  let i = 0;
  for (; performance.now() < end; i += 40) {
    await Promise.all(Array.from({ length: 40 }, (_, k) => publisher.publishAsync('pumps/P/readings', messageLine(i + k), { qos: 1 })));
    await sleep(i % BURST === 0 ? 3000 : 50);
  }
  await publisher.endAsync();
  return i;
}

/** Now and then the gateway is gone altogether for a while. */
async function vanishUntil(end: number, proxy: ChaosProxy, random: () => number): Promise<void> {
  while (performance.now() < end) {
    await sleep(random() * 12_000);
    proxy.mood = 'dead';
    await sleep(random() * 3000);
    proxy.mood = 'chaotic';
  }
}

/** Resident memory in bytes, a value a second; none where there is no /proc. */
async function watchMemory(end: number, pid: number): Promise<number[]> {
  const seen: number[] = [];
  for (; performance.now() < end; await sleep(1000)) {
    if (process.platform === 'linux') seen.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024);
  }
  return seen;
}

const every = (parts: number, values: readonly number[]): number[] => values.filter((_, i) => i % Math.ceil(values.length / parts) === 0);

/** The status as soon as as many rows have come as there are and none is pending; the test's time limit ends it otherwise. */
async function untilTaken(place: Place, received: number): Promise<Status> {
  for (;;) {
    const status = await statusOf(place);
    const { balance } = status;
    expect(balance.received).toBe(balance.stored + balance.duplicate + balance.rejected + balance.pending);
    if (balance.received >= received && balance.pending === 0) return status;
    await sleep(300);
  }
}
