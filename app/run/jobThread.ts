import { mkdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { watch } from 'chokidar';
import type { Counts } from '../../domain/balance.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { ReceiptClock } from '../../domain/receiptClock.ts';
import { DirectoryReceiver } from '../../ingest/directory/receiver.ts';
import { runJob } from '../../ingest/job.ts';
import { journalPosition, JournalSource } from '../../ingest/journalSource.ts';
import { ReferenceWatcher } from '../../ingest/reference/watchReference.ts';
import type { JobEvent } from '../../ingest/source.ts';
import { Wake } from '../../ingest/wake.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Json, Table } from '../../storage/table.ts';
import type { FromJob, JobThreadData, ToJob } from './jobMessages.ts';

/*
 * The streaming job's own thread: it reads journal and files, parses, finds alerts and writes the
 * table, so that nothing of this holds the main thread, which answers brokers and people.
 */
const port = parentPort!;
const data = workerData as JobThreadData;
const post = (message: FromJob) => port.postMessage(message);

/** How much larger than `maxRowsPerStep` a step of late rows may get. */
const LATE_FACTOR = 8;
const MOST_ROWS = 524_288;
const BEHIND_OTHERS = 10;
const EXPIRY_MS = 60_000;
const ALERTS_A_MESSAGE = 200;

/** The system's time at start and what has passed since: setting the clock back must not make anybody wait. */
const now = () => Math.floor(performance.timeOrigin + performance.now());

async function main(): Promise<Counts> {
  const { config } = data;
  // On Linux this is the thread's own priority: when processors are short, acknowledgements and people come before the table.
  setPriority(0, BEHIND_OTHERS);
  const clock = new ReceiptClock(data.clock, Date.now);
  const dir = join(config.dataDir, 'table');
  mkdirSync(dir, { recursive: true });
  const table = await openEmbeddedTable({ dir, mode: 'writer', ttl: config.store.ttl, now: Date.now });
  try {
    return await work(table, await table.state(), clock);
  } finally {
    await table.close();
  }
}

async function work(table: Table, state: ReadonlyMap<string, Json>, clock: ReceiptClock): Promise<Counts> {
  const { config, once } = data;
  const onEvent = (event: JobEvent) => post({ kind: 'event', event });
  const reference = new ReferenceWatcher({ ...config.reference, table, onEvent });
  await reference.start();
  const directory = config.receivers.directory
    ? new DirectoryReceiver({ ...config.receivers.directory, clock, now, state, onEvent })
    : undefined;
  const journal = new JournalSource({ dir: join(config.dataDir, 'journal'), state, onTaken: (position) => post({ kind: 'taken', position }) });
  const wake = new Wake();
  const stop = new AbortController();
  directory?.start();

  const started = new Promise<void>((resolve) => {
    port.on('message', (message: ToJob) => {
      if (message.kind === 'halt') process.exit(); // ends this thread; a message is never heard within a transaction
      else if (message.kind === 'stop') stop.abort();
      else journal.durable = message.kind === 'start' ? message.durable : message.position;
      if (message.kind === 'start') resolve();
      wake.call();
    });
  });
  post({ kind: 'ready', journal: journalPosition(state) });
  await started;

  const events = directory && !once && config.receivers.directory
    ? watch(config.receivers.directory.path, { depth: 0, ignoreInitial: true }).on('all', () => {
        directory.hint();
        wake.call();
      })
    : undefined;
  const expiry = setInterval(() => void removeExpired(table, stop.signal).catch(fail), EXPIRY_MS);
  try {
    const rows = config.limits.maxRowsPerStep;
    return await runJob({
      table, journal, directory, wake, once,
      rules: config.rules,
      reference: () => reference.current,
      limits: { rows, capacity: Math.max(rows, Math.min(rows * LATE_FACTOR, MOST_ROWS)), maxRate: config.limits.maxRate },
      batchInterval: config.batchInterval,
      now,
      signal: stop.signal,
      listener: {
        detail: data.detail,
        onAlerts(alerts) {
          // In pieces: what the main thread does in one go stays short.
          for (let from = 0; from < alerts.length; from += ALERTS_A_MESSAGE) post({ kind: 'alerts', alerts: alerts.slice(from, from + ALERTS_A_MESSAGE) });
        },
        onRuns: (runs) => post({ kind: 'runs', runs }),
        onWithdrawn: (alerts) => post({ kind: 'withdrawn', alerts }),
        onBatch: (batch) => post({ kind: 'batch', batch, file: directory?.current }),
      },
    });
  } finally {
    clearInterval(expiry);
    await events?.close();
    await directory?.close();
    await journal.close();
    await reference.stop();
  }
}

/** Removes what has expired, in short transactions between the steps. */
async function removeExpired(table: Table, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await table.expire())) await pause();
}

function fail(error: unknown): void {
  const code = error instanceof AppError ? error.code : 'WORKER_DIED';
  const message = error instanceof AppError ? error.message : `the streaming job failed: ${messageOf(error)}`;
  post({ kind: 'failed', code, message, stack: error instanceof AppError || !(error instanceof Error) ? undefined : error.stack });
}

// The table is closed by then: nothing of lmdb is under way when the thread ends.
main()
  .then((counts) => post({ kind: 'ended', counts }), fail)
  .finally(() => port.close());
