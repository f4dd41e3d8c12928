import { Counter, Gauge, Registry } from 'prom-client';
import type { SummaryRun } from '../../storage/files/summaryRun.ts';
import { PUMP_STATES } from '../../query/pumps/pumpStates.ts';
import type { SiteFigures } from './siteFigures.ts';

/** Adds what is counted in the table since it was made: it goes on over restarts. */
export function addTableMetrics(registers: Registry[], { counts, pending, late, newestReceipt, pumps }: SiteFigures): void {
  const counter = <const Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <const Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  const rows = counter('wellwatch_rows_total', 'Rows by what became of them, since the table was made', ['receiver', 'outcome']);
  const alerts = counter('wellwatch_alerts_total', 'Alerts stored since the table was made', ['receiver']);
  const replaced = counter('wellwatch_replaced_rows_total',
    'Stored rows that came to another reading of the same pump and time, since the table was made; part of the stored ones', ['receiver']);
  const retracted = counter('wellwatch_retracted_rows_total',
    'Stored rows that somebody took back, since the table was made; part of the stored ones', ['receiver']);
  const replayed = counter('wellwatch_replayed_rows_total',
    'Mended rows that took the place of a reject, since the table was made; part of the stored and duplicate ones', ['receiver']);
  for (const [receiver, count] of Object.entries(counts)) {
    for (const outcome of ['stored', 'duplicate', 'rejected'] as const) rows.inc({ receiver, outcome }, count[outcome]);
    alerts.inc({ receiver }, count.alerts);
    replaced.inc({ receiver }, count.replaced);
    retracted.inc({ receiver }, count.retracted);
    replayed.inc({ receiver }, count.replayed);
  }
  counter('wellwatch_late_rows_total', 'Stored rows behind their pump’s watermark, since the table was made; part of the stored ones', []).inc(late);
  if (pending) {
    const waiting = gauge('wellwatch_rows_pending', 'Rows that are safe on disk and not in the table yet: what the balance calls pending', ['receiver']);
    for (const [receiver, count] of Object.entries(pending)) waiting.set({ receiver }, count ?? 0);
  }
  if (newestReceipt > 0)
    gauge('wellwatch_last_row_timestamp_seconds', 'When the newest row came that the table has; not there before the first', []).set(newestReceipt / 1000);
  if (!pumps) return;
  const states = gauge('wellwatch_pumps',
    'Pumps that have readings or are in the vendor file: they report, are silent for longer than a reading holds, report times ahead, or were never heard', ['state']);
  for (const state of PUMP_STATES) states.set({ state }, pumps[state]);
  gauge('wellwatch_unknown_pumps', 'Pumps with readings that the vendor file does not list', []).set(pumps.unknown);
}

/** Adds who reads: the same on each worker. */
export function addFleetMetrics(registers: Registry[], { fleet }: Pick<SiteFigures, 'fleet'>): void {
  if (!fleet) return;
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['topic', 'partition'] as const, registers });
  const heard = new Set(fleet.workers.filter(({ isHeard }) => isHeard).map(({ name }) => name));
  new Gauge({ name: 'wellwatch_fleet_workers', help: 'Workers that were heard within 15 s', registers }).set(heard.size);
  const taken = gauge('wellwatch_fleet_partition_taken', 'Whether a worker that is heard has the partition');
  const lag = gauge('wellwatch_fleet_partition_lag_records', 'Records that the partition has and the table lacks; not there while nobody tells');
  const epoch = gauge('wellwatch_fleet_partition_epoch', 'How often the partition was taken over');
  for (const { topic, partition, worker, lag: its, epoch: times } of fleet.partitions) {
    const labels = { topic, partition: String(partition) };
    taken.set(labels, worker !== null && heard.has(worker) ? 1 : 0);
    epoch.set(labels, times);
    if (its !== null) lag.set(labels, its);
  }
}

/** Adds how the daily batch does; its figures are not there before it has succeeded once. */
export function addSummaryMetrics(registers: Registry[], { summary, pendingDays }: Pick<SiteFigures, 'summary' | 'pendingDays'>): void {
  const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
  if (summary) {
    gauge('wellwatch_daily_batch_last_success_timestamp_seconds', 'When the daily batch last did all that was due', summary.at / 1000);
    gauge('wellwatch_daily_batch_duration_seconds', 'How long that took', summary.durationMs / 1000);
    gauge('wellwatch_daily_batch_computed', 'Pump-days that it computed', summary.pumpDays);
    gauge('wellwatch_daily_batch_rows', 'Readings in these', summary.rows);
  }
  if (pendingDays !== undefined)
    gauge('wellwatch_daily_batch_pending', 'Pump-days before today whose statistics are missing, or older than their readings', pendingDays);
}

/** How the daily batch did, as a text of its own: for a collector of files where no job serves metrics. */
export function summaryText(summary: SummaryRun): Promise<string> {
  const registry = new Registry();
  addSummaryMetrics([registry], { summary, pendingDays: undefined });
  return registry.metrics();
}
