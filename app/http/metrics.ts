import { Counter, Gauge, Histogram, type OpenMetricsContentType, type PrometheusContentType, Registry } from 'prom-client';
import { RECEIVER_NAMES } from '../../domain/receivers.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import { addDiskMetrics } from './diskMetrics.ts';
import { addNotifyMetrics, type AlarmCount } from './notifyMetrics.ts';
import { packageVersion } from '../config/packageRoot.ts';
import type { EventStream } from './eventStream.ts';
import type { LiveState } from './liveState.ts';
import type { SiteFigures } from './siteFigures.ts';
import { addFleetMetrics, addSummaryMetrics, addTableMetrics } from './siteMetrics.ts';
import { isUp } from './streamingAnswers.ts';

export interface MetricsOptions {
  readonly live: LiveState;
  readonly stream: EventStream;
  /** Of the table and the daily batch. */
  readonly figures: () => Promise<SiteFigures>;
  /** Bytes; Infinity where there is no limit. */
  readonly journalLimit: number;
  /** How many files lie in failed/ of the inbox. */
  readonly failedFiles: () => number;
  /** How many alarms stand how; none while the store is away. */
  readonly alarms: () => Promise<readonly AlarmCount[]>;
  /** ms. */
  readonly batchInterval: number;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

export type Format = OpenMetricsContentType | PrometheusContentType;

/** The two formats, by media type; the usual one first. */
export const FORMATS: Readonly<Record<string, Format>> = {
  'text/plain': Registry.PROMETHEUS_CONTENT_TYPE,
  'application/openmetrics-text': Registry.OPENMETRICS_CONTENT_TYPE,
};

/** Seconds. */
const DELAYS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const WRITES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What Prometheus scrapes. No label takes a value from outside, such as a pump's id. */
export class Metrics {
  readonly #options: MetricsOptions;
  readonly #schedulingDelay = histogram(
    'wellwatch_batch_scheduling_delay_seconds',
    'How long the rows of a batch waited for their step, at most',
    DELAYS,
  );
  readonly #processingTime = histogram('wellwatch_batch_processing_time_seconds', 'Time that a batch spent in its steps', DELAYS);
  readonly #totalDelay = histogram(
    'wellwatch_batch_total_delay_seconds',
    'From when rows of a batch could be taken to when they were in the table, at most',
    DELAYS,
  );
  readonly #writes = histogram('wellwatch_store_write_duration_seconds', 'One write to the table', WRITES);
  readonly #requests = new Histogram({
    name: 'wellwatch_http_request_duration_seconds',
    help: 'Requests answered, without the live stream',
    buckets: WRITES,
    labelNames: ['route', 'status'] as const,
    registers: [],
  });

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  /** A batch is over. */
  observe({ schedulingDelay, processingTime, totalDelay, writes = [] }: JobBatch): void {
    this.#schedulingDelay.observe(schedulingDelay / 1000);
    this.#processingTime.observe(processingTime / 1000);
    this.#totalDelay.observe(totalDelay / 1000);
    for (const ms of writes) this.#writes.observe(ms / 1000);
  }

  /** A request was answered. `route` is the route's pattern, not the path. */
  answered({ route, status, ms }: { readonly route: string; readonly status: number; readonly ms: number }): void {
    this.#requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, ms / 1000);
  }

  /** All of it in one of the two formats. Throws what the table throws. */
  async text(format: Format): Promise<string> {
    const registry: Registry<Format> = new Registry<Format>();
    registry.setContentType(format);
    for (const each of [this.#schedulingDelay, this.#processingTime, this.#totalDelay, this.#writes, this.#requests])
      registry.registerMetric(each);
    const figures = await this.#options.figures();
    addTableMetrics([registry as Registry], figures);
    addFleetMetrics([registry as Registry], figures);
    addSummaryMetrics([registry as Registry], figures);
    this.#addBatches(registry);
    this.#addProcess(registry);
    this.#addState(registry);
    addNotifyMetrics([registry as Registry], { alarms: await this.#options.alarms(), notify: this.#options.live.status.notify, now: this.#options.now() });
    return registry.metrics();
  }

  /** Made anew for each scrape: prom-client renames a counter when it writes OpenMetrics. */
  #addBatches(registry: Registry<Format>): void {
    const { totals } = this.#options.live.status;
    const batches = new Counter({
      name: 'wellwatch_batches_total',
      help: 'Batches since the process began',
      labelNames: ['result'] as const,
      registers: [registry],
    });
    batches.inc({ result: 'completed' }, totals.batches - totals.failed);
    batches.inc({ result: 'failed' }, totals.failed);
  }

  /** The process as a whole; of its event loops the one that acknowledges. */
  #addProcess(registry: Registry<Format>): void {
    const registers = [registry];
    const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
    gauge('process_resident_memory_bytes', 'Memory of the whole process', process.memoryUsage.rss());
    gauge('process_start_time_seconds', 'When the process began', Math.round(this.#options.now() / 1000 - process.uptime()));
    const { user, system } = process.cpuUsage();
    new Counter({ name: 'process_cpu_seconds_total', help: 'Processor time of all threads', registers }).inc((user + system) / 1e6);
    const delay = this.#options.live.loopDelay;
    if (!delay) return;
    const loop = new Gauge({
      name: 'wellwatch_main_loop_delay_seconds',
      help: 'How late the main thread, which acknowledges messages, came to its work within the last minute or two',
      labelNames: ['percentile'] as const, registers,
    });
    loop.set({ percentile: '50' }, delay.p50 / 1000);
    loop.set({ percentile: '99' }, delay.p99 / 1000);
    loop.set({ percentile: '100' }, delay.max / 1000);
  }

  #addState(registry: Registry<Format>): void {
    const registers = [registry];
    const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
    const { live, stream } = this.#options;
    new Gauge({ name: 'wellwatch_build_info', help: 'The version that runs', labelNames: ['version'] as const, registers }).set(
      { version: packageVersion() },
      1,
    );
    gauge('wellwatch_sse_clients', 'Who reads the live stream', stream.readers);
    gauge(
      'wellwatch_failed_files',
      'Files that could not be read, or not to their end: they lie in failed/ of the inbox',
      this.#options.failedFiles(),
    );
    const { status } = live;
    gauge('wellwatch_journal_bytes', 'Size of the journal on disk', status.journal.bytes);
    gauge('wellwatch_journal_full', 'Whether the journal has reached its limit: nothing more is acknowledged', Number(status.journal.full));
    if (Number.isFinite(this.#options.journalLimit))
      gauge('wellwatch_journal_limit_bytes', 'How large the journal may become: limits.journal', this.#options.journalLimit);
    const lag = this.#lag();
    if (lag !== null)
      gauge(
        'wellwatch_lag_seconds',
        'How long the rows that were taken last had waited, or for how long the store has been away; not there while nothing comes',
        lag,
      );
    gauge('wellwatch_store_up', 'Whether the store answers', Number(status.store.state === 'up'));
    if (status.forward) {
      gauge('wellwatch_forward_up', 'Whether stored rows can go to Kafka', Number(status.forward.state === 'connected'));
      gauge('wellwatch_forward_waiting_rows', 'Stored rows that Kafka has not acknowledged yet', status.forward.waiting);
    }
    if (status.disk) addDiskMetrics([registry as Registry], status.disk);
    const receivers = new Gauge({
      name: 'wellwatch_receiver_up',
      help: 'Whether rows can come from a receiver',
      labelNames: ['receiver'] as const,
      registers,
    });
    const lastRows = new Gauge({
      name: 'wellwatch_receiver_last_row_timestamp_seconds',
      help: 'When rows last came from a receiver, since the process began; not there before the first',
      labelNames: ['receiver'] as const,
      registers,
    });
    const toRead = new Gauge({
      name: 'wellwatch_receiver_lag_records',
      help: 'Records that the topic has and the table lacks',
      labelNames: ['receiver'] as const,
      registers,
    });
    for (const receiver of RECEIVER_NAMES) {
      const its = status.receivers[receiver];
      if (!its) continue;
      receivers.set({ receiver }, Number(isUp(its)));
      if (its.lastMessageAt !== null) lastRows.set({ receiver }, Date.parse(its.lastMessageAt) / 1000);
      if (typeof its.lag === 'number') toRead.set({ receiver }, its.lag);
    }
  }

  /** Seconds; null while nothing comes, so that silence never looks like speed. */
  #lag(): number | null {
    const { live, batchInterval, now } = this.#options;
    const store = live.status.store;
    if (store.state === 'away') return Math.max(0, now() - Date.parse(store.since)) / 1000;
    const last = live.history.last(1).at(0);
    // Without a batch in the last intervals nothing has come.
    return last && now() - last.time < 3 * batchInterval + last.processingTime ? last.schedulingDelay / 1000 : null;
  }
}

/** One that outlives a scrape. */
function histogram(name: string, help: string, buckets: number[]): Histogram {
  return new Histogram({ name, help, buckets, registers: [] });
}
