import { type Alert, alertFrom } from '../../../domain/alarm/alert.ts';
import { type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import { decodeValue } from './cells.ts';
import { decodeColumn } from '../gateway/rows.ts';
import type { CellRow } from '../gateway/client.ts';

const measures: ReadonlySet<string> = new Set(MEASURES);
const FAMILY = 'alerts:';

/**
 * The alerts in the `alerts` cells of a reading's row, by rule. A threshold whose value is missing is none: it is
 * what is left when one cell has expired before the other.
 */
export function alertsOf(pump: string, time: number, { Cell }: CellRow): Alert[] {
  const values = new Map<string, number>();
  const thresholds: { readonly measure: string; readonly rule: string; readonly threshold: number; readonly receivedAt: number }[] = [];
  for (const { column, timestamp, $ } of Cell) {
    const name = decodeColumn(column);
    if (!name.startsWith(FAMILY)) continue;
    const [measure, ...rule] = name.slice(FAMILY.length).split(':');
    if (rule.length === 0) values.set(measure, decodeValue($));
    else thresholds.push({ measure, rule: rule.join(':'), threshold: decodeValue($), receivedAt: timestamp });
  }
  const alerts = thresholds.flatMap(({ measure, rule, threshold, receivedAt }): Alert[] => {
    const value = values.get(measure);
    return value === undefined || !isMeasure(measure) ? [] : [alertFrom({ pump, time, rule, measure, value, threshold, receivedAt })];
  });
  return alerts.sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

function isMeasure(name: string): name is Measure {
  return measures.has(name);
}
