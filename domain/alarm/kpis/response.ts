import { touches } from '../acts/life.ts';
import type { ActsByPump } from '../acts/pumpActs.ts';
import type { Priority } from '../rule.ts';
import {
  bounded, type CountedAlarm, HOUR_MS, type Kpi, OPC, OWN, plain, quantile, type Raise, type ReportRange, share,
} from './kpi.ts';

export interface ResponseFacts {
  readonly acts: ActsByPump;
  /** The site's wall time at an instant in ms UTC. */
  readonly wallAt: (instant: number) => number;
  /** The site's wall time now. */
  readonly now: number;
  /** The date that a review has to be done by has passed, of so many pumps that are out of service. */
  readonly overdue: number;
  /** How much is set aside now, and how many raises of the time were. */
  readonly aside: {
    readonly shelved: number; readonly outOfService: number;
    readonly raises: { readonly shelved: number; readonly suppressed: number; readonly outOfService: number };
  };
  readonly late: number;
  /** By rule: whether somebody has to acknowledge it. */
  readonly isToAcknowledge: (alarm: CountedAlarm) => boolean;
}

/** What people did about it. Raises in order of time. */
export function responseKpis(raises: readonly Raise[], range: ReportRange, facts: ResponseFacts): Kpi[] {
  return [aside(facts), longest(raises, range, facts), timeToAcknowledge(raises, facts), useless(raises, facts), told()];
}

function aside({ aside: { shelved, outOfService, raises }, overdue }: ResponseFacts): Kpi {
  return bounded({
    id: 'set-aside', name: 'Pumps out of service beyond their review date', value: overdue, unit: 'pumps', target: '0', source: OWN,
    details: { shelvedNow: shelved, outOfServiceNow: outOfService, raises },
  }, 0);
}

function longest(raises: readonly Raise[], { to }: ReportRange, facts: ResponseFacts): Kpi {
  const end = Math.min(to, facts.now);
  const active = Math.max(0, ...raises.map(({ raised, cleared }) => Math.max(0, Math.min(cleared ?? end, end) - raised)));
  const waits = raises.filter(facts.isToAcknowledge).map((raise) => Math.max(0, acknowledgedAfter(raise, facts) ?? end - raise.raised));
  return plain({
    id: 'longest-active', name: 'Longest time that an alarm was active', value: active / HOUR_MS, unit: 'h', source: OPC,
    details: {
      longestUnacknowledgedHours: Math.max(0, ...waits) / HOUR_MS,
      stillUnacknowledged: raises.filter((raise) => facts.isToAcknowledge(raise) && acknowledgedAfter(raise, facts) === null).length,
    },
  });
}

function timeToAcknowledge(raises: readonly Raise[], facts: ResponseFacts): Kpi {
  const timesOf = (some: readonly Raise[]) => some.flatMap((raise) => acknowledgedAfter(raise, facts) ?? []).map(seconds);
  const times = timesOf(raises);
  const returns = raises.flatMap(({ raised, returned }) => (returned === null ? [] : [seconds(returned - raised)]));
  return plain({
    id: 'time-to-acknowledge', name: 'Time until an alarm was acknowledged, median', value: quantile(times, 0.5), unit: 's', source: OWN,
    details: {
      acknowledged: times.length, p90: quantile(times, 0.9),
      medianByPriority: Object.fromEntries((['high', 'medium', 'low'] satisfies Priority[]).map((level) =>
        [level, quantile(timesOf(raises.filter((raise) => raise.level === level)), 0.5)])),
      toReturn: { median: quantile(returns, 0.5), p90: quantile(returns, 0.9) },
    },
  });
}

function useless(raises: readonly Raise[], facts: ResponseFacts): Kpi {
  const over = raises.filter(({ returned }) => returned !== null);
  const alone = over.filter((raise) => !isActedOn(raise, facts));
  return plain({
    id: 'useless', name: 'Alarms that were over before anybody did anything', value: share(alone.length, over.length), unit: '%',
    source: OWN,
    details: { over: over.length, alone: alone.length, foundLate: facts.late },
  });
}

/** Known to whoever sends messages, which this does not ask. */
function told(): Kpi {
  return plain({
    id: 'delivery', name: 'Time until a message was handed over, 95 %', value: null, unit: 's', source: OWN,
    details: { unknown: 'no message was sent, or the log of messages is not part of this report' },
  });
}

/** How long it took until somebody acknowledged a raise, ms; null when nobody has. */
function acknowledgedAfter(raise: Raise, { acts, wallAt }: ResponseFacts): number | null {
  const acknowledgements = acts.of(raise.pump).acknowledgements;
  const first = acknowledgements.find(({ rule, seen }) => rule === raise.rule && seen.some((span) => touches(span, raise)));
  return first ? Math.max(0, wallAt(first.at) - raise.raised) : null;
}

function isActedOn(raise: Raise, { acts, wallAt }: ResponseFacts): boolean {
  const { acknowledgements, comments, shelves, outOfService } = acts.of(raise.pump);
  const within = (at: number) => raise.raised <= wallAt(at) && wallAt(at) < raise.returned!;
  return (
    [...acknowledgements, ...comments].some(({ rule, seen, at }) =>
      rule === raise.rule && within(at) && seen.some((span) => touches(span, raise))) ||
    shelves.some(({ rule, at }) => (rule === null || rule === raise.rule) && within(at)) ||
    outOfService.some(({ at }) => within(at))
  );
}

function seconds(ms: number): number {
  return ms / 1000;
}
