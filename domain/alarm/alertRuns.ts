import { alertOf } from './alert.ts';
import type { Breach } from './breach.ts';
import { comparisonOf, worseOf } from './rule.ts';
import { measureIndex } from '../reading/measures.ts';
import { enrich, type EnrichedAlert } from './enriched.ts';
import type { NewAlerts } from './newAlerts.ts';

/** Alerts of one pump and rule that came together, as one: what people want to see of thousands. */
export interface AlertRun {
  /** The first of them, joined. */
  readonly first: EnrichedAlert;
  /** Wall time of the last. */
  readonly lastTime: number;
  /** Value of the last. */
  readonly lastValue: number;
  readonly count: number;
  /** The value farthest from the threshold. */
  readonly worst: number;
}

/** Folds the alerts of a step by pump and rule, in order of first appearance. */
export function foldRuns({ breaches, readings, reference }: NewAlerts): AlertRun[] {
  const runs = new Map<string, { first: Breach; last: Breach; count: number; worst: number }>();
  for (const breach of breaches) {
    const { rule, row } = breach;
    const key = `${readings.pump[row]}:${rule.id}`;
    const value = readings.values[measureIndex[rule.measure]][row];
    const run = runs.get(key);
    if (!run) {
      runs.set(key, { first: breach, last: breach, count: 1, worst: value });
      continue;
    }
    run.count++;
    run.worst = worseOf(comparisonOf(value, rule.threshold), run.worst, value);
    if (readings.time[row] >= readings.time[run.last.row]) run.last = breach;
    if (readings.time[row] < readings.time[run.first.row]) run.first = breach;
  }
  return [...runs.values()].map(({ first, last, count, worst }) => ({
    first: enrich(alertOf(first, readings), reference),
    lastTime: readings.time[last.row],
    lastValue: alertOf(last, readings).value,
    count,
    worst,
  }));
}
