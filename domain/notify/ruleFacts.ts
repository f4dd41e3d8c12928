import type { AlarmRule, Condition } from '../alarm/fold/alarmRule.ts';
import type { Priority } from '../alarm/rule.ts';
import type { RuleFacts } from './facts.ts';
import { length } from './times.ts';

/** What a message says of a rule, for an alarm of a priority: of several levels it is that one's limit. */
export function ruleFactsOf({ measure, condition, guidance, respondWithinMs, acknowledge }: AlarmRule, priority: Priority): RuleFacts {
  return {
    measure: measure ?? undefined,
    what: (worst) => whatOf(condition, measure, worst, priority),
    guidance: guidance ?? plainGuidance(condition),
    isOfMedians: condition.kind === 'deviates',
    respondWithinMs: respondWithinMs ?? undefined,
    acknowledge,
  };
}

/** What whoever is woken should know first where the site has written nothing: what is not known, and that it is no failure yet. */
function plainGuidance({ kind }: Condition): string | undefined {
  switch (kind) {
    case 'silent': return 'Look at its gateway and the network; whether the pump runs is not known';
    case 'range':
    case 'stuck': return 'Have the instrument looked at; what the pump does is not known';
    case 'deviates': return 'Plan a look at this pump: it works otherwise than it did, and has not failed yet';
    case 'limit':
    case 'change': return undefined;
  }
}

function whatOf(condition: Condition, measure: string | null, worst: number | null, priority: Priority): string {
  const value = [measure, worst].filter((part) => part !== null).join(' ');
  switch (condition.kind) {
    case 'limit': {
      const { threshold } = condition.levels.find((level) => level.priority === priority) ?? condition.levels[condition.levels.length - 1];
      return `${value} ${condition.side === 'below' ? '<' : '>'} ${threshold}`;
    }
    case 'change': {
      const went = condition.direction === 'falls' ? 'fell' : 'rose';
      return `${measure} ${went}${worst === null ? '' : ` by ${worst}`}, more than ${condition.by} in ${length(condition.withinMs)}`;
    }
    case 'stuck': return `${value} has not moved for ${length(condition.forMs)}`;
    case 'range': return `${value}, which the instrument can't measure (${condition.low} to ${condition.high})`;
    case 'deviates': return `${value} unusually ${{ below: 'low', above: 'high', both: 'far off' }[condition.side]} for this pump (median of ${length(condition.overMs)})`;
    case 'silent': return `no reading for more than ${length(condition.afterMs)}`;
  }
}
