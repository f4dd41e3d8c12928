import { raise } from '../../domain/alarm/breach.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import type { Table } from '../../storage/table/table.ts';
import type { JobBatch } from '../reports/batchLog.ts';
import { NOTHING_WRITTEN, StepReports } from '../reports/stepReports.ts';
import { Pace } from '../pace/pace.ts';
import type { RepeatedHour } from './repeatedHour.ts';
import type { AlertListener } from './alertListener.ts';
import type { Lookout } from './lookout.ts';
import { type StepOptions, takeSteps } from './steps.ts';
import { keptOf, type LatenessKeeper, type StepKeeper } from './stepKeeper.ts';
import { Telling } from './telling.ts';

/** Who wants to know what the job does. */
export interface JobListener extends AlertListener {
  /** After each batch in which something came. */
  onBatch(batch: JobBatch): void;
}

export interface JobOptions extends StepOptions {
  readonly table: Table;
  readonly rules: readonly Rule[];
  /** The reference data as it is now. */
  readonly reference: () => Reference;
  readonly batchInterval: number;
  readonly listener: JobListener;
  /** Who keeps something of the rows that are stored. */
  readonly keepers?: readonly StepKeeper[];
  /** The one of them that counts late rows; without it none is late. */
  readonly lateness?: LatenessKeeper;
  /** Looks after the hour that the site's clock shows twice. */
  readonly repeatedHour?: RepeatedHour;
  /** Tells alerts while the store is away or slow, which then is one on a network. */
  readonly lookout?: Lookout | undefined;
}

/** A step of which more than this share was out of order lets the next be larger: merging costs by the block, not by the row. */
const OUT_OF_ORDER_SHARE = 0.5;

/**
 * The streaming job: the straight line from rows to table and alerts. Runs until the signal aborts,
 * or with `once` until nothing is left. Gives what it counted.
 */
export async function runJob(options: JobOptions): Promise<Counts> {
  const { table, rules, keepers = [], lateness, repeatedHour, lookout } = options;
  const pace = new Pace(options.limits, options.batchInterval);
  const reports = reportsOf(options, pace);
  const telling = new Telling(options);
  let counts = NO_COUNTS;

  try {
    for await (const step of takeSteps(options, pace)) {
      const { source, state, onlyNew, buffer: { readings, rejects, rejectSources, replays } } = step; // columns pump[], time[] …; Reject[]
      const rows = readings.length + rejects.length;
      const report = reports.begin({ receiver: source.name, startedAt: step.startedAt, availableAt: step.availableAt });
      report.done('take', step.newRows);
      const breaches = raise(rules, readings); // Breach[]: the few rows that break a rule
      const raised = { readings, breaches, onlyNew };
      if (source === options.journal) telling.due(readings.length);
      if (step.kind === 'preview') {
        report.done('tell', await telling.waiting(raised)); // on disk in the journal, so it can be told at once
        report.end(NOTHING_WRITTEN);
        continue;
      }
      report.done('raise', breaches.length);
      const onDecided = keptOf(keepers, readings, { batch: report.batch, breaches });
      if (source === options.journal) lookout?.complete(readings.length);
      const whole = { receiver: source.name, readings, breaches, rejects, rejectSources, replays, state, onlyNew, onDecided };
      const writing = table.write(whole); // in one transaction
      const outcome = await telling.write(writing, raised);
      report.done('table', rows);
      report.done('tell', telling.decided(outcome, raised));
      for (const keeper of keepers) await keeper.committed?.();
      report.done('keep', outcome.counts.stored);
      await source.committed(); // only now may a file be moved, a journal segment go
      report.done('settle', rows);
      counts = addCounts(counts, outcome.counts);
      report.end({ rows, counts: outcome.counts, late: lateness?.late ?? 0, outOfOrder: outcome.outOfOrder > rows * OUT_OF_ORDER_SHARE });
    }
  } catch (error) {
    reports.fail(messageOf(error));
    throw error;
  } finally {
    repeatedHour?.end();
    reports.close();
  }
  return counts;
}

/** The pace learns from each step, the listener hears of each batch, and the keepers of each that is over. */
function reportsOf({ batchInterval, now, listener, keepers = [] }: JobOptions, pace: Pace): StepReports {
  return new StepReports({
    batchInterval,
    now,
    onStep: (step) => pace.add(step),
    batches: {
      onBatch: (batch) => listener.onBatch(batch),
      onOver: (time) => keepers.forEach((keeper) => keeper.over?.(time)),
    },
  });
}
