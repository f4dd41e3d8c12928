import { join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { counted } from '../../domain/counted.ts';
import { AppError, isStoreUnavailable, messageOf } from '../../domain/errors.ts';
import { receiptsOf } from '../../domain/reading/receipt.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import { enrich } from '../../domain/alarm/enriched.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import { BatchSampler } from '../../ingest/job/batchSample.ts';
import { type JobListener, runJob } from '../../ingest/job/job.ts';
import { Formats } from '../../ingest/receivers/formats.ts';
import { journalPosition } from '../../ingest/receivers/journalProgress.ts';
import { PumpState } from '../../ingest/pumpState/pumpState.ts';
import { RepeatedHour } from '../../ingest/job/repeatedHour.ts';
import { ReceiptOrder } from '../../ingest/job/receiptOrder.ts';
import { ReferenceWatcher } from '../../ingest/reference/watchReference.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { Wake } from '../../ingest/job/wake.ts';
import { newestReceipt } from '../../storage/table/state.ts';
import type { Recovered } from '../../storage/table/steps.ts';
import type { OpenTable, StoreAway } from '../../storage/table/remote.ts';
import { JOURNAL_START } from '../../storage/journal/segments.ts';
import type { Table } from '../../storage/table/table.ts';
import type { HBaseConfig, KafkaReceiverConfig } from '../config/types.ts';
import { readingsLeftBehind } from '../copy/leftBehind.ts';
import { AHEAD_FIX, aheadMs, aheadText } from '../store/receiptAhead.ts';
import { Retractions } from '../retract/retractions.ts';
import { openActLog } from '../store/actBook.ts';
import { openTable } from '../store/openTable.ts';
import { type BeginJobOptions, type BegunJob, beginJob } from './beginJob.ts';
import { SharedFlag } from './sharedFlag.ts';
import { UnstoredNews } from './unstoredNews.ts';
import { stepBack } from './stepBack.ts';
import { jobListener } from './jobListener.ts';
import type { FromJob, JobThreadData } from './jobMessages.ts';
import { Orders } from './orders.ts';
import { makeInbox, openPullReceivers } from './pullReceivers.ts';
import { watchLeftOut } from './leftOutNews.ts';
import { watchReceivers } from './receiverNews.ts';
import { startForwarder, watchForwarder } from './startForwarder.ts';
import { startHourlyFiles } from './startHourlyFiles.ts';

/*
 * The streaming job's own thread: it reads journal and files, parses, finds alerts and writes the
 * table, so that nothing of this holds the main thread, which answers brokers and people.
 */
const port = parentPort!;
const data = workerData as JobThreadData;
const post = (message: FromJob) => port.postMessage(message);
const onLog = (event: LogEvent) => post({ kind: 'event', event });
const journalDir = join(data.config.dataDir, 'journal');

/** How much larger than `maxRowsPerStep` a step may get whose rows are out of order. */
const OUT_OF_ORDER_FACTOR = 8;
const MOST_ROWS = 524_288;
const BEHIND_OTHERS = 10;
const EXPIRY_MS = 60_000;
/** So long `run --once` waits for a store that is away; a site waits as long as it takes. */
const ONCE_PATIENCE_MS = 60_000;
const AWAY_MS = 500;

/** The system's time at start and what has passed since: setting the clock back must not make anybody wait. */
const now = () => Math.floor(performance.timeOrigin + performance.now());

async function main(): Promise<Counts> {
  const { config: { store } } = data;
  return store.kind === 'hbase' && store.shared ? workInFleet(store) : workAlone();
}

/** One worker of several: Kafka keeps the rows, so there is no journal, and what it knows of its table is in HBase. */
async function workInFleet(store: HBaseConfig): Promise<Counts> {
  const { config, once, samples, alerts } = data;
  const { runFleet } = await import('./fleet/runFleet.ts'); // only who is in a fleet needs to load it
  if (!once) stepBack(BEHIND_OTHERS);
  const orders = new Orders(port);
  const { openShared } = await import('../store/openHBase.ts');
  const table = openShared({ ...config, store }, { patienceMs: once ? ONCE_PATIENCE_MS : Infinity, signal: orders.stop, onLog });
  const watching = setInterval(tellWhetherAway(table), AWAY_MS);
  const reference = new ReferenceWatcher({ ...config.reference, table, onLog });
  const sampler = samples ? new BatchSampler() : undefined;
  try {
    post({ kind: 'ready', journal: JOURNAL_START });
    await orders.started;
    await table.recover(); // makes what is not there yet
    await reference.start();
    return await runFleet({
      config: { ...config, store }, kafka: config.receivers.kafka as KafkaReceiverConfig, once, table, orders, now, post, onLog,
      reference: () => reference.current,
      listener: jobListener({ post, ...alerts, unread: new SharedFlag(data.unread), sampler, batchInterval: config.batchInterval }),
    });
  } catch (error) {
    if (!isAway(error) || !orders.stop.aborted) throw error;
    onLog({ level: 'warn', message: 'stopped while the store is away: Kafka keeps what is not stored' });
    return NO_COUNTS;
  } finally {
    clearInterval(watching);
    await reference.stop();
    await table.close();
  }
}

async function workAlone(): Promise<Counts> {
  const { config, once } = data;
  // When processors are short, acknowledgements and people come before the table. Whoever waits for `--once` waits for just this.
  if (!once) stepBack(BEHIND_OTHERS);
  const orders = new Orders(port);
  const table = await openTable(config, { mode: 'writer', patienceMs: once ? ONCE_PATIENCE_MS : Infinity, signal: orders.stop, onLog });
  const watching = setInterval(tellWhetherAway(table), AWAY_MS);
  try {
    const warning = await readingsLeftBehind(config, table);
    if (warning !== undefined) onLog({ level: 'warn', message: warning });
    makeInbox(config);
    // Before the store is asked for anything: messages are journalled and acknowledged while it is away.
    post({ kind: 'ready', journal: journalPosition(journalDir, await table.state()) });
    await orders.started;
    return await work(table, orders);
  } catch (error) {
    if (!isAway(error) || !orders.stop.aborted) throw error;
    onLog({
      level: 'warn',
      message:
        `stopped while the store is away: what has come waits in the journal and the inbox of ${config.dataDir}, and the next run ` +
        'takes it',
    });
    return NO_COUNTS;
  } finally {
    clearInterval(watching);
    await table.close();
  }
}

async function work(table: OpenTable, orders: Orders): Promise<Counts> {
  const { config, once } = data;
  const wake = new Wake();
  const reference = new ReferenceWatcher({ ...config.reference, table, onLog });
  const sampler = data.samples ? new BatchSampler() : undefined;
  const listener = jobListener({ post, ...data.alerts, unread: new SharedFlag(data.unread), sampler, batchInterval: config.batchInterval });
  const keepers = sampler ? [sampler] : [];
  const unstored = new UnstoredNews((now) => post({ kind: 'unstored', unstored: now }));
  try {
    await reference.start();
    const formats = await Formats.of(config.formats, config.site.timezone);
    const parts = { formats, wake, reference: () => reference.current, listener, keepers };
    const begun = await beginJob({ ...parts, config, once, table, orders, post, onLog, onLookout: (lookout) => unstored.follow(lookout) });
    tellRecovered(begun.recovered, reference.current);
    return addCounts(begun.recovered.counts, await takeRows(table, orders, { ...parts, ...begun }));
  } finally {
    unstored.stop();
    await reference.stop();
  }
}

type Begun = BegunJob & Pick<BeginJobOptions, 'formats' | 'wake' | 'reference'> & {
  readonly keepers: readonly BatchSampler[];
  readonly listener: JobListener;
};

async function takeRows(table: OpenTable, orders: Orders, begun: Begun): Promise<Counts> {
  const { config, once } = data;
  const { state, journal, formats, lookout, wake, reference, listener, keepers } = begun;
  const clock = new ReceiptClock(data.clock, Date.now);
  clock.advanceTo(newestReceipt(state));
  const ahead = aheadMs(state, Date.now());
  if (ahead > 0) onLog({ level: 'warn', message: `${aheadText(ahead, Date.now())}: ${AHEAD_FIX}` });
  const receiptAt = receiptsOf(config.site.timezone, config.limits.futureMs);
  const hourlyFiles = await startHourlyFiles(config, { state, isCaughtUp: () => !journal.hasMore && table.away?.() === undefined, onLog });
  const pumps = await PumpState.open(state, now(), {
    table, onLog,
    window: config.window,
    pumps: reference().pumps.size,
    latenessMs: config.limits.latenessMs,
    onWindow: (window) => post({ kind: 'window', window }),
  });
  const retractions = new Retractions({
    table, onLog, now,
    log: await openActLog(config),
    rules: config.rules,
    signal: orders.stop,
    onPiece({ pump, withdrawn }, total) {
      pumps.correct(pump, total);
      if (withdrawn.length > 0) post({ kind: 'withdrawn', alerts: withdrawn });
    },
  });
  const pulls = await openPullReceivers({ config, once, state, clock, formats, receiptAt, now, onLog, onNews: () => wake.call() });
  const sources = pulls.map(({ receiver }) => receiver);

  const news = watchReceivers(sources, post);
  const forwarder = await startForwarder(config, { state, now, onLog });
  const forwardNews = watchForwarder(forwarder, post);
  const leftOut = watchLeftOut(formats, { post, onLog });
  const expiry = setInterval(() => void removeExpired(table, orders.stop).catch(fail), EXPIRY_MS);
  try {
    const rows = config.limits.maxRowsPerStep;
    const counts = await runJob({
      table,
      journal,
      sources,
      wake,
      once,
      between: () => retractions.look(),
      receipts: new ReceiptOrder(newestReceipt(state)),
      rules: config.rules,
      reference,
      lookout,
      limits: {
        rows,
        capacity: config.store.kind === 'embedded' ? Math.max(rows, Math.min(rows * OUT_OF_ORDER_FACTOR, MOST_ROWS)) : rows,
        maxRate: config.limits.maxRate,
      },
      batchInterval: config.batchInterval,
      now,
      signal: orders.stop,
      listener,
      keepers: [pumps, ...keepers, hourlyFiles, forwarder].filter((keeper) => keeper !== undefined),
      lateness: pumps,
      repeatedHour: new RepeatedHour(new SiteClock(config.site.timezone), onLog),
    });
    if (once) await Promise.all([hourlyFiles?.settle(), forwarder?.settle()]); // the next run may be as short
    return counts;
  } finally {
    clearInterval(expiry);
    news.stop();
    leftOut.stop();
    await forwarder?.close();
    forwardNews.stop();
    await hourlyFiles?.close();
    for (const pull of pulls) await pull.close();
    await lookout?.close();
    await journal.close();
  }
}

/** What an interrupted step raised, nobody has been told of yet. */
function tellRecovered({ raised, withdrawn }: Recovered, reference: Reference): void {
  if (raised.length > 0 && data.alerts.every) post({ kind: 'alerts', alerts: raised.map((alert) => enrich(alert, reference)) });
  else if (raised.length > 0)
    onLog({
      level: 'warn',
      message: `the step that was interrupted raised ${counted(raised.length, 'alert')}: wellwatch alerts lists them`,
    });
  if (withdrawn.length > 0) post({ kind: 'withdrawn', alerts: withdrawn });
}

/** Removes what has expired, in short transactions between the steps. */
async function removeExpired(table: Table, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted && (await table.expire())) await pause();
  } catch (error) {
    if (!isAway(error) || !signal.aborted) throw error;
  }
}

/** Whether a call failed because a store on the network does not answer; an embedded one is broken then. */
function isAway(error: unknown): boolean {
  return data.config.store.kind === 'hbase' && isStoreUnavailable(error);
}

/** Tells the main thread when the store goes away and when it is back. */
function tellWhetherAway(table: OpenTable): () => void {
  let told: StoreAway | undefined;
  return () => {
    const away = table.away?.();
    if (away?.since === told?.since && away?.reason === told?.reason) return;
    told = away;
    post({ kind: 'store', away });
  };
}

function fail(error: unknown): void {
  const code = error instanceof AppError ? error.code : 'WORKER_DIED';
  const message = error instanceof AppError ? error.message : `the streaming job failed: ${messageOf(error)}`;
  post({ kind: 'failed', code, message, stack: error instanceof AppError || !(error instanceof Error) ? undefined : error.stack });
}

// The table is closed by then: nothing of lmdb is under way when the thread ends. It ends when it hears `halt`, and not by
// itself: a timer or a watch that a library has left behind would hold it up, and so the end of the process.
main().then((counts) => post({ kind: 'ended', counts }), fail);
