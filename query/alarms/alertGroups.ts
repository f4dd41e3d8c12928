import type { Alert } from '../../domain/alarm/alert.ts';
import type { Alarm } from '../../domain/alarm/fold/alarm.ts';
import { worseOf } from '../../domain/alarm/rule.ts';
import { groupBy } from '../../storage/lmdb/groupBy.ts';
import { compareTexts } from '../order.ts';

/** Alerts of one alarm; or of none, because a breach ended within the on-delay: then those that follow each other closely. */
export interface AlertGroup {
  readonly first: Alert;
  readonly last: Alert;
  readonly count: number;
  /** The value farthest from the threshold. */
  readonly worst: number;
}

export interface GroupingOptions {
  /** A pump's alarms, those of a rule in order of time. */
  readonly alarmsOf: (pump: string) => readonly Alarm[];
  /** Alerts of no alarm that are no farther apart than this are one group, ms. */
  readonly closeMs: number;
}

/** Groups alerts by their alarms. Pages are of one pump each, in order of pump and time; groups come pump by pump, in order of beginning. */
export async function* alertGroups(
  pages: AsyncIterable<readonly Alert[]>,
  { alarmsOf, closeMs }: GroupingOptions,
): AsyncGenerator<readonly AlertGroup[]> {
  let grouping: Grouping | undefined;
  for await (const page of pages) {
    const { pump } = page[0];
    if (grouping?.pump !== pump) {
      if (grouping) yield grouping.groups();
      grouping = new Grouping(pump, alarmsOf(pump), closeMs);
    }
    for (const alert of page) grouping.add(alert);
  }
  if (grouping) yield grouping.groups();
}

class Grouping {
  readonly pump: string;
  readonly #alarms: ReadonlyMap<string, readonly Alarm[]>;
  readonly #closeMs: number;
  readonly #groups: AlertGroup[] = [];
  /** By rule: where its last group stands, and the index of its alarm that the last alert was in or after. */
  readonly #last = new Map<string, { at: number; alarm: Alarm | undefined; next: number }>();

  constructor(pump: string, alarms: readonly Alarm[], closeMs: number) {
    this.pump = pump;
    this.#alarms = groupBy(alarms, ({ rule }) => rule);
    this.#closeMs = closeMs;
  }

  add(alert: Alert): void {
    const { rule, time } = alert;
    const own = this.#alarms.get(rule) ?? [];
    const last = this.#last.get(rule) ?? { at: -1, alarm: undefined, next: 0 };
    while (last.next < own.length && (own[last.next].cleared ?? Infinity) <= time) last.next++;
    const alarm = last.next < own.length && own[last.next].from <= time ? own[last.next] : undefined;
    const before = this.#groups[last.at];
    const goesOn = before !== undefined && alarm === last.alarm && (alarm !== undefined || time - before.last.time <= this.#closeMs);
    if (goesOn)
      this.#groups[last.at] = { ...before, last: alert, count: before.count + 1, worst: worseOf(alert.comparison, before.worst, alert.value) };
    else last.at = this.#groups.push({ first: alert, last: alert, count: 1, worst: alert.value }) - 1;
    last.alarm = alarm;
    this.#last.set(rule, last);
  }

  groups(): readonly AlertGroup[] {
    return this.#groups.sort((a, b) => a.first.time - b.first.time || compareTexts(a.first.rule, b.first.rule));
  }
}
