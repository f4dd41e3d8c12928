import type { Act, ActKind, ActWay, Retract, SettingChange } from '../../domain/alarm/acts/act.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';

/** An act as `wellwatch acts --json` and the API say it: the same keys for each kind, null or empty where one has nothing. */
export interface ActItem {
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly verified: boolean;
  readonly via: ActWay;
  readonly kind: ActKind;
  readonly pump: string | null;
  readonly rule: string | null;
  /** Up to which level it counts. */
  readonly level: Priority | null;
  /** What was seen of the alarms that it is about, as wall times. */
  readonly seen: readonly { readonly from: string; readonly to: string }[];
  /** ISO 8601, UTC. */
  readonly until: string | null;
  /** `YYYY-MM-DD`. */
  readonly review: string | null;
  /** What was said: the comment, or the reason. */
  readonly comment: string | null;
  readonly changes: readonly SettingChange[];
  /** Which readings were taken back; of a pump by wall times, `to` exclusive. */
  readonly retract: { readonly sources: readonly string[] | null; readonly from: string | null; readonly to: string | null } | null;
}

/** What is said of an act. */
export function actItem(act: Act): ActItem {
  return {
    number: act.number, at: new Date(act.at).toISOString(), by: act.by, verified: act.verified, via: act.via, kind: act.kind,
    pump: 'pump' in act ? act.pump : null,
    rule: 'rule' in act ? act.rule : null,
    level: 'level' in act ? act.level : null,
    seen: 'seen' in act ? act.seen.map(({ from, to }) => ({ from: formatTime(from), to: formatTime(to) })) : [],
    until: 'until' in act && act.until !== null ? new Date(act.until).toISOString() : null,
    review: 'review' in act ? formatDay(act.review) : null,
    comment: 'reason' in act ? act.reason : 'comment' in act ? act.comment : null,
    changes: 'changes' in act ? act.changes : [],
    retract: act.kind === 'retract' ? retractItem(act) : null,
  };
}

function retractItem({ sources, from, to }: Retract): ActItem['retract'] {
  const timeText = (time: number | null) => (time === null ? null : formatTime(time));
  return { sources: sources && sources.map(({ source }) => source), from: timeText(from), to: timeText(to) };
}
