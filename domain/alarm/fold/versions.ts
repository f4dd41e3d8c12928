import { pumpMatcher } from '../pumpPattern.ts';
import { type AlarmRule, judgementOf } from './alarmRule.ts';

/** The rules that were in force from a wall time of the site on. The first ones reach back for ever. */
export interface RuleVersion {
  readonly from: number;
  readonly rules: readonly AlarmRule[];
}

/** A rule of a pump, for as long as it judged in the same way. */
export interface RuleSpan {
  /** Tells the span from the pump's other ones. */
  readonly key: string;
  /** As it was written last. */
  readonly rule: AlarmRule;
  /** Readings from this wall time on, -Infinity for the first. */
  readonly from: number;
  /** Readings before this wall time; Infinity for what is in force. */
  readonly to: number;
}

/**
 * What judges a pump's readings, each by the version of its own time. Versions come in order of their beginning; a version
 * that begins before the one before it (a clock was set back) takes its place from there on.
 */
export function spansOf(versions: readonly RuleVersion[], pump: string): readonly RuleSpan[] {
  const spans: RuleSpan[] = [];
  const open = new Map<string, RuleSpan>();
  versions.forEach(({ rules }, i) => {
    const from = i === 0 ? -Infinity : versions[i].from;
    const to = Math.min(...versions.slice(i + 1).map((later) => later.from));
    if (from >= to) return;
    const meant = rules.filter((rule) => pumpMatcher(rule.pumps)(pump));
    const before = new Map(open);
    open.clear();
    for (const rule of meant) {
      const last = before.get(rule.id);
      const goesOn = last !== undefined && last.to === from && judgementOf(last.rule) === judgementOf(rule);
      const span: RuleSpan = { key: goesOn ? last.key : `${rule.id}@${from}`, rule, from: goesOn ? last.from : from, to };
      if (goesOn) spans[spans.indexOf(last)] = span;
      else spans.push(span);
      open.set(rule.id, span);
    }
  });
  return spans;
}
