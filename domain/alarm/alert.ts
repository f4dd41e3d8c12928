import { type Measure, measureIndex } from '../reading/measures.ts';
import type { Readings } from '../reading/readings.ts';
import { pumpMatcher } from './pumpPattern.ts';

/** A limit that readings are tested against. Exactly one comparison: strictly below, or strictly above. */
export interface Rule {
  readonly id: string;
  readonly measure: Measure;
  readonly comparison: 'below' | 'above';
  readonly threshold: number;
  /** Which pumps: `*` stands for any run of characters. */
  readonly pumps: string;
  readonly priority: 'low' | 'medium' | 'high';
}

/** A row of a batch that breaks a rule. */
export interface Breach {
  /** Row number in the batch. */
  readonly row: number;
  readonly rule: Rule;
}

/** One reading that broke one rule, as stored. Its identity is pump, time and rule. */
export interface Alert {
  readonly pump: string;
  /** Wall time of the reading. */
  readonly time: number;
  readonly rule: string;
  readonly measure: Measure;
  readonly value: number;
  /** The threshold that was in force when the reading came. */
  readonly threshold: number;
  /** When the reading came: ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
}

/** The rows of a batch that break a rule, rule by rule, each in row order. A value at the threshold breaks nothing. */
export function raise(rules: readonly Rule[], readings: Readings): Breach[] {
  const breaches: Breach[] = [];
  for (const rule of rules) {
    const column = readings.values[measureIndex[rule.measure]];
    const concerned = pumpTest(rule.pumps, readings.names);
    const { threshold, comparison } = rule;
    for (let row = 0; row < readings.length; row++) {
      const value = column[row];
      const broken = comparison === 'below' ? value < threshold : value > threshold;
      if (broken && concerned(readings.pump[row])) breaches.push({ row, rule });
    }
  }
  return breaches;
}

/** The alert that a breach stands for. */
export function alertOf({ row, rule }: Breach, readings: Readings): Alert {
  return {
    pump: readings.names[readings.pump[row]],
    time: readings.time[row],
    rule: rule.id,
    measure: rule.measure,
    value: readings.values[measureIndex[rule.measure]][row],
    threshold: rule.threshold,
    receivedAt: readings.receivedAt[row],
  };
}

/** Of two values that broke a rule, the one farther from its threshold. */
export function worseOf(threshold: number, one: number, other: number): number {
  return one < threshold ? Math.min(one, other) : Math.max(one, other);
}

/** A test of pump numbers that asks the pattern once for each pump of the batch. */
function pumpTest(pattern: string, names: readonly string[]): (pump: number) => boolean {
  if (pattern === '*') return () => true;
  const matches = pumpMatcher(pattern);
  const known: boolean[] = [];
  return (pump) => (known[pump] ??= matches(names[pump]));
}
