import type { Alert } from './alert.ts';
import { continued, type Occurrence } from './occurrence.ts';
import { PieceFold } from './pieceFold.ts';
import { worseOf } from './rule.ts';

/** Readings of a pump in order of time, as far as what comes after them has to know of them. */
interface Stretch {
  /** Wall time of the last one. */
  readonly last: number;
  /** What goes on at its end. */
  readonly open: readonly Occurrence[];
}

/**
 * What has to be remembered of a pump to follow its occurrences while readings come: two stretches of time, both of
 * which may grow at their ends.
 *
 *   front:  ends with the newest reading
 *   back:   ends where the last late readings ended; the next late ones begin another, unless they are later
 */
export interface History {
  readonly front: Stretch;
  readonly back: Stretch;
}

const NO_STRETCH: Stretch = { last: -Infinity, open: [] };

/** Before the first reading. */
export const NO_HISTORY: History = { front: NO_STRETCH, back: NO_STRETCH };

/** Readings of one pump that came together. */
export interface Arrived {
  /** Their wall times, rising. */
  readonly times: Float64Array;
  /** Their alerts, in order of time. */
  readonly alerts: readonly Alert[];
}

/** A pump's history with what has come, and the occurrences that have readings in that; those of late readings first. */
export interface Followed {
  readonly history: History;
  readonly occurrences: readonly Occurrence[];
}

/** Goes on with readings that came after all others, some of which may be late. */
export function follow({ front, back }: History, { times, alerts }: Arrived): Followed {
  const late = firstAfter(times, front.last);
  const lateAlerts = alerts.filter(({ time }) => time <= front.last);
  const behind = late === 0 ? { stretch: back, occurrences: [] } : extend(times[0] > back.last ? back : NO_STRETCH, {
    times: times.subarray(0, late),
    alerts: lateAlerts,
  });
  const { host, apart } = absorb(front, behind.occurrences);
  const ahead = late === times.length ? { stretch: host, occurrences: host.open } : extend(host, {
    times: times.subarray(late),
    alerts: alerts.slice(lateAlerts.length),
  });
  // Readings that are not late say nothing of what goes on behind them.
  const stretch = late === 0 ? back : { ...behind.stretch, open: behind.stretch.open.filter((one) => apart.includes(one)) };
  return { history: { front: ahead.stretch, back: stretch }, occurrences: [...apart, ...ahead.occurrences] };
}

/** Goes on with readings without alerts, of a pump of which nothing goes on; `newest` is the time of the newest of them. */
export function seenUpTo({ front, back }: History, newest: number): History {
  return newest > front.last ? { front: { last: newest, open: [] }, back } : { front, back };
}

/** Whether anything goes on that the next readings may end. */
export function goesOn({ front, back }: History): boolean {
  return front.open.length > 0 || back.open.length > 0;
}

/** Takes an alert out that holds no longer: a later receipt corrected its reading. */
export function without({ front, back }: History, alert: Alert): History {
  const open = front.open.map((one) => (belongs(alert, one) ? { ...one, count: one.count - 1 } : one));
  return { front: { ...front, open: open.filter(({ count }) => count > 0) }, back };
}

/** Whether an alert is one of an occurrence's. */
export function belongs({ rule, time }: Pick<Alert, 'rule' | 'time'>, occurrence: Pick<Occurrence, 'rule' | 'from' | 'to'>): boolean {
  return rule === occurrence.rule && occurrence.from <= time && time <= occurrence.to;
}

function extend(stretch: Stretch, { times, alerts }: Arrived): { stretch: Stretch; occurrences: readonly Occurrence[] } {
  const fold = new PieceFold(alerts);
  fold.take(times);
  const occurrences = fold.end().map(({ fromStart, ...part }): Occurrence => {
    const begun = fromStart ? stretch.open.find(({ rule }) => rule === part.rule) : undefined;
    return begun ? continued(begun, part) : part;
  });
  return { stretch: { last: times[times.length - 1], open: occurrences.filter(({ active }) => active) }, occurrences };
}

/** Late alerts within what goes on belong to it. Gives the stretch with these, and the occurrences that stand apart. */
function absorb(front: Stretch, late: readonly Occurrence[]): { host: Stretch; apart: readonly Occurrence[] } {
  const inside = (one: Occurrence, open: Occurrence) => belongs({ ...one, time: one.from }, open) && one.to <= open.to;
  const open = front.open.map((one) =>
    late.filter((part) => inside(part, one)).reduce<Occurrence>(
      (whole, part) => ({ ...whole, count: whole.count + part.count, worst: worseOf(whole.comparison, whole.worst, part.worst) }),
      one,
    ),
  );
  return { host: { ...front, open }, apart: late.filter((part) => !front.open.some((one) => inside(part, one))) };
}

/** The index of the first time after another. */
function firstAfter(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
