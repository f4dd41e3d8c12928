import { touches } from '../acts/life.ts';
import type { ActsByPump } from '../acts/pumpActs.ts';
import type { Priority } from '../rule.ts';
import {
  bounded, type CountedAlarm, HOUR_MS, type Kpi, OPC, OWN, plain, quantile, type Raise, type ReportRange, share,
} from './kpi.ts';

/** How messages were delivered: what was sent, and what was given up. Times in ms from when one was made; null of none. */
export interface DeliveryFacts {
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  /** By channel. */
  readonly channels: Readonly<Record<string, { readonly sent: number; readonly givenUp: number }>>;
}

export interface ResponseFacts {
  readonly delivery: DeliveryFacts;
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
  return [aside(facts), longest(raises, range, facts), timeToAcknowledge(raises, facts), useless(raises, facts), told(facts.delivery)];
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

function told({ sent, failed, retried, p50Ms, p95Ms, maxMs, channels }: DeliveryFacts): Kpi {
  const inSeconds = (ms: number | null) => (ms === null ? null : seconds(ms));
  const kpi = bounded({
    id: 'delivery', name: 'Time until a message was handed over, 95 %', value: inSeconds(p95Ms), unit: 's',
    target: 'at most 10 s, and none given up', source: OWN,
    details: { sent, retried, givenUp: failed, median: inSeconds(p50Ms), longest: inSeconds(maxMs), channels },
  }, 10);
  return failed > 0 ? { ...kpi, met: false } : kpi;
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
