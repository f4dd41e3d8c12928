import type { Alert } from './alert.ts';
import type { AlertRun } from './alertRun.ts';
import { worseOf } from './rule.ts';

/** What was told and is not stored yet. */
export interface Unstored {
  /** Those of one pump and rule as one, from the first to the last by time. The newest first; a bounded number. */
  readonly runs: readonly AlertRun[];
  /** How many there are in all. */
  readonly total: number;
}

export const NOTHING_UNSTORED: Unstored = { runs: [], total: 0 };

/** It is told again each second while there is something, and kept in a file: that stays small. */
const MOST_RUNS = 100;

/** Folds alerts in any order by pump and rule. Whether a reading between two of them was in limits, only the table will know. */
export function unstoredOf(alerts: Iterable<Alert>, most = MOST_RUNS): Unstored {
  const byRule = new Map<string, Growing>();
  for (const alert of alerts) {
    const key = `${alert.pump}\n${alert.rule}`;
    const run = byRule.get(key);
    if (!run) byRule.set(key, { first: alert, last: alert, count: 1, worst: alert.value });
    else grow(run, alert);
  }
  const runs = [...byRule.values()].sort((a, b) => b.last.receivedAt - a.last.receivedAt);
  return { runs: runs.slice(0, most).map(runOf), total: runs.length };
}

interface Growing {
  first: Alert;
  last: Alert;
  count: number;
  worst: number;
}

function grow(run: Growing, alert: Alert): void {
  if (alert.time < run.first.time) run.first = alert;
  if (alert.time >= run.last.time) run.last = alert;
  run.worst = worseOf(run.first.comparison, run.worst, alert.value);
  run.count++;
}

function runOf({ first, last, count, worst }: Growing): AlertRun {
  const { pump, rule, measure, comparison, threshold, time: from } = first;
  return { pump, rule, measure, comparison, threshold, from, to: last.time, count, worst, lastValue: last.value, receivedAt: last.receivedAt };
}
