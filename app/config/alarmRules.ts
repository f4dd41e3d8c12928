import type { AlarmRule, Condition, Level } from '../../domain/alarm/fold/alarmRule.ts';
import type { Comparison, Priority, Rule } from '../../domain/alarm/rule.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { WrittenRule } from './ruleSection.ts';

/** A rule of alarms, all of its settings resolved. */
export function alarmRuleOf(rule: WrittenRule, holdMs: number): AlarmRule {
  const condition = conditionOf(rule);
  const priority = condition.kind === 'limit' ? condition.levels[condition.levels.length - 1].priority : rule.priority;
  return {
    id: rule.id, pumps: rule.pumps, measure: rule.measure ?? null, condition, priority,
    deadband: rule.deadband, onDelayMs: rule.onDelay, offDelayMs: rule.offDelay, holdMs,
    when: rule.when ?? null, afterMs: rule.after,
    repeated: rule.repeated ? { times: rule.repeated.times, withinMs: rule.repeated.within } : null,
    suppressedBy: rule.suppressedBy, latch: rule.latch, acknowledge: rule.acknowledge ?? priority !== 'low',
    realarmMs: rule.realarm ?? null, respondWithinMs: rule.respondWithin ?? null, guidance: rule.guidance ?? null,
  };
}

/** The rule that a reading breaks by itself, which is then an alert; of several levels the outermost. Others have none. */
export function alertRuleOf({ id, pumps, measure, condition }: AlarmRule): Rule | undefined {
  if (condition.kind !== 'limit' || measure === null) return undefined;
  const [{ priority, threshold }] = condition.levels;
  return { id, measure, comparison: condition.side, threshold, pumps, priority };
}

function conditionOf(rule: WrittenRule): Condition {
  const { below, above, falls, rises, within, stuck, range, deviates, silent } = rule;
  if (deviates !== undefined) {
    const side = below === above ? 'both' : below ? 'below' : 'above';
    return { kind: 'deviates', factor: deviates, side, overMs: rule.over, days: rule.of / DAY_MS, inARow: rule.hours };
  }
  if (falls !== undefined) return { kind: 'change', direction: 'falls', by: falls, withinMs: within! };
  if (rises !== undefined) return { kind: 'change', direction: 'rises', by: rises, withinMs: within! };
  if (stuck !== undefined) return { kind: 'stuck', forMs: stuck, tolerance: rule.tolerance };
  if (range !== undefined) return { kind: 'range', low: range[0], high: range[1] };
  if (silent !== undefined) return { kind: 'silent', afterMs: silent };
  const side: Comparison = below === undefined ? 'above' : 'below';
  return { kind: 'limit', side, levels: levelsOf((below ?? above)!, rule.priority) };
}

/** The outermost first: the lowest priority. */
function levelsOf(limit: NonNullable<WrittenRule['below']>, priority: Priority): readonly Level[] {
  if (typeof limit === 'number') return [{ priority, threshold: limit }];
  if (limit === true) return [];
  return (['low', 'medium', 'high'] as const).flatMap((level) => {
    const threshold = limit[level];
    return threshold === undefined ? [] : [{ priority: level, threshold }];
  });
}
