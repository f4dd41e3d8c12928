import type { NewRun } from '../alarm/alertRun.ts';
import type { AlarmRule } from '../alarm/fold/alarmRule.ts';
import { breaks, type Priority } from '../alarm/rule.ts';
import type { Measure } from '../reading/measures.ts';

/** An alarm that alerts alone tell of, before its readings are in the table. */
export interface Foreseen {
  readonly pump: string;
  readonly rule: string;
  readonly measure: Measure;
  readonly priority: Priority;
  readonly level: Priority;
  /** Wall times. */
  readonly from: number;
  readonly to: number;
  readonly raised: number;
  readonly returned: null;
  readonly cleared: null;
  readonly worst: number;
  readonly worstAt: number;
  readonly readings: number;
  readonly stale: false;
  readonly late: false;
  readonly suppressed: false;
}

/**
 * The alarm that new alerts are for certain: its rule is a limit that raises at once, whatever else is so. Undefined
 * where delays, conditions or other alarms decide too: then what is stored has to tell. `now` is the site's wall time; what is
 * older than `lateMs` is told by what is stored as well.
 */
export function foreseen(run: NewRun, rule: AlarmRule, { now, lateMs }: { readonly now: number; readonly lateMs: number }): Foreseen | undefined {
  const { condition, onDelayMs, when, repeated, suppressedBy } = rule;
  if (condition.kind !== 'limit' || onDelayMs > 0 || when !== null || repeated !== null || suppressedBy.length > 0) return undefined;
  if (!run.isLast || Math.abs(now - run.to) > Math.min(lateMs, rule.holdMs)) return undefined;
  const level = condition.levels.filter(({ threshold }) => breaks(run.worst, { comparison: condition.side, threshold })).at(-1);
  if (!level) return undefined;
  const { pump, measure, from, to, worst, count } = run;
  return {
    pump, rule: rule.id, measure, priority: level.priority, level: level.priority, from, to, raised: from, returned: null, cleared: null,
    worst, worstAt: count === 1 ? from : to, readings: count, stale: false, late: false, suppressed: false,
  };
}
