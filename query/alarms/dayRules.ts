import { judgementOf } from '../../domain/alarm/fold/alarmRule.ts';
import type { RuleSpan } from '../../domain/alarm/fold/versions.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import { digestOfText } from './alarmDay.ts';

/** Tells by which rules of a pump a day is judged: those that had begun by its end, as far as they had ended. A later change says nothing of it. */
export class DayRules {
  readonly #spans: readonly RuleSpan[];
  /** What else decides. */
  readonly #rest: readonly number[];
  readonly #breaks: readonly number[];
  readonly #digests = new Map<number, string>();

  constructor(spans: readonly RuleSpan[], rest: readonly number[]) {
    this.#spans = spans;
    this.#rest = rest;
    this.#breaks = [...new Set(spans.flatMap(({ from, to }) => [from, to]))];
  }

  /** The same text for days that are judged alike. */
  of(day: number): string {
    const end = (day + 1) * DAY_MS;
    const passed = this.#breaks.filter((moment) => moment < end).length;
    const known = this.#digests.get(passed) ?? digestOfText(JSON.stringify([
      this.#spans.filter(({ from }) => from < end)
        .map(({ key, rule, from, to }) => [key, judgementOf(rule), from === -Infinity ? null : from, to < end ? to : null]),
      this.#rest,
    ]));
    this.#digests.set(passed, known);
    return known;
  }
}
