import type { Enriched } from '../../../domain/alarm/enriched.ts';
import { loadConfig } from '../../../app/config/load.ts';
import type { SiteFigures } from '../../../app/http/siteFigures.ts';
import { EventStream, type EventStreamOptions } from '../../../app/http/eventStream.ts';
import { LiveState } from '../../../app/http/liveState.ts';
import { Metrics } from '../../../app/http/metrics.ts';
import { metricsRoutes } from '../../../app/http/routes/metrics.ts';
import type { LiveRoutes } from '../../../app/http/server.ts';
import { diskRoutes } from '../../../app/http/routes/disk.ts';
import { healthRoutes } from '../../../app/http/routes/health.ts';
import { streamRoutes } from '../../../app/http/routes/stream.ts';
import { streamingRoutes } from '../../../app/http/routes/streaming.ts';
import { unstoredRoutes } from '../../../app/http/routes/unstored.ts';
import { windowsRoutes } from '../../../app/http/routes/windows.ts';
import type { JobStatus } from '../../../app/run/statusFile.ts';
import { diskUseOf } from '../../../domain/disk/forecast.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import type { AlertRun } from '../../../domain/alarm/alertRun.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';

/** What a job says that has just begun. */
export const STATUS: JobStatus = {
  pid: 7,
  startedAt: '2026-11-21T10:00:00.000Z',
  at: '2026-11-21T10:00:01.000Z',
  state: 'running',
  recovered: true,
  store: { kind: 'embedded', state: 'up' },
  http: null,
  leftOut: [],
  forward: null,
  receivers: {
    directory: { state: 'running', lastMessageAt: null, lastError: null },
    mqtt: { state: 'reconnecting', lastMessageAt: '2026-11-21T10:00:00.500Z', lastError: 'the broker is gone' },
  },
  journal: { bytes: 4096, full: false },
  unstored: { runs: [], total: 0 },
  disk: null,
  window: null,
  totals: {
    batches: 3,
    failed: 1,
    steps: 9,
    rows: { directory: 40, mqtt: 2, kafka: 0 },
    counts: { stored: 41, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 1, alerts: 5 },
    late: 6,
    processingTime: 70,
    outputs: [],
  },
  averages: { batches: 3, schedulingDelay: 10, processingTime: 20, totalDelay: 30, write: 2 },
  batches: [], notify: null,
};

/** Four days of 1 GB each on a disk that has 9 GB left. */
export const DISK = diskUseOf(
  [20, 21, 22, 23].map((day, i) => ({
    date: `2026-11-${day}`, at: Date.UTC(2026, 10, day, 12),
    parts: { table: (i + 1) * 1e9, journal: 0, inbox: 500, parquet: 0, other: 0 }, used: (i + 1) * 1e9, total: 20e9,
  })),
  { free: 9e9, limit: Infinity },
);

/** By the clock of the metrics. */
export const NOW = Date.parse('2026-11-21T10:00:10Z');

const COUNTS = {
  directory: { stored: 300, replaced: 6, retracted: 2, duplicate: 20, replayed: 0, rejected: 1, alerts: 12 },
  mqtt: { stored: 70, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 3 },
};

/** What the table and the daily batch say. */
export const FIGURES: SiteFigures = {
  counts: COUNTS, pending: { directory: 0, mqtt: 9 }, late: 6, newestReceipt: NOW - 30_000, pendingDays: 4,
  summary: { at: NOW - 3_600_000, durationMs: 1500, pumpDays: 10, rows: 9580 },
  pumps: { reporting: 7, silent: 2, ahead: 0, unheard: 1, unknown: 3 },
};

/** A batch of one file step of four rows. */
export function batchAt(time: number, more: Partial<JobBatch> = {}): JobBatch {
  return {
    time, steps: 1, rows: { directory: 4, mqtt: 0, kafka: 0 }, counts: { stored: 3, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 1, alerts: 2 }, late: 0,
    schedulingDelay: 20, processingTime: 30, totalDelay: 50,
    outputs: [{ name: 'take', rows: 4, times: 1, ms: 10 }, { name: 'table', rows: 4, times: 2, ms: 20 }],
    writes: [15, 5],
    error: null,
    ...more,
  };
}

/** An occurrence of two readings of a pump, the last of which is the worst. */
export function runOf(pump: string): Enriched<AlertRun> {
  const from = Date.UTC(2014, 2, 14, 12);
  return {
    pump,
    rule: 'low-psi',
    measure: 'psi',
    comparison: 'below',
    threshold: 5,
    from,
    to: from + 60_000,
    count: 2,
    worst: 0,
    lastValue: 0,
    receivedAt: 0,
    known: false,
    vendor: null,
    maintenance: [],
  };
}

export interface LiveJobParts extends EventStreamOptions {
  readonly status?: Partial<JobStatus>;
  readonly batches?: readonly JobBatch[];
  readonly figures?: Partial<SiteFigures>;
  /** The clock by which a status grows old. */
  readonly now?: () => number;
}

/** What the HTTP thread has of a job, without the thread: `live` is to be given to the server. */
export function liveJob({ status = {}, batches = [], figures = {}, now = () => 0, ...options }: LiveJobParts = {}) {
  const config = loadConfig({ env: { WELLWATCH_SITE_NAME: 'Demo field' } });
  const state = new LiveState({ status: { ...STATUS, ...status }, batches }, now);
  const stream = new EventStream(options);
  const metrics = new Metrics({
    live: state,
    stream,
    figures: async () => ({ ...FIGURES, ...figures }),
    journalLimit: 10e9,
    failedFiles: () => 2,
    alarms: async () => [{ priority: 'high', state: 'active-unacknowledged', count: 3 }],
    batchInterval: config.batchInterval,
    now: () => NOW,
  });
  const live: LiveRoutes = {
    api(api) {
      streamingRoutes(api, { live: state, config });
      diskRoutes(api, { live: state });
      windowsRoutes(api, { live: state, config });
      unstoredRoutes(api, { live: state, config, reference: () => NO_REFERENCE });
      streamRoutes(api, stream);
    },
    metrics: (api) => metricsRoutes(api, metrics),
    health: (api) => healthRoutes(api, { live: state, config }),
  };
  return { state, stream, metrics, live };
}
