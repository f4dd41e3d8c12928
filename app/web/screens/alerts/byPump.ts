import { comparePriorities } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { ShownAlarm } from '../../shownAlarm.ts';
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

/** By priority and state; what is of the future comes last. */
export function byUrgency(one: Urgent, other: Urgent): number {
  return (
    Number(isAhead(one.from)) - Number(isAhead(other.from)) ||
    (one.priority && other.priority ? comparePriorities(one.priority, other.priority) : 0) ||
    placeOf(one) - placeOf(other)
  );
}

type Urgent = Pick<ShownAlarm, 'from' | 'priority' | 'state'>;

const placeOf = ({ state }: Urgent): number => (state === undefined ? -1 : STATES.indexOf(state));

function worstFirst(one: AlarmItem, other: AlarmItem): number {
  return byUrgency(one, other) || (one.from < other.from ? 1 : -1);
}
