import type { Alarm, Pending } from '../../domain/alarm/fold/alarm.ts';
import { comparePriorities, type Priority } from '../../domain/alarm/rule.ts';

/** An alarm as it stands, without what people did about it. */
export interface AlarmFacts extends Alarm {
  /** The most severe level that it has reached. */
  readonly level: Priority;
  /** Its last reading beyond the limit. */
  readonly to: number;
  /** It goes on as far as is known, and nothing has been known for a while. */
  readonly stale: boolean;
  readonly late: boolean;
  /** Other alarms of the pump say that it means nothing. */
  readonly suppressed: boolean;
}

/** What is beyond its limit and no alarm yet, as alarms are listed. */
export type PendingFacts = Omit<AlarmFacts, 'raised'> & Pick<Pending, 'raised'>;
/** An alarm, or what may become one. */
export type ListedFacts = AlarmFacts | PendingFacts;

/** What an alarm has that nothing else speaks against. */
export function plainFacts({ levels, last }: Alarm): Pick<AlarmFacts, 'level' | 'to' | 'stale' | 'late' | 'suppressed'> {
  return { level: levels.map(({ priority }) => priority).sort(comparePriorities)[0], to: last, stale: false, late: false, suppressed: false };
}
