import type { Measure } from '../../reading/measures.ts';
import type { Comparison, Priority } from '../rule.ts';
import type { When } from './when.ts';

/** A limit of several that a rule has, and how much an operator should care beyond it. */
export interface Level {
  readonly priority: Priority;
  readonly threshold: number;
}

/** What is wrong at a pump. Durations in ms, values in the measure's unit. */
export type Condition =
  /** A value beyond a limit; the outermost level, which is broken first, comes first. */
  | { readonly kind: 'limit'; readonly side: Comparison; readonly levels: readonly Level[] }
  /** A change of more than `by` against a reading that is at most `withinMs` older. */
  | { readonly kind: 'change'; readonly direction: 'falls' | 'rises'; readonly by: number; readonly withinMs: number }
  /** Values of the last `forMs` that differ by no more than `tolerance`. */
  | { readonly kind: 'stuck'; readonly forMs: number; readonly tolerance: number }
  /** A value that the instrument can't have measured. */
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  /** `inARow` medians of `overMs` in a row that are `factor` robust deviations away from those of the `days` before. */
  | {
      readonly kind: 'deviates';
      readonly factor: number;
      readonly side: Comparison | 'both';
      readonly overMs: number;
      readonly days: number;
      readonly inARow: number;
    }
  /** No reading for longer than that. */
  | { readonly kind: 'silent'; readonly afterMs: number };

/** A rule of alarms as it is in force, all of its settings resolved. */
export interface AlarmRule {
  readonly id: string;
  /** Which pumps: `*` stands for any run of characters. */
  readonly pumps: string;
  /** Null for silence, which is of the pump as a whole. */
  readonly measure: Measure | null;
  readonly condition: Condition;
  /** Of a rule with levels the priority of its last one. */
  readonly priority: Priority;
  /** A value has to be so far inside the limit to be back. */
  readonly deadband: number;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  /** A reading holds that long; from then on nothing is known until the next one. */
  readonly holdMs: number;
  readonly when: When | null;
  /** `when` has to have held that long. */
  readonly afterMs: number;
  readonly repeated: { readonly times: number; readonly withinMs: number } | null;
  /** Ids of rules of the same pump whose alarms make this one's mean nothing. */
  readonly suppressedBy: readonly string[];
  readonly latch: boolean;
  readonly acknowledge: boolean;
  readonly realarmMs: number | null;
  readonly respondWithinMs: number | null;
  readonly guidance: string | null;
}

/**
 * What of a rule decides whether there is an alarm, as text: two versions that agree in it judge alike, and an alarm goes
 * on from one into the other. What people are told to do, and how they answer, is left out.
 */
export function judgementOf(rule: AlarmRule): string {
  const { id, measure, condition, priority, deadband, onDelayMs, offDelayMs, holdMs, when, afterMs, repeated } = rule;
  return JSON.stringify([id, measure, condition, priority, deadband, onDelayMs, offDelayMs, holdMs, when, afterMs, repeated]);
}
