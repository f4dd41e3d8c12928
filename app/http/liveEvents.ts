import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../../domain/alarm/alert.ts';
import { pumpDetails } from '../../domain/pump/reference.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { Enriched } from '../../domain/alarm/enriched.ts';
import type { AlertRun } from '../../domain/alarm/alertRun.ts';
import type { Config } from '../config/types.ts';
import type { JobStatus } from '../run/statusFile.ts';
import { finite, lastOf } from './answers.ts';
import type { ToHttp } from './messages.ts';
import type { LiveEvent } from './schemas/live.ts';
import { awayAnswer, awayOf, batchItem, receiverItem, windowsAnswer } from './streamingAnswers.ts';

/** A step may raise alerts of thousands of pumps: an event stays small enough to be handed to a reader in one piece. */
const RUNS_AN_EVENT = 50;
const WITHDRAWN_AN_EVENT = 500;

/** The events of the live stream that a message makes, none for what is no news. `status` is that of the job so far. */
export function liveEvents(message: ToHttp, status: JobStatus, { window }: Pick<Config, 'window'>): LiveEvent[] {
  switch (message.kind) {
    case 'status':
      return statusEvents(message.status, status);
    case 'batch':
      return [{ event: 'batch', data: batchItem(message.batch) }];
    case 'runs':
      return inPieces(message.runs, RUNS_AN_EVENT).map(alertsEvent);
    case 'withdrawn':
      return inPieces(message.alerts, WITHDRAWN_AN_EVENT).map(withdrawnEvent);
    case 'window':
      return [{ event: 'window', data: windowsAnswer(message.window, window) }];
    case 'receiver':
      return [{ event: 'receiver', data: receiverItem(message.name, message.status, status.totals.rows[message.name]) }];
    case 'store':
      return [{ event: 'store', data: { away: awayAnswer(message.away) } }];
  }
}

function statusEvents(now: JobStatus, before: JobStatus): LiveEvent[] {
  return [
    // Whoever asked before could not be told whether all is well.
    ...(now.recovered && !before.recovered ? [{ event: 'store', data: { away: awayOf(now.store) } } as const] : []),
    ...(isDeepStrictEqual(now.unstored, before.unstored) ? [] : [{ event: 'unstored', data: { total: now.unstored.total } } as const]),
  ];
}

function alertsEvent(runs: readonly Enriched<AlertRun>[]): LiveEvent {
  return {
    event: 'alerts',
    data: {
      runs: runs.map((run) => ({
        pump: run.pump,
        rule: run.rule,
        measure: run.measure,
        comparison: run.comparison,
        threshold: run.threshold,
        from: formatTime(run.from),
        to: formatTime(run.to),
        count: run.count,
        worst: finite(run.worst),
        value: finite(run.lastValue),
        known: run.known,
        vendor: run.vendor && pumpDetails(run.vendor),
        lastMaintenance: lastOf(run.maintenance),
      })),
    },
  };
}

function withdrawnEvent(alerts: readonly Alert[]): LiveEvent {
  return { event: 'withdrawn', data: { alerts: alerts.map(({ pump, time, rule }) => ({ pump, at: formatTime(time), rule })) } };
}

function inPieces<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
