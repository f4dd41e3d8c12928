import { measureIndex } from '../reading/measures.ts';
import type { Readings } from '../reading/readings.ts';
import { pumpMatcher } from './pumpPattern.ts';
import type { Rule, StoredRule } from './rule.ts';

/** A row of a batch that breaks a rule. */
export interface Breach {
  /** Row number in the batch. */
  readonly row: number;
  readonly rule: StoredRule;
}

/** The rows of a batch that break a rule, rule by rule, each in row order. A value at the threshold breaks nothing. */
export function raise(rules: readonly Rule[], readings: Readings): Breach[] {
  const breaches: Breach[] = [];
  for (const rule of rules) {
    const column = readings.values[measureIndex[rule.measure]];
    const isConcerned = pumpNumberTest(rule.pumps, readings.names);
    const { threshold, comparison } = rule;
    for (let row = 0; row < readings.length; row++) {
      // `breaks`, written out: this is done for every row.
      const value = column[row];
      const broken = comparison === 'below' ? value < threshold : value > threshold;
      if (broken && isConcerned(readings.pump[row])) breaches.push({ row, rule });
    }
  }
  return breaches;
}

/** The value that broke the rule. */
export function valueOf({ row, rule }: Breach, { values }: Readings): number {
  return values[measureIndex[rule.measure]][row];
}

/** A test of pump numbers that asks the pattern once for each pump of the batch. */
function pumpNumberTest(pattern: string, names: readonly string[]): (pump: number) => boolean {
  if (pattern === '*') return () => true;
  const isMeant = pumpMatcher(pattern);
  const known: boolean[] = [];
  return (pump) => (known[pump] ??= isMeant(names[pump]));
}
