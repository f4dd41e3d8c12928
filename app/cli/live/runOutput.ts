import type { Alert } from '../../../domain/alarm/alert.ts';
import { totalOf } from '../../../domain/receivers.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';
import type { Logger } from '../../run/log.ts';
import type { SharedFlag } from '../../run/sharedFlag.ts';
import type { SiteListener } from '../../run/siteListener.ts';
import { alertHead, alertLine } from '../jsonLines.ts';
import type { RunMode } from '../runMode.ts';
import type { LiveView } from './liveView.ts';
import { Outlet } from './outlet.ts';
import { batchLines } from './printedBatch.ts';

export interface RunOutputOptions {
  /** There in the mode `live` only. */
  readonly view: LiveView | undefined;
  readonly log: Logger;
  /** Set here while alerts are not read. */
  readonly unread: SharedFlag;
}

/** Writes what happens on a site as the mode says, and tells the log of batches, and of lines that nobody read. */
export function runOutput(mode: RunMode, options: RunOutputOptions): SiteListener {
  const { log } = options;
  return { ...writer(mode, options), onBatchCompleted: (batch) => logBatch(batch, log) };
}

function writer(mode: RunMode, { view, log, unread }: RunOutputOptions): SiteListener {
  if (view)
    return {
      onRuns: (runs) => view.show(runs),
      onWithdrawn: (alerts) => view.withdraw(alerts),
      onWindow: (window) => view.showWindow(window),
    };
  if (mode === 'silent' || mode === 'supervised') return {};
  let lost = 0;
  const out: Outlet = new Outlet(process.stdout, {
    onRefused() {
      unread.set(out.closed);
      log.warn('standard output is not read, or its disk is full: lines are left out until that changes');
    },
    onAgain() {
      unread.set(false);
      log.warn(`${lost} lines were left out of standard output, which was not read: "wellwatch alerts" has all alerts`);
      lost = 0;
    },
  });
  const write = <T>(items: readonly T[], line: (item: T) => string) => {
    // Made only when somebody may read them: a storm of alerts would leave as much garbage.
    if (out.closed || !out.write(items.map((item) => `${line(item)}\n`).join(''))) lost += items.length;
  };
  if (mode === 'alertLines')
    return {
      onAlerts: (alerts) => write(alerts, alertLine),
      onUnread(alerts) { lost += alerts; },
      onWithdrawn: (alerts) => write(alerts, withdrawalLine),
    };
  return { onSample: (time, sample) => write(batchLines(time, sample), (line) => line) };
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
