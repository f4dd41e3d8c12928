import type { Priority } from '../alarm/rule.ts';

/** The state of an alarm, the first that applies. */
export type AlarmState =
  | 'out-of-service' | 'suppressed' | 'shelved' | 'active-unacknowledged' | 'active-acknowledged' | 'returned-unacknowledged'
  | 'latched' | 'pending' | 'normal';

/** A value of an alarm's measure, and its wall time. */
export interface ValueAt {
  readonly at: string;
  readonly value: number;
}

/** An alarm as it is now: the line of `wellwatch alarms --json`. Times of readings are wall times such as `2014-03-14T19:39:00`. */
export interface AlarmNow {
  readonly pump: string;
  readonly rule: string;
  readonly priority: Priority;
  readonly state: AlarmState;
  readonly from: string;
  readonly raised: string;
  readonly returned: string | null;
  readonly cleared: string | null;
  readonly worst: number | null;
  readonly worstAt: string | null;
  readonly readings: number;
  /** Nothing is known of the pump since its last reading. */
  readonly stale: boolean;
  /** It was found long after it was so: nobody is paged. */
  readonly late: boolean;
  /** When it was found, wall time; only of late ones. */
  readonly found?: string;
  /** The last value before it; absent where none is known, or it was not looked for. */
  readonly before?: ValueAt;
  /** The last value of all. */
  readonly last?: ValueAt;
  readonly acknowledged: { readonly by: string; readonly at: string; readonly comment: string | null } | null;
  readonly shelved: { readonly by: string; readonly until: string; readonly reason: string | null } | null;
  /** Of an alarm of the system itself, which has no pump: what is wrong, and what to do about it. */
  readonly system?: { readonly text: string; readonly fix: string; readonly channel?: string };
}

/** What belongs to one pump and rule has one key. */
export function alarmKey({ pump, rule }: Pick<AlarmNow, 'pump' | 'rule'>): string {
  return `${pump}\n${rule}`;
}

/** Whether an alarm is over: its condition has been gone for its off-delay. */
export function isOver({ cleared }: AlarmNow): boolean {
  return cleared !== null;
}

/** Whether somebody should be told that an alarm is so: nobody has it, and nobody has set it aside. */
export function wantsSomebody(alarm: AlarmNow): boolean {
  return !isOver(alarm) && alarm.state.startsWith('active-') && alarm.acknowledged === null;
}

/** The last moment at which an alarm is known to have been so, as a wall time. */
export function knownUpTo({ from, raised, worstAt, returned, cleared }: AlarmNow): string {
  return [from, raised, worstAt, returned, cleared].reduce<string>((last, time) => (time !== null && time > last ? time : last), from);
}
