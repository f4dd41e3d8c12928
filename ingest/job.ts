import { type Alert, alertOf, type Breach, raise, type Rule } from '../domain/alert.ts';
import { addCounts, type Counts, NO_COUNTS } from '../domain/balance.ts';
import { measureIndex } from '../domain/measures.ts';
import { type Readings, sameValue } from '../domain/readings.ts';
import { enrich, type EnrichedAlert, type Reference } from '../domain/reference.ts';
import type { Table } from '../storage/table.ts';
import { type AlertRun, foldRuns } from './alertRuns.ts';
import { BatchLog, type BatchReport } from './batchLog.ts';
import { type StepOptions, takeSteps } from './steps.ts';
import { decidedBy, type StoredRows } from './storedRows.ts';
import { ToldAlerts } from './toldAlerts.ts';

/** Who wants to know what the job does. */
export interface JobListener {
  /** How closely it listens: to every alert, or to runs of alerts by step, pump and rule. */
  readonly detail: 'every' | 'runs' | 'none';
  /** New alerts, joined, in order of receipt. A redelivered message may tell one twice. */
  onAlerts(alerts: readonly EnrichedAlert[]): void;
  onRuns(runs: readonly AlertRun[]): void;
  /** Alerts that hold no longer: a later receipt corrected their reading. */
  onWithdrawn(alerts: readonly Alert[]): void;
  /** After each batch in which something came. */
  onBatch(batch: BatchReport): void;
}

export interface JobOptions extends StepOptions {
  readonly table: Table;
  readonly rules: readonly Rule[];
  /** The reference data as it is now. */
  readonly reference: () => Reference;
  readonly batchInterval: number;
  readonly listener: JobListener;
  /** Who keeps something of the rows that are stored. */
  readonly keepers?: readonly StoredRows[];
}

/** A step of which more than this share came late makes the next as large as it can be: merging costs by the block, not by the row. */
const LATE_SHARE = 0.5;

/**
 * The streaming job: the straight line from rows to table and alerts. Runs until the signal aborts,
 * or with `once` until nothing is left. Gives what it counted.
 */
export async function runJob(options: JobOptions): Promise<Counts> {
  const { table, rules, reference, listener, now, keepers = [] } = options;
  const batches = new BatchLog(options.batchInterval, (batch) => listener.onBatch(batch));
  const batchEnd = setInterval(() => batches.close(now()), options.batchInterval); // also when nothing more comes
  const told = new ToldAlerts();
  const limits = { ...options.limits };
  let counts = NO_COUNTS;

  try {
    for await (const step of takeSteps({ ...options, limits })) {
      const { source, state, buffer: { readings, rejects } } = step; // columns: pump[], time[], psi[], …; Reject[]
      const breaches = raise(rules, readings); // Breach[]: the few rows that break a rule
      const tell = (news: readonly Breach[]) => tellListener(listener, news, readings, reference()); // Alert & { vendor, maintenance }
      if (!step.complete) {
        tell(await unknownTo(table, told.add(breaches, readings), readings)); // on disk in the journal, so it can be told at once
        batches.add({ receiver: source.receiver, rows: 0, counts: NO_COUNTS, ...step, endedAt: now() });
        continue;
      }
      const outcome = await table.write({ receiver: source.receiver, readings, breaches, rejects, state, onDecided: decidedBy(keepers, readings) }); // one transaction: each row counts once
      tell(told.withoutThose(outcome.raised, readings));
      const withdrawn = [...outcome.withdrawn, ...told.untrue(breaches, readings)];
      if (withdrawn.length > 0) listener.onWithdrawn(withdrawn);
      told.clear();
      for (const keeper of keepers) await keeper.committed?.();
      await source.committed(); // only now may a file be moved, a journal segment go

      const rows = readings.length + rejects.length;
      limits.rows = outcome.late > rows * LATE_SHARE ? limits.capacity : options.limits.rows;
      counts = addCounts(counts, outcome.counts);
      batches.add({ receiver: source.receiver, rows, counts: outcome.counts, ...step, endedAt: now() });
    }
  } finally {
    clearInterval(batchEnd);
    batches.close(Infinity);
  }
  return counts;
}

/** Joins alerts with the reference and hands them on, as closely as the listener listens. */
function tellListener(listener: JobListener, news: readonly Breach[], readings: Readings, reference: Reference): void {
  if (news.length === 0 || listener.detail === 'none') return;
  if (listener.detail === 'runs') listener.onRuns(foldRuns(news, readings, reference));
  else listener.onAlerts(news.map((breach) => enrich(alertOf(breach, readings), reference)));
}

/** The breaches that are news: a redelivered or corrected reading with the same alarming value stays quiet. */
async function unknownTo(table: Table, breaches: readonly Breach[], readings: Readings): Promise<Breach[]> {
  const unknown: Breach[] = [];
  for (const breach of breaches) {
    const { pump, time, measure, value } = alertOf(breach, readings);
    const stored = await table.lookup(pump, time);
    if (!stored || !sameValue(stored[measureIndex[measure]], value)) unknown.push(breach);
  }
  return unknown;
}
