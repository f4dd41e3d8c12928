import type { Alert } from '../../../domain/alarm/alert.ts';
import { totalOf } from '../../../domain/receivers.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';
import type { Logger } from '../../run/log.ts';
import type { SiteListener } from '../../run/siteListener.ts';
import { alertHead, alertLine } from '../jsonLines.ts';
import type { RunMode } from '../runMode.ts';
import type { LiveView } from './liveView.ts';
import { batchLines } from './printedBatch.ts';

/** Writes what happens on a site as the mode says, and tells the log of batches. `view` is there in the mode `live` only. */
export function runOutput(mode: RunMode, view: LiveView | undefined, log: Logger): SiteListener {
  return { ...writer(mode, view), onBatchCompleted: (batch) => logBatch(batch, log) };
}

function writer(mode: RunMode, view: LiveView | undefined): SiteListener {
  if (view)
    return {
      onRuns: (runs) => view.show(runs),
      onWithdrawn: (alerts) => view.withdraw(alerts),
      onWindow: (window) => view.showWindow(window),
    };
  if (mode === 'alertLines')
    return {
      onAlerts: (alerts) => alerts.forEach((alert) => line(alertLine(alert))),
      onWithdrawn: (alerts) => alerts.forEach((alert) => line(withdrawalLine(alert))),
    };
  return mode === 'batches' ? { onSample: (time, sample) => batchLines(time, sample).forEach(line) } : {};
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** An alert that holds no longer. */
function withdrawalLine(alert: Alert): string {
  return `${alertHead(alert)},"withdrawn":true}`;
}

function logBatch(batch: JobBatch, log: Logger): void {
  const { steps, schedulingDelay, processingTime, counts: { rejected } } = batch;
  const rows = totalOf(batch.rows);
  const delays = `scheduling delay ${schedulingDelay} ms, processing time ${processingTime} ms`;
  log.debug({ batch }, `${rows} rows in ${steps} step${steps === 1 ? '' : 's'}; ${delays}`);
  if (rejected > 0)
    log.warn({ rows, rejected }, `${rejected} of ${rows} rows could not be taken: wellwatch rejects lists them with the reason`);
}
