import type { Measure } from '../../reading/measures.ts';
import { comparePriorities, type Priority } from '../rule.ts';

/** When an alarm came to a level for the first time. */
export interface Reached {
  readonly priority: Priority;
  /** Wall time. */
  readonly raised: number;
}

/**
 * An alarm: one time that a rule's condition held at a pump, with a beginning and an end. It follows from the stored readings
 * and the rules in force at the readings' own time, and from nothing else. Times are wall times of the site.
 *
 *   psi, limit 5, deadband 2       80   3   0   6   8   9   80
 *   onDelay 1, offDelay 2 readings     └from       └returned
 *                                          └raised         └cleared        readings 2, worst 0
 */
export interface Alarm {
  readonly pump: string;
  readonly rule: string;
  /** Null for silence. */
  readonly measure: Measure | null;
  /** The most severe level that is active; of an alarm that has been cleared the most severe that it reached. */
  readonly priority: Priority;
  /** The levels that it reached, in order of time. */
  readonly levels: readonly Reached[];
  /** The first reading beyond the limit; of medians the beginning of the first span of time; of silence the last reading. */
  readonly from: number;
  /** The moment when the condition had held for the on-delay. */
  readonly raised: number;
  /** The first reading that is back inside; null while there is none. */
  readonly returned: number | null;
  /** The moment when that had held for the off-delay; null while the alarm is active. */
  readonly cleared: number | null;
  /** The rule was changed or taken out while the alarm was active: `cleared` is that moment. */
  readonly ruleEnded: boolean;
  /** The first of the values farthest beyond the limit; of a rate the change, of medians the median; null of silence. */
  readonly worst: number | null;
  /** When that was. */
  readonly worstAt: number | null;
  /** How many readings were beyond the limit. */
  readonly readings: number;
  /** The last of them. */
  readonly last: number;
  /** When the last of the readings came that made it an alarm: ms since 1970-01-01T00:00Z. */
  readonly foundAt: number;
}

/** What is beyond its limit and has not been for long enough to be an alarm. */
export interface Pending extends Pick<Alarm, 'pump' | 'rule' | 'measure' | 'priority' | 'from' | 'worst' | 'worstAt' | 'readings' | 'last'> {
  readonly raised: null;
}

/** The most severe of priorities; there is at least one. */
export function mostSevere(priorities: readonly Priority[]): Priority {
  return [...priorities].sort(comparePriorities)[0];
}
