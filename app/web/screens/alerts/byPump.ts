import { comparePriorities } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { isAhead } from '../../times.ts';

/** The worst alarm of a pump, and how many others it has that need somebody. */
export interface PumpAlarm extends AlarmItem {
  readonly others: readonly AlarmItem[];
}

const STATES: readonly AlarmItem['state'][] = ['active-unacknowledged', 'returned-unacknowledged', 'latched', 'active-acknowledged'];

/** One row a pump: by priority, then by state, unacknowledged ones first, then the newest; what is of the future comes last. */
export function byPump(alarms: readonly AlarmItem[]): PumpAlarm[] {
  return [...Map.groupBy(alarms.toSorted(worstFirst), ({ pump }) => pump).values()].map(([worst, ...others]) => ({ ...worst, others }));
}

function worstFirst(one: AlarmItem, other: AlarmItem): number {
  return (
    Number(isAhead(one.from)) - Number(isAhead(other.from)) ||
    comparePriorities(one.priority, other.priority) ||
    STATES.indexOf(one.state) - STATES.indexOf(other.state) ||
    (one.from < other.from ? 1 : -1)
  );
}
