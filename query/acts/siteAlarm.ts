import type { Lived } from '../../domain/alarm/acts/life.ts';
import type { Occurrence } from '../../domain/alarm/occurrence.ts';
import type { Priority, Rule } from '../../domain/alarm/rule.ts';

/** An alarm as people are told of it. */
export interface SiteAlarm extends Lived {
  readonly priority: Priority;
  /** The first reading that is back inside; null while there is none. */
  readonly returned: number | null;
  readonly worst: number | null;
  readonly worstAt: number | null;
  /** How many readings were beyond the limit. */
  readonly readings: number;
}

/** The alarm of an occurrence. It is over with the reading after its last one. */
export function siteAlarmOf(occurrence: Occurrence, rules: readonly Pick<Rule, 'id' | 'priority'>[]): SiteAlarm {
  const { pump, rule, from, to, worst, count, active } = occurrence;
  const priority = rules.find(({ id }) => id === rule)?.priority ?? 'medium';
  const over = active ? null : to + 1;
  return {
    pump, rule, priority, level: priority, from, to, raised: from, returned: over, cleared: over,
    worst, worstAt: null, readings: count, late: false, stale: false, suppressed: false,
  };
}
