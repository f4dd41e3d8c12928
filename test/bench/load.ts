import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Table } from '../../storage/table/table.ts';
import { freePort } from '../support/freePort.ts';
import {
  configured,
  quantile,
  rate,
  run,
  type Running,
  script,
  type Spread,
  spread,
  start,
  wellwatch,
  whileRunning,
  type Workspace,
} from './harness.ts';
import { Feed } from './load/feed.ts';
import { WARM_UP_MS } from './load/paced.ts';
import { listening } from './publisher.ts';
import type { Figure } from './report.ts';
import type { Sizes } from './sizes.ts';

const READERS = 200;
const GOAL_MS = 50;
/** The HTTP thread's own, for the bare server. */
const PRIORITY = 5;
/** Files for longer than is asked: processes take their time to begin and to end. */
const SPARE_SECONDS = 4;
const POLL_MS = 10;
/** Wall times that a table of a million rows has. */
const BASE = { from: Date.UTC(2014, 2, 10), to: Date.UTC(2014, 5, 10) };

/** A running site whose table is watched. */
interface Site {
  readonly running: Running;
  readonly table: Table;
  readonly feed: Feed;
  readonly url: string;
  readonly mqttPort: number;
}

/** What was measured while files were taken. */
interface UnderIngest<T> {
  readonly rowsPerSecond: number;
  readonly pubacks: readonly number[];
  readonly asked: T;
}

/** What came back under load: ms of each answer, and events that readers got. */
interface Asked {
  readonly small: readonly number[];
  readonly curves: readonly number[];
  readonly events: number;
}

interface Measured {
  readonly idle: readonly number[];
  readonly alone: UnderIngest<void>;
  readonly loaded: UnderIngest<Asked>;
  readonly bare: UnderIngest<Asked>;
  readonly peakMb: number;
}

/** The HTTP side with many readers and questions while the job takes all it can, beside the job alone and a bare server. */
export async function measureLoad(workspace: Workspace, { load: { rows, seconds } }: Sizes): Promise<Figure[]> {
  const site = await open(workspace);
  const fast = await fill(site, rows);
  const idle = await askSmall(site.url, seconds);
  const alone = await underIngest(site, { fast, seconds }, async () => undefined);
  const pace = { fast: alone.rowsPerSecond, seconds };
  const loaded = await underIngest(site, pace, () => askAll(site.url, seconds));
  const hello = start([script('bare/hello'), String(PRIORITY)]);
  const port = await firstLine(hello);
  const bare = await underIngest(site, pace, () => askAll(`http://127.0.0.1:${port}`, seconds));
  hello.stop();
  site.running.stop();
  const { peakMb } = await site.running.ended;
  await site.table.close();
  return figures({ idle, alone, loaded, bare, peakMb }, seconds);
}

function figures({ idle, alone, loaded, bare, peakMb }: Measured, seconds: number): Figure[] {
  const single = (figure: number): Spread => spread([figure]);
  const latency = (what: string, ms: readonly number[], share: number, more: Partial<Figure> = {}): Figure => ({
    goal: 'LOAD',
    what: `${what}, p${share * 100}`,
    unit: 'ms',
    measured: single(quantile(ms, share)),
    ...more,
  });
  const limit = (name: string, ms: readonly number[], share: number) => ({
    limit: { name: `${name}, p${share * 100}`, measured: single(quantile(ms, share)) },
  });
  const ingest = (what: string, { rowsPerSecond }: UnderIngest<unknown>): Figure => ({
    goal: 'LOAD',
    what,
    unit: 'rows/s',
    measured: single(rowsPerSecond),
    limit: { name: 'ingest alone', measured: single(alone.rowsPerSecond) },
  });
  const { small, curves, events } = loaded.asked;
  return [
    latency('small answers under load', small, 0.5, limit('bare fastify', bare.asked.small, 0.5)),
    latency('small answers under load', small, 0.99, {
      ...limit('bare fastify', bare.asked.small, 0.99),
      asks: { of: 'figure', atMost: GOAL_MS },
      peakMb,
    }),
    latency('small answers without load', idle, 0.5),
    latency('small answers without load', idle, 0.99),
    latency('curves under load', curves, 0.5),
    latency('curves under load', curves, 0.99),
    latency('PUBACK under load', loaded.pubacks, 0.99, limit('ingest alone', alone.pubacks, 0.99)),
    ingest('ingest under load', loaded),
    ingest('ingest under load of the bare fastify', bare),
    { goal: 'LOAD', what: `live events to ${READERS} readers`, unit: 'events/s', measured: single(events / (seconds + WARM_UP_MS / 1000)) },
  ];
}

async function askSmall(url: string, seconds: number): Promise<number[]> {
  return (await run<number[]>([script('load/askSmall'), url, String(seconds)])).result;
}

/** All that is asked at the same time, each by a process of its own: the loop of the one who asks is not what is measured. */
async function askAll(url: string, seconds: number): Promise<Asked> {
  const [small, curves, events] = await Promise.all([
    askSmall(url, seconds),
    run<number[]>([script('load/askCurves'), url, String(seconds), String(BASE.from), String(BASE.to)]),
    run<number>([script('load/readStream'), url, String(seconds), String(READERS)]),
  ]);
  return { small, curves: curves.result, events: events.result };
}

async function open(workspace: Workspace): Promise<Site> {
  const dataDir = workspace.dataDir([]);
  const [port, mqttPort] = [await freePort(), await freePort()];
  const options = configured(dataDir, { mqtt: { port: mqttPort } }, { http: { host: '127.0.0.1', port } });
  const running = start(wellwatch('run', '--quiet', ...options));
  await whileRunning(running, Promise.all([listening(port), listening(mqttPort)]));
  const table = await openEmbeddedTable({ dir: join(dataDir, 'table'), mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
  return { running, table, feed: new Feed(workspace.folder(), join(dataDir, 'inbox')), url: `http://127.0.0.1:${port}`, mqttPort };
}

/** Fills the table; gives the rows a second. */
async function fill(site: Site, rows: number): Promise<number> {
  site.feed.drop(rows);
  const begin = performance.now();
  await whileRunning(site.running, settled(site));
  return rate(rows, performance.now() - begin);
}

/**
 * Does something while the job takes files and now and then a message, as fast as it can; again with more files when
 * these were not enough.
 */
async function underIngest<T>(
  site: Site,
  { fast, seconds }: { readonly fast: number; readonly seconds: number },
  ask: () => Promise<T>,
): Promise<UnderIngest<T>> {
  for (let rows = fast * (WARM_UP_MS / 1000 + seconds + SPARE_SECONDS); ; rows *= 2) {
    site.feed.drop(rows);
    const [{ result: pubacks }, asked, rowsPerSecond] = await whileRunning(
      site.running,
      Promise.all([run<number[]>([script('load/publish'), String(site.mqttPort), String(seconds)]), ask(), ingestRate(site, seconds)]),
    );
    const lasted = (await stored(site)) < site.feed.rows;
    await whileRunning(site.running, settled(site));
    if (lasted) return { rowsPerSecond, pubacks, asked };
  }
}

/** Rows a second after the warm-up. */
async function ingestRate(site: Site, seconds: number): Promise<number> {
  await sleep(WARM_UP_MS);
  const begin = performance.now();
  const before = await stored(site);
  await sleep(seconds * 1000);
  return rate((await stored(site)) - before, performance.now() - begin);
}

/** Resolves when all files are in the table. */
async function settled(site: Site): Promise<void> {
  while ((await stored(site)) < site.feed.rows) await sleep(POLL_MS);
}

/** Rows of files in the table; some are in twice, by the minute to which their time is rounded. */
async function stored({ table }: Site): Promise<number> {
  const { stored: rows, duplicate, rejected } = (await table.counts()).directory;
  return rows + duplicate + rejected;
}

async function firstLine({ lines }: Running): Promise<string> {
  for await (const line of lines) return line;
  throw new Error('the bare server ended before it listened');
}
