import { isUnknown, measureIndex } from '../reading/measures.ts';
import { cellReceipt, type Readings } from '../reading/readings.ts';
import { alertOf } from './alert.ts';
import type { NewRun } from './alertRun.ts';
import type { Breach } from './breach.ts';
import { enrich, type Enriched } from './enriched.ts';
import type { NewAlerts } from './newAlerts.ts';
import { breaks, comparisonOf, worseOf } from './rule.ts';

/** So many runs of a pump and rule are told of a step, the newest: a pump that flaps must not fill the screen. */
export const MOST_TOLD = 10;

/**
 * The new alerts of a step as runs, joined: by pump and rule, of each the oldest first. It looks at the step's rows and at nothing
 * else, so that news is out within milliseconds; what it belongs to, and where that began, LiveRuns knows.
 */
export function newRunsOf({ breaches, readings, reference }: NewAlerts): Enriched<NewRun>[] {
  const byPump = new Map<number, Map<string, Breach[]>>();
  for (const breach of breaches) {
    const number = readings.pump[breach.row];
    const byRule = byPump.get(number) ?? new Map<string, Breach[]>();
    const own = byRule.get(breach.rule.id) ?? [];
    own.push(breach);
    byPump.set(number, byRule.set(breach.rule.id, own));
  }
  const rows = rowsOf(readings, byPump);
  return [...byPump].flatMap(([number, byRule]) =>
    [...byRule.values()].flatMap((own) => runsOf(own, rows.get(number)!, readings).slice(-MOST_TOLD).map((run) => enrich(run, reference))));
}

/** The rows of some pumps, by pump number, each pump's in order of time; of one time in order of receipt. */
function rowsOf({ length, pump, time }: Readings, wanted: ReadonlyMap<number, unknown>): ReadonlyMap<number, readonly number[]> {
  const rows = new Map<number, number[]>([...wanted.keys()].map((number) => [number, []]));
  for (let row = 0; row < length; row++) rows.get(pump[row])?.push(row);
  for (const own of rows.values()) if (!isInOrder(own, time)) own.sort((a, b) => time[a] - time[b] || a - b);
  return rows;
}

/** Rows come in order as a rule, and sorting what is sorted takes its time. */
function isInOrder(rows: readonly number[], time: Float64Array): boolean {
  for (let i = 1; i < rows.length; i++) if (time[rows[i]] < time[rows[i - 1]]) return false;
  return true;
}

function runsOf(news: readonly Breach[], rows: readonly number[], readings: Readings): NewRun[] {
  const column = readings.values[measureIndex[news[0].rule.measure]];
  const { threshold } = news[0].rule;
  const limit = { threshold, comparison: comparisonOf(column[news[0].row], threshold) };
  const isNew = new Set(news.map(({ row }) => row));
  const runs: NewRun[] = [];
  let [open, joins]: [number[], boolean] = [[], true];
  const end = (isLast: boolean) => {
    if (open.length > 0) runs.push(runOf(open, { rule: news[0].rule, readings, joins, isLast }));
    open = [];
  };
  for (const row of rows) {
    if (isNew.has(row)) {
      // Of one time the later row holds.
      if (open.length > 0 && readings.time[open[open.length - 1]] === readings.time[row]) open.pop();
      open.push(row);
    } else if (!isUnknown(column[row]) && !breaks(column[row], limit)) {
      end(false);
      joins = false;
    }
  }
  end(true);
  return runs;
}

function runOf(
  rows: readonly number[],
  { rule, readings, joins, isLast }: { readonly rule: Breach['rule']; readonly readings: Readings } & Pick<NewRun, 'joins' | 'isLast'>,
): NewRun {
  const index = measureIndex[rule.measure];
  const last = rows[rows.length - 1];
  const { pump, rule: id, measure, comparison, threshold, time } = alertOf({ row: rows[0], rule }, readings);
  const values = Float64Array.from(rows, (row) => readings.values[index][row]);
  return {
    pump, rule: id, measure, comparison, threshold, from: time, to: readings.time[last], count: rows.length,
    worst: values.reduce((worst, value) => worseOf(comparison, worst, value)), lastValue: values[values.length - 1],
    receivedAt: cellReceipt(readings, last, index), joins, isLast, values,
    times: Float64Array.from(rows, (row) => readings.time[row]),
  };
}
