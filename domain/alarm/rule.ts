import type { Measure } from '../reading/measures.ts';

/** What stands for all pumps in the place of a pump's id, as in a rule's pattern: the silence of the whole site is of this one. */
export const SITE = '*';

/** On which side of its threshold a rule wants no value: strictly below, or strictly above. */
export type Comparison = 'below' | 'above';

/** How much an operator should care. */
export type Priority = 'low' | 'medium' | 'high';

/** A rule as far as its alerts tell of it: what is stored of it. */
export interface StoredRule {
  readonly id: string;
  readonly measure: Measure;
  readonly threshold: number;
}

/** A limit that readings are tested against. */
export interface Rule extends StoredRule {
  readonly comparison: Comparison;
  /** Which pumps: `*` stands for any run of characters. */
  readonly pumps: string;
  readonly priority: Priority;
}

/** A limit: a threshold, and which side of it is wrong. */
export type Limit = Pick<Rule, 'comparison' | 'threshold'>;

/** Whether a value breaks a limit. A value at the threshold breaks nothing. */
export function breaks(value: number, { comparison, threshold }: Limit): boolean {
  return comparison === 'below' ? value < threshold : value > threshold;
}

/** Of two values that break a limit, the one farther from its threshold. */
export function worseOf(comparison: Comparison, one: number, other: number): number {
  return comparison === 'below' ? Math.min(one, other) : Math.max(one, other);
}

/** The side of a threshold that a value which broke it lies on: a breach is strict, so the two say it exactly. */
export function comparisonOf(value: number, threshold: number): Comparison {
  return value < threshold ? 'below' : 'above';
}

/** A limit as it stands beside a value: `< 5`. */
export function limitText({ comparison, threshold }: Limit): string {
  return `${comparison === 'below' ? '<' : '>'} ${threshold}`;
}

/** The order of priorities, the highest first: negative when `one` comes before `other`. */
export function comparePriorities(one: Priority, other: Priority): number {
  return RANK[one] - RANK[other];
}

const RANK: Readonly<Record<Priority, number>> = { high: 0, medium: 1, low: 2 };
