import { asideAt, type LifeQuestion } from '../acts/life.ts';
import type { ActsByPump } from '../acts/pumpActs.ts';
import { dayOf } from '../../reading/wallClock.ts';
import type { CountedAlarm, Kpi, Raise, ReportRange } from './kpi.ts';
import { loadKpis } from './load.ts';
import { nuisanceKpis } from './nuisance.ts';
import { type DeliveryFacts, responseKpis } from './response.ts';

export interface ReportFacts {
  readonly alarms: readonly CountedAlarm[];
  readonly acts: ActsByPump;
  /** What is to be known of an alarm to tell how it stands. */
  readonly questionFor: (alarm: CountedAlarm) => LifeQuestion;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: number;
  readonly wallAt: (instant: number) => number;
  readonly delivery: DeliveryFacts;
}

/**
 * The figures of ISA-18.2 and its kin for one position of an operator: a pure function of alarms and acts, that can be worked
 * out anew for any time. What counts is a raise that was announced: no acknowledgement, no return, nothing that was set aside,
 * and nothing that was found late.
 */
export function alarmReport(facts: ReportFacts, range: ReportRange): Kpi[] {
  const isIn = (alarm: CountedAlarm): alarm is Raise => alarm.raised !== null && range.from <= alarm.raised && alarm.raised < range.to;
  const inRange = facts.alarms.filter(isIn).sort((a, b) => a.raised - b.raised);
  const asides = inRange.map((raise) => asideAt(raise, raise.raised, facts.acts.of(raise.pump), facts.questionFor(raise)));
  const raises = inRange.filter(({ late }, i) => !late && asides[i] === null);
  const counted = (aside: string) => asides.filter((one) => one === aside).length;
  const touching = facts.alarms.filter(({ raised, cleared }) => raised !== null && raised < range.to && (cleared ?? Infinity) > range.from);
  const now = facts.wallAt(facts.now);
  const pumps = [...facts.acts.pumps()].map((pump) => facts.acts.of(pump));
  const lasting = <T extends { readonly end: number }>(times: readonly T[]) => times.filter(({ end }) => end > facts.now);
  const out = pumps.flatMap(({ outOfService }) => lasting(outOfService));
  return [
    ...loadKpis(raises, range),
    ...nuisanceKpis(raises, touching, range),
    ...responseKpis(raises, range, {
      acts: facts.acts,
      wallAt: facts.wallAt,
      now,
      overdue: out.filter(({ review }) => review < dayOf(now)).length,
      aside: {
        shelved: pumps.flatMap(({ shelves }) => lasting(shelves)).length,
        outOfService: out.length,
        raises: { shelved: counted('shelved'), suppressed: counted('suppressed'), outOfService: counted('out-of-service') },
      },
      late: inRange.filter(({ late }) => late).length,
      delivery: facts.delivery,
      isToAcknowledge: (alarm) => facts.questionFor(alarm).rule.acknowledge,
    }),
  ];
}
