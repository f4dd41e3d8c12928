import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { contents, type Place, type Status, statusOf, sum } from '../support/contents.ts';
import { randomNumbers } from '../support/feed.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../support/hbase.ts';
import { hasMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { jsonLines } from '../support/command.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { until } from '../support/waiting.ts';
import { KillLoad } from './killLoad.ts';

// `WELLWATCH_KILLS=200 npx vitest run test/faults` is the long version.
const stores = [
  {
    store: 'the embedded table',
    kills: Number(process.env.WELLWATCH_KILLS ?? 15),
    longestLifeMs: 1450,
    isHere: true,
    settings: () => Promise.resolve({}),
  },
  { store: 'HBase', kills: Number(process.env.WELLWATCH_KILLS ?? 5), longestLifeMs: 6000, isHere: hasHBase, settings: hbaseSettings },
];

/** Below it a job has hardly begun. */
const SHORTEST_LIFE_MS = 250;
/** So many kills of the job come to one of the daily summary. */
const KILLS_A_SUMMARY = 5;

describe.each(stores)('with $store', ({ kills, longestLifeMs, isHere, settings }) => {
  let store: Readonly<Record<string, string>>;
  beforeAll(async () => { store = isHere ? await settings() : {}; }, HBASE_START_MS);

  test.skipIf(!hasMosquitto || !isHere)(
    `${kills} kills at random moments under load on both receivers leave the table of a run without kills, and the balance holds`,
    { timeout: 60_000 + kills * 12_000 },
    async () => {
      const random = randomNumbers(20260314);
      const load = new KillLoad({ kills, random });
      const dir = tempDir();
      const broker = await startMosquitto();
      onTestFinished(() => broker.stop());
      const site = new KilledSite({ dataDir: join(dir, 'killed'), env: store }, { brokerUrl: broker.url, random });

      await site.makeItsSession();
      const loading = Promise.all([load.dropFiles(site.inbox), load.publish(broker.url)]);
      for (let kill = 0; kill < kills; kill++) {
        await site.liveAndDie(longestLifeMs);
        if (kill % KILLS_A_SUMMARY === 0) await site.killASummary();
      }
      await loading;
      await site.takeTheRest(load);

      expectAllTaken(await statusOf(site.place), load);
      await site.expectNothingLeft();
      expect(await contents(site.place)).toEqual(await calmContents(join(dir, 'calm'), load));
    },
  );
});

async function hbaseSettings(): Promise<Record<string, string>> {
  return { WELLWATCH_STORE_KIND: 'hbase', WELLWATCH_STORE_URL: await hbaseForTests(), WELLWATCH_STORE_TABLE: freshTable() };
}

/** A data directory whose jobs and summaries are killed at random moments. */
class KilledSite {
  readonly place: Place;
  readonly inbox: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #random: () => number;

  constructor(place: Place, { brokerUrl, random }: { readonly brokerUrl: string; readonly random: () => number }) {
    this.place = place;
    this.inbox = join(place.dataDir, 'inbox');
    mkdirSync(join(this.inbox, 'done'), { recursive: true });
    this.#random = random;
    this.#settings = {
      ...place.env,
      WELLWATCH_RECEIVERS_MQTT_URL: brokerUrl,
      WELLWATCH_HTTP: 'false',
      WELLWATCH_SUMMARY: 'false',
      WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '3000',
    };
  }

  /** The session must exist before anything is published, or the broker has nobody to keep messages for. */
  async makeItsSession(): Promise<void> {
    const job = this.#startJob();
    await until(() => this.#isSubscribed(), 'the job has subscribed');
    await killed(job);
  }

  /** A job that lives until a moment that nobody knows beforehand; it must not have ended by itself. */
  async liveAndDie(longestMs: number): Promise<void> {
    const job = this.#startJob();
    let stderr = '';
    job.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    await sleep(SHORTEST_LIFE_MS + this.#random() * (longestMs - SHORTEST_LIFE_MS));
    expect(job.exitCode, stderr).toBe(null);
    await killed(job);
  }

  /** A summary that is killed as it works. It may be done before. */
  async killASummary(): Promise<void> {
    const summary = startProgram(['summarize', '--data-dir', this.place.dataDir], { env: this.place.env ?? {} });
    const ended = once(summary, 'exit');
    await sleep(this.#random() * 400);
    summary.kill('SIGKILL');
    await ended;
  }

  /** The last job is left alone until the table has every row; the balance holds at each look. It ends in good order. */
  async takeTheRest(load: KillLoad): Promise<void> {
    const job = this.#startJob();
    const ended = once(job, 'exit') as Promise<[number | null]>;
    for (let isDone = false; !isDone && job.exitCode === null; await sleep(500)) {
      const status = await statusOf(this.place);
      expectBalance(status);
      isDone = status.running && readdirSync(join(this.inbox, 'done')).length >= load.fileCount && status.balance.stored >= load.distinctRows;
    }
    job.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  }

  /** One run more finds nothing to do. */
  async expectNothingLeft(): Promise<void> {
    const { stdout } = await runProgram(['run', '--once', '--json', '--data-dir', this.place.dataDir], { env: this.#settings });
    expect(JSON.parse(stdout)).toMatchObject({ stored: 0, pending: 0 });
    expect((await runProgram(['summarize', '--data-dir', this.place.dataDir], { env: this.place.env ?? {} })).code).toBe(0);
  }

  #startJob(): ChildProcess {
    const { dataDir } = this.place;
    const job = startProgram(['run', '--quiet', '--data-dir', dataDir], { env: this.#settings, cwd: join(dataDir, '..') });
    onTestFinished(() => void job.kill('SIGKILL'));
    return job;
  }

  async #isSubscribed(): Promise<boolean> {
    const { dataDir, env } = this.place;
    const words = ['status', '--data-dir', dataDir];
    const [{ receivers }] = await jsonLines<{ receivers?: { mqtt?: { state: string } } }>(words, { env: env ?? {} });
    return receivers?.mqtt?.state === 'connected';
  }
}

async function killed(job: ChildProcess): Promise<void> {
  const ended = once(job, 'exit');
  job.kill('SIGKILL');
  await ended;
}

/** Each row is in the table, and counted by the receiver that brought it. */
function expectAllTaken(status: Status, load: KillLoad): void {
  expectBalance(status);
  expect(status.balance).toMatchObject({ stored: load.distinctRows, pending: 0 });
  // Each file row once, exactly: the position commits with the rows. A message may be delivered again.
  expect(sum(status.byReceiver.directory)).toBe(load.fileRows);
  expect(sum(status.byReceiver.mqtt)).toBeGreaterThanOrEqual(load.messageRows);
}

function expectBalance({ balance }: Status): void {
  expect(balance.received).toBe(sum(balance) + balance.pending);
}

/** What the embedded table has when the same rows come in one go. */
async function calmContents(dataDir: string, load: KillLoad) {
  load.dropAll(join(dataDir, 'inbox'));
  expect((await runProgram(['run', '--once', '--data-dir', dataDir])).code).toBe(0);
  expect((await runProgram(['summarize', '--data-dir', dataDir])).code).toBe(0);
  return contents({ dataDir });
}
