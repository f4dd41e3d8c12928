import { formatTime } from '../../domain/reading/wallClock.ts';
import type { AlarmState } from '../../domain/alarm/acts/life.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import type { Standing } from './actBook.ts';
import type { SiteAlarm } from './siteAlarm.ts';

/** An alarm as `wellwatch alarms --json` and the API say it: times of readings on the wall clock, those of acts in UTC. */
export interface AlarmJson {
  readonly pump: string;
  readonly rule: string;
  readonly priority: Priority;
  readonly state: AlarmState;
  readonly from: string;
  readonly raised: string | null;
  readonly returned: string | null;
  readonly cleared: string | null;
  readonly worst: number | null;
  readonly worstAt: string | null;
  readonly readings: number;
  readonly stale: boolean;
  readonly late: boolean;
  readonly acknowledged: { readonly by: string; readonly at: string; readonly comment: string | null } | null;
  readonly shelved: { readonly by: string; readonly until: string; readonly reason: string } | null;
}

/** What JSON says of an alarm. */
export function alarmJson({ alarm, life: { state, acknowledged, shelved } }: Standing<SiteAlarm>): AlarmJson {
  const { pump, rule, priority, from, raised, returned, cleared, worst, worstAt, readings, stale, late } = alarm;
  return {
    pump, rule, priority, state,
    from: formatTime(from), raised: timeText(raised), returned: timeText(returned), cleared: timeText(cleared),
    worst: worst !== null && Number.isFinite(worst) ? worst : null, worstAt: timeText(worstAt), readings, stale, late,
    acknowledged: acknowledged && { by: acknowledged.by, at: instantText(acknowledged.at), comment: acknowledged.comment },
    shelved: shelved && { by: shelved.by, until: instantText(shelved.until), reason: shelved.reason },
  };
}

function timeText(time: number | null): string | null {
  return time === null ? null : formatTime(time);
}

function instantText(instant: number): string {
  return new Date(instant).toISOString();
}
