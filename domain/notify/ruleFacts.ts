import type { AlarmRule, Condition } from '../alarm/fold/alarmRule.ts';
import type { Priority } from '../alarm/rule.ts';
import { formatDuration } from '../duration.ts';
import type { RuleFacts } from './facts.ts';

/** What a message says of a rule, for an alarm of a priority: of several levels it is that one's limit. */
export function ruleFactsOf({ measure, condition, guidance, respondWithinMs }: AlarmRule, priority: Priority): RuleFacts {
  return {
    measure: measure ?? undefined,
    limit: limitOf(condition, priority),
    guidance: guidance ?? undefined,
    respondWithinMs: respondWithinMs ?? undefined,
  };
}

/** What must not be, beside a value: `0 < 5`. */
function limitOf(condition: Condition, priority: Priority): string {
  switch (condition.kind) {
    case 'limit': {
      const { threshold } = condition.levels.find((level) => level.priority === priority) ?? condition.levels[condition.levels.length - 1];
      return `${condition.side === 'below' ? '<' : '>'} ${threshold}`;
    }
    case 'change': return `${condition.direction === 'falls' ? 'fell' : 'rose'} by more than ${condition.by} in ${formatDuration(condition.withinMs)}`;
    case 'stuck': return `has not moved for ${formatDuration(condition.forMs)}`;
    case 'range': return `is outside of what the instrument measures, ${condition.low} to ${condition.high}`;
    case 'deviates': {
      const side = condition.side === 'both' ? 'not what is usual' : `${condition.side} what is usual`;
      return `is ${side} for this pump (median of ${formatDuration(condition.overMs)}, ${condition.inARow} in a row)`;
    }
    case 'silent': return `no reading for ${formatDuration(condition.afterMs)}`;
  }
}
