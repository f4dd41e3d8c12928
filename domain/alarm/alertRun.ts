import type { Measure } from '../reading/measures.ts';
import type { Alert } from './alert.ts';
import type { Comparison } from './rule.ts';

/** Alerts of one pump and rule that belong together, as one line tells of them. */
export interface AlertRun {
  readonly pump: string;
  readonly rule: string;
  readonly measure: Measure;
  readonly comparison: Comparison;
  /** As it was in force for the first of them that is told. */
  readonly threshold: number;
  /** Wall times of the first and the last of its readings. */
  readonly from: number;
  readonly to: number;
  /** How many readings it has. */
  readonly count: number;
  /** The value farthest from the threshold. */
  readonly worst: number;
  /** The value of the last reading. */
  readonly lastValue: number;
  /** When the last reading came: ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
}

/** New alerts of one pump and rule whose readings follow each other within a step. */
export interface NewRun extends AlertRun {
  /** Nothing in limits comes before them in the step: they may go on with what there was. */
  readonly joins: boolean;
  /** They reach to the newest of the pump's readings in the step. */
  readonly isLast: boolean;
  /** Wall times of their readings, rising, and the values. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Whether a time lies within a run. */
export function isWithin(time: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return from <= time && time <= to;
}

/** Whether an alert is one of a run's. */
export function belongs({ rule, time }: Pick<Alert, 'rule' | 'time'>, run: Pick<AlertRun, 'rule' | 'from' | 'to'>): boolean {
  return rule === run.rule && isWithin(time, run);
}
