import { boundedSpans, type Span } from '../../domain/alarm/acts/act.ts';
import { atLeast, type Lived } from '../../domain/alarm/acts/life.ts';
import { comparePriorities, type Priority } from '../../domain/alarm/rule.ts';
import type { Standing } from './actBook.ts';

export interface AlarmName {
  readonly pump: string;
  readonly rule: string;
}

/** A pump with one rule, or with all. */
export interface PumpOrAlarm {
  readonly pump: string;
  readonly rule?: string | undefined;
}

export interface Acknowledging extends AlarmName {
  /** The level that the person saw; by default the one that it has now. */
  readonly level?: Priority | undefined;
  /** Wall time up to which the person saw the pump; by default all there is. */
  readonly seenTo?: number | undefined;
}

/** How an acknowledgement went: `worse` was not taken, because the alarm is worse than what was seen. */
export interface Acknowledged<Alarm extends Lived> extends AlarmName {
  readonly outcome: 'acknowledged' | 'already' | 'worse';
  readonly standings: readonly Standing<Alarm>[];
}

/** What an acknowledgement is about; without a level it is not written. */
export function acknowledgement<Alarm extends Lived>(
  { pump, rule, level, seenTo = Infinity }: Acknowledging,
  standings: readonly Standing<Alarm>[],
  { renews }: { readonly renews: boolean },
): AlarmName & { outcome: 'acknowledged' | 'already' | 'worse'; level?: Priority; seen: Span[] } {
  const seen = standings.filter(({ alarm }) => alarm.from <= seenTo);
  let meant = seen.filter(({ life }) => life.beneath.endsWith('-unacknowledged'));
  if (meant.length === 0 && renews) meant = seen.filter(({ life }) => life.beneath === 'active-acknowledged');
  if (meant.length === 0) return { pump, rule, outcome: 'already', seen: [] };
  const worst = meant.map(({ alarm }) => alarm.level).sort(comparePriorities)[0];
  if (level !== undefined && !atLeast(level, worst)) return { pump, rule, outcome: 'worse', seen: [] };
  return { pump, rule, outcome: 'acknowledged', level: worst, seen: spansOf(meant) };
}

/** Those that need somebody, or else the last one. */
export function newest<Alarm extends Lived>(standings: readonly Standing<Alarm>[]): Standing<Alarm>[] {
  const needy = standings.filter(({ life }) => life.state !== 'normal');
  return needy.length > 0 ? needy : standings.slice(-1);
}

/** What was seen of them. */
export function spansOf<Alarm extends Lived>(standings: readonly Standing<Alarm>[]): Span[] {
  return boundedSpans(standings.map(({ alarm: { from, to } }) => ({ from, to })));
}
