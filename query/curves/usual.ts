import type { Condition } from '../../domain/alarm/fold/alarmRule.ts';
import { type Baseline, baselineOf, type Median, medianOf } from '../../domain/alarm/fold/baseline.ts';
import { LEAST_READINGS } from '../../domain/alarm/fold/deviation.ts';
import { isUnknown, type Measure, measureIndex } from '../../domain/reading/measures.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { ByteCache } from '../byteCache.ts';
import { Turns } from '../turns.ts';
import type { BandSource } from './bandSource.ts';
import type { Range } from './curveData.ts';
import type { MarkedDay } from './dayTiles.ts';

export type Deviates = Condition & { readonly kind: 'deviates' };

/** Which pump's, in which range, as which rule would have it. */
export interface UsualQuestion extends Range {
  readonly pump: string;
  readonly measure: Measure;
  readonly condition: Deviates;
  /** Stops the work, by throwing its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is usual at a pump on a day. */
export interface UsualDay extends Baseline {
  readonly day: number;
}

/** Longer ranges are not looked at: each day needs the readings of those before it. */
const MOST_DAYS = 62;
/** Medians are a few hundred bytes a pump-day. */
const CACHE_BYTES = 4e6;

interface DayMedians {
  readonly changedAt: number;
  readonly medians: readonly Median[];
  readonly bytes: number;
}

/** What is usual at a pump by its own past, day by day: the band that a rule of deviation judges by. */
export class Usual {
  readonly #table: StoredReadings;
  readonly #source: BandSource;
  readonly #medians = new ByteCache<DayMedians>(CACHE_BYTES);

  constructor(table: StoredReadings, source: BandSource) {
    this.#table = table;
    this.#source = source;
  }

  /** The days of a range that have enough days before them; none of a range that is too long. */
  async of({ pump, measure, condition, from, to, signal }: UsualQuestion): Promise<UsualDay[]> {
    const days = this.#source.daysOf(pump, { from, to });
    if (days.length === 0 || days[days.length - 1].day - days[0].day >= MOST_DAYS) return [];
    const turns = new Turns({ signal, patient: true });
    const first = (days[0].day - condition.days) * DAY_MS;
    const medians: Median[] = [];
    for (const day of this.#source.daysOf(pump, { from: first, to: days[days.length - 1].day * DAY_MS }))
      medians.push(...(await this.#ofDay(pump, day, { measure, condition, turns })));
    return days.flatMap(({ day }) => {
      const baseline = baselineOf(medians, day, condition);
      return baseline ? [{ day, ...baseline }] : [];
    });
  }

  async #ofDay(
    pump: string,
    { day, changedAt }: MarkedDay,
    { measure, condition: { overMs }, turns }: { readonly measure: Measure; readonly condition: Deviates; readonly turns: Turns },
  ): Promise<readonly Median[]> {
    const key = [day, overMs, measure, pump].join(' ');
    const kept = this.#medians.get(key);
    if (kept?.changedAt === changedAt) return kept.medians;
    const spans = new Map<number, number[]>();
    for await (const { length, time, values } of this.#table.readings(pump, { from: day * DAY_MS, to: (day + 1) * DAY_MS })) {
      const column = values[measureIndex[measure]];
      for (let row = 0; row < length; row++) {
        if (isUnknown(column[row])) continue;
        const start = Math.floor(time[row] / overMs) * overMs;
        const span = spans.get(start);
        if (span) span.push(column[row]);
        else spans.set(start, [column[row]]);
      }
      await turns.next();
    }
    const medians = [...spans].filter(([start, span]) => span.length >= LEAST_READINGS && dayOf(start) === day)
      .map(([start, span]): Median => [start, medianOf(span)]);
    this.#medians.set(key, { changedAt, medians, bytes: 200 + 100 * medians.length });
    return medians;
  }
}
