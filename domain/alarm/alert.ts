import { type Measure, measureIndex } from '../reading/measures.ts';
import { cellReceipt, type Readings } from '../reading/readings.ts';
import { type Breach, valueOf } from './breach.ts';
import { type Comparison, comparisonOf } from './rule.ts';

/** One reading that broke one rule. Its identity is pump, time and rule. */
export interface Alert {
  readonly pump: string;
  /** Wall time of the reading. */
  readonly time: number;
  readonly rule: string;
  readonly measure: Measure;
  readonly value: number;
  /** On which side of the threshold the value is. */
  readonly comparison: Comparison;
  /** The threshold that was in force when the reading came. */
  readonly threshold: number;
  /** When the value came: ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
}

/** An alert as it is stored: the side of the threshold follows from the value. */
export type StoredAlert = Omit<Alert, 'comparison'>;

/** The alert that was stored. */
export function alertFrom({ pump, time, rule, measure, value, threshold, receivedAt }: StoredAlert): Alert {
  return { pump, time, rule, measure, value, comparison: comparisonOf(value, threshold), threshold, receivedAt };
}

/** The alert that a breach stands for. */
export function alertOf(breach: Breach, readings: Readings): Alert {
  const { row, rule } = breach;
  return alertFrom({
    pump: readings.names[readings.pump[row]],
    time: readings.time[row],
    rule: rule.id,
    measure: rule.measure,
    value: valueOf(breach, readings),
    threshold: rule.threshold,
    receivedAt: cellReceipt(readings, row, measureIndex[rule.measure]),
  });
}
