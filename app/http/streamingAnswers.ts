import type { Rule } from '../../domain/alarm/rule.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import { RECEIVER_NAMES, type ReceiverName, totalOf } from '../../domain/receivers.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { Config } from '../config/types.ts';
import type { JobStatus } from '../run/statusFile.ts';
import type { StoreAway } from '../../storage/table/remote.ts';
import type { WindowStatus } from '../run/windowStatus.ts';
import { alertRunAnswer, finite } from './answers.ts';
import type { UnstoredAnswer } from './schemas/alerts.ts';
import type { BatchDetail, BatchItem, ReceiverItem, Statistics, Windows } from './schemas/streaming.ts';

/** A batch, as the API has it. */
export function batchItem({ time, rows, counts, steps, schedulingDelay, processingTime, totalDelay, error }: JobBatch): BatchItem {
  const { stored, replaced, duplicate, replayed, rejected, alerts } = counts;
  return {
    batchId: time,
    batchTime: new Date(time).toISOString(),
    status: error === null ? 'COMPLETED' : 'FAILED',
    inputSize: totalOf(rows),
    rows,
    outcome: { stored, replaced, duplicate, replayed, rejected, alerts },
    schedulingDelay, processingTime, totalDelay,
    numSteps: steps,
  };
}

/** A batch, and what its steps did. */
export function batchDetail(batch: JobBatch): BatchDetail {
  return {
    ...batchItem(batch),
    operations: batch.outputs.map(({ name, rows, times, ms }) => ({ name, duration: ms, times, rows })),
    failureReason: batch.error,
  };
}

/** A receiver; `rows` is how many it has brought since the job's start. */
export function receiverItem(name: ReceiverName, status: ReceiverStatus, rows: number): ReceiverItem {
  return { name, state: status.state, detail: placeOf(status), lastMessageAt: status.lastMessageAt, lastError: status.lastError, rows, lag: status.lag ?? null };
}

/** All receivers that there are. */
export function receiverItems({ receivers, totals }: JobStatus): ReceiverItem[] {
  return RECEIVER_NAMES.flatMap((name) => {
    const status = receivers[name];
    return status ? [receiverItem(name, status, totals.rows[name] ?? 0)] : [];
  });
}

/** The last window, or none yet. */
export function windowsAnswer(window: WindowStatus | null, settings: Config['window']): Windows {
  if (!window) return { to: null, ...settings, pumpDays: 0, rows: [] };
  return {
    ...window,
    rows: window.rows.map(({ last, ...row }) => ({
      ...row,
      min: finite(row.min),
      max: finite(row.max),
      mean: finite(row.mean),
      last: { at: last.at, psi: finite(last.psi) },
    })),
  };
}

/** The job so far; `batches` are those that are remembered, the newest last. */
export function statisticsAnswer(status: JobStatus, batches: readonly JobBatch[], { site, batchInterval }: Config): Statistics {
  const { totals, averages, receivers, store, journal } = status;
  const rows = totalOf(totals.rows);
  return {
    site: site.name,
    timezone: site.timezone,
    startTime: status.startedAt,
    state: status.state,
    recovered: status.recovered,
    batchInterval,
    numActiveReceivers: RECEIVER_NAMES.filter((name) => isUp(receivers[name])).length,
    numTotalCompletedBatches: totals.batches - totals.failed,
    numFailedBatches: totals.failed,
    numProcessedRecords: rows,
    numReceivedRecords: rows,
    avgInputRate: inputRate(batches, batchInterval),
    avgSchedulingDelay: averages.schedulingDelay,
    avgProcessingTime: averages.processingTime,
    avgTotalDelay: averages.totalDelay,
    store: { kind: store.kind, away: awayOf(store) },
    journal,
    forward: status.forward,
  };
}

/** Whether rows can come from a receiver. */
export function isUp(receiver: ReceiverStatus | undefined): boolean {
  return receiver?.state === 'running' || receiver?.state === 'connected';
}

/** Since when the store of a status is away. */
export function awayOf(store: JobStatus['store']): Statistics['store']['away'] {
  return store.state === 'away' ? { since: store.since, reason: store.reason } : null;
}

/** Since when the store is away. */
export function awayAnswer(away: StoreAway | undefined): Statistics['store']['away'] {
  return away ? { since: new Date(away.since).toISOString(), reason: away.reason } : null;
}

/** What was told and is not stored yet, joined. */
export function unstoredAnswer({ unstored, store }: JobStatus, rules: readonly Rule[], reference: Reference): UnstoredAnswer {
  const priorities = new Map(rules.map(({ id, priority }) => [id, priority]));
  return {
    items: unstored.runs.map((run) => {
      const { active: _, ...answer } = alertRunAnswer({ ...run, priority: priorities.get(run.rule) ?? null }, reference);
      return { ...answer, stored: false };
    }),
    total: unstored.total,
    note: unstored.total === 0 ? null : whyUnstored(store),
  };
}

function whyUnstored(store: JobStatus['store']): string {
  return store.state === 'away' ? `not stored yet: the store is away since ${store.since}` : 'not stored yet: the store takes its time';
}

/** The inbox's folder, or the broker's URL, which has no credentials: the configuration refuses them there. */
function placeOf(status: ReceiverStatus): string | null {
  if ('path' in status && typeof status.path === 'string') return status.path;
  return 'url' in status && typeof status.url === 'string' ? status.url : null;
}

/** Rows a second from the first interval to the last; intervals without a row have no batch. */
function inputRate(batches: readonly JobBatch[], batchInterval: number): number | null {
  const [oldest, newest] = [batches.at(0), batches.at(-1)];
  if (!oldest || !newest) return null;
  const rows = batches.reduce((sum, batch) => sum + totalOf(batch.rows), 0);
  return (rows * 1000) / (newest.time - oldest.time + batchInterval);
}
