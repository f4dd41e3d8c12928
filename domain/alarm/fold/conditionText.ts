import { formatDuration } from '../../duration.ts';
import { type Measure, measureFacts } from '../../reading/measures.ts';
import type { Priority } from '../rule.ts';
import type { AlarmRule } from './alarmRule.ts';

/**
 * What is wrong at a pump, in words that go on after "the pump is": `below 5 psi`, `unusually low in pressure`. Of a rule with
 * levels the limit of the given one.
 */
export function conditionText({ condition, measure }: Pick<AlarmRule, 'condition' | 'measure'>, priority: Priority): string {
  switch (condition.kind) {
    case 'limit': {
      const { threshold } = condition.levels.find((level) => level.priority === priority) ?? condition.levels[0];
      return `${condition.side} ${amount(threshold, measure!)}`;
    }
    case 'change':
      return `${condition.direction === 'falls' ? 'falling' : 'rising'} by more than ${amount(condition.by, measure!)} within ` +
        formatDuration(condition.withinMs);
    case 'stuck': return `unchanged for ${formatDuration(condition.forMs)} in ${label(measure!)}`;
    case 'range': return `outside ${condition.low} to ${amount(condition.high, measure!)}`;
    case 'deviates': return `unusually ${{ below: 'low', above: 'high', both: 'far off' }[condition.side]} in ${label(measure!)}`;
    case 'silent': return `silent for longer than ${formatDuration(condition.afterMs)}`;
  }
}

/** A number with its unit; with the measure's name where that has none. */
function amount(value: number, measure: Measure): string {
  return `${value} ${measureFacts[measure].unit || label(measure)}`;
}

function label(measure: Measure): string {
  return measureFacts[measure].label.toLowerCase();
}
