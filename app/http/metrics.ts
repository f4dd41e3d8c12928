import { Counter, Gauge, Histogram, type OpenMetricsContentType, type PrometheusContentType, Registry } from 'prom-client';
import { RECEIVER_NAMES } from '../../domain/receivers.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { StoredState } from '../../storage/table/state.ts';
import { addDiskMetrics } from './diskMetrics.ts';
import { addNotifyMetrics, type AlarmCount } from './notifyMetrics.ts';
import { packageVersion } from '../config/packageRoot.ts';
import type { EventStream } from './eventStream.ts';
import type { LiveState } from './liveState.ts';
import { isUp } from './streamingAnswers.ts';

export interface MetricsOptions {
  readonly live: LiveState;
  readonly stream: EventStream;
  readonly table: Pick<StoredState, 'counts'>;
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
    'wellwatch_scheduling_delay_seconds',
    'How long the rows of a batch waited for their step, at most',
    DELAYS,
  );
  readonly #processingTime = histogram('wellwatch_processing_time_seconds', 'Time that a batch spent in its steps', DELAYS);
  readonly #totalDelay = histogram(
    'wellwatch_total_delay_seconds',
    'From when rows of a batch could be taken to when they were in the table, at most',
    DELAYS,
  );
  readonly #writes = histogram('wellwatch_store_write_seconds', 'One write to the table; the mean within a batch', WRITES);
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
  observe({ schedulingDelay, processingTime, totalDelay, outputs }: JobBatch): void {
    this.#schedulingDelay.observe(schedulingDelay / 1000);
    this.#processingTime.observe(processingTime / 1000);
    this.#totalDelay.observe(totalDelay / 1000);
    const writes = outputs.find(({ name }) => name === 'table');
    for (let i = 0; writes && i < writes.times; i++) this.#writes.observe(writes.ms / writes.times / 1000);
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
    await this.#addCounts(registry);
    this.#addState(registry);
    addNotifyMetrics([registry as Registry], { alarms: await this.#options.alarms(), notify: this.#options.live.status.notify, now: this.#options.now() });
    return registry.metrics();
  }

  /** Made anew for each scrape: prom-client renames a counter when it writes OpenMetrics. */
  async #addCounts(registry: Registry<Format>): Promise<void> {
    const registers = [registry];
    const rows = new Counter({
      name: 'wellwatch_rows_total',
      help: 'Rows by what became of them, since the table was made',
      labelNames: ['receiver', 'outcome'] as const,
      registers,
    });
    const alerts = new Counter({
      name: 'wellwatch_alerts_total',
      help: 'Alerts stored since the table was made',
      labelNames: ['receiver'] as const,
      registers,
    });
    const replaced = new Counter({
      name: 'wellwatch_replaced_rows_total',
      help: 'Stored rows that came to another reading of the same pump and time, since the table was made; part of the stored ones',
      labelNames: ['receiver'] as const,
      registers,
    });
    const retracted = new Counter({
      name: 'wellwatch_retracted_rows_total',
      help: 'Stored rows that somebody took back, since the table was made; part of the stored ones',
      labelNames: ['receiver'] as const,
      registers,
    });
    const replayed = new Counter({
      name: 'wellwatch_replayed_rows_total',
      help: 'Mended rows that took the place of a reject, since the table was made; part of the stored and duplicate ones',
      labelNames: ['receiver'] as const,
      registers,
    });
    const counts = await this.#options.table.counts();
    for (const [receiver, count] of Object.entries(counts)) {
      for (const outcome of ['stored', 'duplicate', 'rejected'] as const) rows.inc({ receiver, outcome }, count[outcome]);
      alerts.inc({ receiver }, count.alerts);
      replaced.inc({ receiver }, count.replaced);
      retracted.inc({ receiver }, count.retracted);
      replayed.inc({ receiver }, count.replayed);
    }
    const { totals } = this.#options.live.status;
    const batches = new Counter({
      name: 'wellwatch_batches_total',
      help: 'Batches since the job’s start',
      labelNames: ['result'] as const,
      registers,
    });
    batches.inc({ result: 'completed' }, totals.batches - totals.failed);
    batches.inc({ result: 'failed' }, totals.failed);
    new Counter({
      name: 'wellwatch_late_rows_total',
      help: 'Stored rows behind their pump’s watermark, since the job’s start; part of the stored ones',
      registers,
    }).inc(totals.late);
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
    gauge('process_resident_memory_bytes', 'Memory of the whole process', process.memoryUsage.rss());
    const { status } = live;
    gauge('wellwatch_journal_bytes', 'Size of the journal on disk', status.journal.bytes);
    gauge('wellwatch_journal_full', 'Whether the journal has reached its limit: nothing more is acknowledged', Number(status.journal.full));
    gauge(
      'wellwatch_lag_seconds',
      'How long the rows that were taken last had waited, or for how long the store has been away',
      this.#lag(),
    );
    gauge('wellwatch_store_up', 'Whether the store answers', Number(status.store.state === 'up'));
    if (status.disk) addDiskMetrics([registry as Registry], status.disk);
    const receivers = new Gauge({
      name: 'wellwatch_receiver_up',
      help: 'Whether rows can come from a receiver',
      labelNames: ['receiver'] as const,
      registers,
    });
    for (const receiver of RECEIVER_NAMES) {
      const its = status.receivers[receiver];
      if (its) receivers.set({ receiver }, Number(isUp(its)));
    }
  }

  /** Seconds. */
  #lag(): number {
    const { live, batchInterval, now } = this.#options;
    const store = live.status.store;
    if (store.state === 'away') return Math.max(0, now() - Date.parse(store.since)) / 1000;
    const last = live.history.last(1).at(0);
    // Without a batch in the last intervals nothing has come.
    return last && now() - last.time < 3 * batchInterval + last.processingTime ? last.schedulingDelay / 1000 : 0;
  }
}

/** One that outlives a scrape. */
function histogram(name: string, help: string, buckets: number[]): Histogram {
  return new Histogram({ name, help, buckets, registers: [] });
}
