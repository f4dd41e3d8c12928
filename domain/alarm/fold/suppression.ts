import type { Alarm } from './alarm.ts';
import type { AlarmRule } from './alarmRule.ts';

/** A time at which an alarm means nothing, because of what another one says. Wall times; `to` is null while it goes on. */
export interface Suppression {
  readonly from: number;
  readonly to: number | null;
  /** The rule whose alarm is the cause. */
  readonly rule: string;
}

/**
 * When an alarm is suppressed by design: while an alarm of the rules in `suppressedBy` is there, from the first reading beyond
 * its limit on, or one that says that the instrument is broken. It follows from event time, not from what came first. `others`
 * are the pump's alarms, `rules` those in force. In order of beginning.
 */
export function suppressionsOf(
  alarm: Pick<Alarm, 'rule' | 'measure' | 'from' | 'cleared'>, others: readonly Pick<Alarm, 'rule' | 'from' | 'cleared'>[], rules: readonly AlarmRule[],
): Suppression[] {
  const causes = causesOf(alarm, rules);
  const end = alarm.cleared ?? Infinity;
  return others
    .filter(({ rule, from, cleared }) => causes.includes(rule) && from <= end && (cleared ?? Infinity) > alarm.from)
    .map(({ rule, from, cleared }) => ({ rule, from, to: cleared }))
    .sort((a, b) => a.from - b.from);
}

/** Whether an alarm means nothing at a moment; of one that is over, whether it never meant anything while it was there. */
export function isSuppressed({ raised, cleared }: Pick<Alarm, 'raised' | 'cleared'>, suppressions: readonly Suppression[], moment: number): boolean {
  if (cleared === null) return suppressions.some(({ from, to }) => from <= moment && moment < (to ?? Infinity));
  let covered = raised;
  for (const { from, to } of suppressions) {
    if (from > covered) return false;
    covered = Math.max(covered, to ?? Infinity);
    if (covered >= cleared) return true;
  }
  return false;
}

/** The rules whose alarms suppress this one. An instrument that is broken says nothing of its pump. */
export function causesOf({ rule: id, measure }: Pick<Alarm, 'rule' | 'measure'>, rules: readonly AlarmRule[]): string[] {
  const rule = rules.find((one) => one.id === id);
  const instruments = rules.filter(({ condition, measure: other }) => condition.kind === 'range' && other === measure);
  return [...(rule?.suppressedBy ?? []), ...instruments.map((one) => one.id)].filter((cause) => cause !== id);
}
