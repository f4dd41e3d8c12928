import type { Counts } from '../../../domain/balance.ts';
import { AppError, isStoreUnavailable } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { receiptsOf } from '../../../domain/reading/receipt.ts';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { SiteClock } from '../../../domain/reading/siteClock.ts';
import type { Reference } from '../../../domain/pump/reference.ts';
import { type JobListener, runJob } from '../../../ingest/job/job.ts';
import { ReceiptOrder } from '../../../ingest/job/receiptOrder.ts';
import { RepeatedHour } from '../../../ingest/job/repeatedHour.ts';
import { Wake } from '../../../ingest/job/wake.ts';
import { PumpState } from '../../../ingest/pumpState/pumpState.ts';
import type { WindowReport } from '../../../ingest/pumpState/windowReport.ts';
import type { Formats } from '../../../ingest/receivers/formats.ts';
import type { KafkaAccess } from '../../../ingest/receivers/kafka/access.ts';
import { KafkaReceiver, type KafkaStatus } from '../../../ingest/receivers/kafka/receiver.ts';
import { NO_JOURNAL } from '../../../ingest/receivers/noJournal.ts';
import { PartitionTable } from '../../../storage/hbase/shared/partitionTable.ts';
import type { SharedTableOptions } from '../../../storage/hbase/shared/sharedOptions.ts';
import { newestReceipt } from '../../../storage/table/state.ts';
import type { Config, KafkaReceiverConfig } from '../../config/types.ts';

export interface PartitionJobOptions {
  readonly config: Config;
  readonly kafka: KafkaReceiverConfig;
  readonly access: KafkaAccess;
  readonly partition: number;
  /** How many the topic has. */
  readonly partitions: number;
  readonly worker: string;
  readonly store: Omit<SharedTableOptions, 'signal'>;
  readonly once: boolean;
  readonly formats: Formats;
  readonly reference: () => Reference;
  readonly listener: JobListener;
  /** Rows a second that this job may take now. */
  readonly maxRate: () => number;
  readonly now: () => number;
  readonly onWindow: (window: WindowReport) => void;
  readonly tell: (offsets: ReadonlyMap<number, number>) => Promise<void>;
  readonly onLog: (event: LogEvent) => void;
}

/** Why a job of a partition has ended: all is taken, it was told to, or another worker has the partition. */
export type PartitionEnd = 'done' | 'stopped' | 'fenced';

/** So long a worker that has the partition may end its step before it is taken away. */
const GRACE_MS = 2000;
/** So long `run --once` waits for a cluster that is away. */
const ONCE_PATIENCE_MS = 60_000;

/** The streaming job of one partition: it takes the partition over, and goes on where its ledger says. */
export class PartitionJob {
  readonly #options: PartitionJobOptions;
  readonly #stop = new AbortController();
  readonly #table: PartitionTable;
  readonly #wake = new Wake();
  #receiver: KafkaReceiver | undefined;
  #counts: Counts | undefined;

  constructor(options: PartitionJobOptions) {
    this.#options = options;
    const { kafka: { group, topic }, partition, partitions, worker, store } = options;
    this.#table = new PartitionTable({ ...store, name: { group, topic, partition }, partitions, worker, graceMs: GRACE_MS, signal: this.#stop.signal });
  }

  /** How it is; undefined until the partition is taken over. */
  status(): KafkaStatus | undefined {
    return this.#receiver?.status();
  }

  /** What it has counted, once it is at its end. */
  get counts(): Counts | undefined {
    return this.#counts;
  }

  away() {
    return this.#table.away();
  }

  /** Takes nothing more; the step that is under way is ended. */
  stop(): void {
    this.#stop.abort();
    void this.#receiver?.close();
    this.#wake.call();
  }

  /** Runs until it is told to stop, another worker has the partition, or with `once` until all is taken. Throws what the job throws. */
  async run(): Promise<PartitionEnd> {
    try {
      await this.#table.recover();
      await this.#work();
      await this.#table.release();
      return this.#stop.signal.aborted ? 'stopped' : 'done';
    } catch (error) {
      if (error instanceof AppError && error.code === 'FENCED') return 'fenced';
      if (isStoreUnavailable(error) && this.#stop.signal.aborted) return 'stopped';
      throw error;
    } finally {
      await this.#receiver?.close();
      await this.#table.close();
    }
  }

  async #work(): Promise<void> {
    const { config, once, listener, reference, now, onLog, onWindow, maxRate } = this.#options;
    const state = await this.#table.state();
    const again = this.#table.interrupted;
    const receiver = this.#openReceiver(state, again);
    this.#receiver = receiver;
    const pumps = await PumpState.open(state, now(), {
      table: this.#table, onLog, onWindow, window: config.window, latenessMs: config.limits.latenessMs,
    });
    const rows = config.limits.maxRowsPerStep;
    receiver.start();
    this.#counts = await runJob({
      table: this.#table, journal: NO_JOURNAL, sources: [receiver], wake: this.#wake, once,
      receipts: new ReceiptOrder(newestReceipt(state)),
      rules: config.rules, reference, batchInterval: config.batchInterval, now, signal: this.#stop.signal, listener,
      limits: { rows, capacity: Math.max(rows, again?.size ?? 0), get maxRate() { return maxRate(); } },
      keepers: [pumps], lateness: pumps,
      repeatedHour: new RepeatedHour(new SiteClock(config.site.timezone), onLog),
    });
  }

  #openReceiver(state: Awaited<ReturnType<PartitionTable['state']>>, again: PartitionTable['interrupted']): KafkaReceiver {
    const { config, kafka: { topic, group, format }, access, partition, formats, once, tell, now, onLog } = this.#options;
    return new KafkaReceiver({
      access, topic, group, partition, tell, state, again, now, onLog,
      decoder: formats.named(format), clock: new ReceiptClock(ReceiptClock.shared(), Date.now), receivedAt: 'record',
      receiptAt: receiptsOf(config.site.timezone, config.limits.futureMs),
      patienceMs: once ? ONCE_PATIENCE_MS : Infinity, onNews: () => this.#wake.call(),
    });
  }
}
