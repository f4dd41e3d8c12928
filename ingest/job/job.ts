import { type Alert, alertOf } from '../../domain/alarm/alert.ts';
import { type Breach, raise } from '../../domain/alarm/breach.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { messageOf } from '../../domain/errors.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import { type Readings, sameValue } from '../../domain/reading/readings.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import type { Table } from '../../storage/table/table.ts';
import { BatchLog, type BatchReport } from '../reports/batchLog.ts';
import type { NewAlerts } from '../../domain/alarm/newAlerts.ts';
import { OutputTimes } from '../reports/outputTimes.ts';
import { Pace } from '../pace/pace.ts';
import { type StepOptions, takeSteps } from './steps.ts';
import { decidedBy, type StoredRows } from './stepKeeper.ts';
import { ToldAlerts } from '../../domain/alarm/toldAlerts.ts';

/** Who wants to know what the job does. */
export interface JobListener {
  /** New alerts; `joined` and `foldRuns` say more of them. A redelivered message may tell one twice. */
  onAlerts(news: NewAlerts): void;
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

/** A step of which more than this share was out of order lets the next be larger: merging costs by the block, not by the row. */
const OUT_OF_ORDER_SHARE = 0.5;
/** How often to look whether a batch is over while nothing comes. */
const LOOK_MS = 250;

/**
 * The streaming job: the straight line from rows to table and alerts. Runs until the signal aborts,
 * or with `once` until nothing is left. Gives what it counted.
 */
export async function runJob(options: JobOptions): Promise<Counts> {
  const { table, rules, reference, listener, now, keepers = [] } = options;
  const batches = new BatchLog(options.batchInterval, {
    onBatch: (batch) => listener.onBatch(batch),
    onOver: (time) => keepers.forEach((keeper) => keeper.over?.(time)),
  });
  const batchEnd = setInterval(() => batches.close(now()), Math.min(options.batchInterval, LOOK_MS)); // also when nothing more comes
  const told = new ToldAlerts();
  const pace = new Pace(options.limits, options.batchInterval);
  let counts = NO_COUNTS;
  let held = 0; // rows of a small step that waits for more

  try {
    for await (const step of takeSteps(options, pace)) {
      const {
        source,
        state,
        buffer: { readings, rejects },
      } = step; // columns: pump[], time[], psi[], …; Reject[]
      const batch = batches.begin(step.startedAt);
      const rows = readings.length + rejects.length;
      const outputs = new OutputTimes(step.startedAt, now);
      const report = (what: { rows: number; counts: Counts; late: number; outOfOrder: boolean }) => {
        const done = {
          ...what,
          receiver: source.receiver,
          startedAt: step.startedAt,
          availableAt: step.availableAt,
          endedAt: outputs.endedAt,
          outputs: outputs.reports,
        };
        pace.add(done);
        batches.add(done);
      };
      outputs.done('take', rows - held);
      held = step.complete ? 0 : rows;
      const breaches = raise(rules, readings); // Breach[]: the few rows that break a rule
      const tell = (news: readonly Breach[]) => news.length > 0 && listener.onAlerts({ breaches: news, readings, reference: reference() });
      if (!step.complete) {
        const news = await unknownTo(table, told.add(breaches, readings), readings);
        tell(news); // on disk in the journal, so it can be told at once
        outputs.done('tell', news.length);
        report({ rows: 0, counts: NO_COUNTS, late: 0, outOfOrder: false });
        continue;
      }
      outputs.done('raise', breaches.length);
      const outcome = await table.write({
        receiver: source.receiver,
        readings,
        breaches,
        rejects,
        state,
        onDecided: decidedBy(keepers, readings, { batch, breaches }),
      }); // one transaction: each row counts once
      outputs.done('table', rows);
      const news = told.withoutThose(outcome.raised, readings);
      tell(news);
      const withdrawn = [...outcome.withdrawn, ...told.untrue(breaches, readings)];
      if (withdrawn.length > 0) listener.onWithdrawn(withdrawn);
      told.clear();
      outputs.done('tell', news.length + withdrawn.length);
      for (const keeper of keepers) await keeper.committed?.();
      outputs.done('keep', outcome.counts.stored);
      await source.committed(); // only now may a file be moved, a journal segment go
      outputs.done('settle', rows);
      counts = addCounts(counts, outcome.counts);
      const late = keepers.reduce((sum, keeper) => sum + (keeper.late ?? 0), 0);
      report({ rows, counts: outcome.counts, late, outOfOrder: outcome.outOfOrder > rows * OUT_OF_ORDER_SHARE });
    }
  } catch (error) {
    batches.fail(now(), messageOf(error));
    throw error;
  } finally {
    clearInterval(batchEnd);
    batches.end();
  }
  return counts;
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
