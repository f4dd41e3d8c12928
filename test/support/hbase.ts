import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../deploy/hbase/hbase', import.meta.url));
/** An HBase of the tests lives for minutes: to compile its code well would cost more than it gains. */
const env = { ...process.env, JAVA_TOOL_OPTIONS: `${process.env.JAVA_TOOL_OPTIONS ?? ''} -XX:TieredStopAtLevel=1`.trim() };
const run = (...words: string[]) => promisify(execFile)(LAUNCHER, words, { env });

/** The time limit, in ms, of a hook that awaits an HBase: seconds as a rule, a minute on a busy machine. */
export const HBASE_START_MS = 240_000;

const given = process.env.WELLWATCH_TEST_HBASE;
const check = spawnSync(LAUNCHER, ['check'], { encoding: 'utf8' });

/** Whether this machine can start an HBase. Where CI=true it has to: a skipped test proves nothing there. */
export const canStartHBase = check.status === 0;

/** Whether there is an HBase for the tests: one that they start, or the one that WELLWATCH_TEST_HBASE names. */
export const hasHBase = canStartHBase || given !== undefined;

if (!canStartHBase) {
  const reason = check.error?.message ?? check.stderr.trim();
  if (process.env.CI === 'true') throw new Error(reason);
  const skipped = given === undefined ? 'the tests with a real HBase are skipped' : 'the tests that kill an HBase are skipped';
  console.warn(`${skipped}: ${reason}. Then run them with npm test, or let WELLWATCH_TEST_HBASE name a running REST gateway`);
}

/**
 * The URL of an HBase that all tests of this run share: the one that WELLWATCH_TEST_HBASE names, otherwise one that
 * starts when the first test asks and ends with the run. Await it in a hook with HBASE_START_MS.
 */
export async function hbaseForTests(): Promise<string> {
  return given ?? start(join(folder(), 'shared'));
}

/** An HBase of one test's own. */
export interface HBase {
  readonly url: string;
  /** Where it keeps its data, until it is stopped. */
  readonly dir: string;
  /** SIGKILL to the region server (with master and ZooKeeper), to the REST gateway, or to both. */
  kill(which?: 'server' | 'rest'): Promise<void>;
  /** Starts what does not run, on the same data and ports; returns when it answers. */
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** Starts an HBase for a test that kills it. Await it with HBASE_START_MS, and `stop` it. */
export async function startHBase(): Promise<HBase> {
  const dir = mkdtempSync(join(folder(), 'own-'));
  return {
    url: await start(dir),
    dir,
    kill: async (which) => void (await run('kill', dir, ...(which ? [which] : []))),
    restart: async () => void (await run('start', dir)),
    stop: async () => {
      await run('kill', dir);
      await rm(dir, { recursive: true });
    },
  };
}

/** The name of a table that nobody used before. */
export function freshTable(): string {
  return `test_${randomBytes(8).toString('hex')}`;
}

/** Starts what does not run in a folder and gives the gateway's URL. The launcher lets one start after the other. */
async function start(dir: string): Promise<string> {
  const { stdout } = await run('start', dir, '0');
  return stdout.trim();
}

/** The folder of this run's HBases. Who makes it sets a watch: a run of tests that is killed tears nothing down itself. */
function folder(): string {
  const dir = inject('hbaseDir');
  if (mkdirSync(dir, { recursive: true }) === undefined) return dir;
  const watch = 'while kill -0 "$1" 2>/dev/null; do sleep 2; done; for each in "$3"/*/; do "$2" kill "$each"; done; rm -rf "$3"';
  spawn('sh', ['-c', watch, 'watch', String(inject('testRun')), LAUNCHER, dir], { detached: true, stdio: 'ignore' }).unref();
  return dir;
}
