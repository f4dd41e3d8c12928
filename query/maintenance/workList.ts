import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { Maintenance, Reference } from '../../domain/pump/reference.ts';
import type { Measure } from '../../domain/reading/measures.ts';
import { DAY_MS, dayOf, parseDay } from '../../domain/reading/wallClock.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { AlarmIndex } from '../alarms/alarmIndex.ts';
import type { AlertIndex } from '../alarms/alertIndex.ts';
import type { BandSource } from '../curves/bandSource.ts';
import { figuresOf } from '../curves/figures.ts';
import type { Counted, PageQuestion } from '../facts.ts';
import { idTest } from '../idTest.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import { Turns } from '../turns.ts';
import { measuredDays } from '../pumps/measuredDays.ts';
import { eventTest, isMadeBy, type WorkQuestion } from '../pumps/work.ts';

/** So many days are looked at after an event, and before it. */
export const DAYS_AFTER = 14;
export const DAYS_BEFORE = 7;
/** Of days that were not summarised yet, or had late readings, the readings themselves are added up: of so many a pump, the newest. */
const MOST_UNSUMMARISED = 31;

/** Which events, in which order. */
export interface WorkListQuestion extends WorkQuestion {
  readonly pump?: string | undefined;
  /** Part of the pump's id, in any case. */
  readonly q?: string | undefined;
  /** Day numbers, both inclusive. */
  readonly fromDay?: number | undefined;
  readonly toDay?: number | undefined;
  readonly measure: Measure;
  /** fell: those after which the measure fell most; by default the newest first. */
  readonly order?: 'newest' | 'fell' | undefined;
}

/** An event, and what became of the measure. */
export interface WorkItem {
  readonly event: Maintenance;
  readonly vendor: string | null;
  /** Mean of the days before; null without readings. */
  readonly before: number | null;
  /** Mean of its own day and of each one after it. */
  readonly days: readonly (number | null)[];
  /** The mean of the last of these days less that before, or, without one, less that of the first day after it. */
  readonly change: number | null;
  /** Alarms that began on its day or in the days after, and the first of them, a wall time. */
  readonly alarms: number;
  readonly firstAlarm: number | null;
}

export type WorkPage = Page<WorkItem> & Counted;

export interface WorkListOptions {
  readonly table: StoredDays;
  readonly index: AlertIndex;
  readonly alarms: AlarmIndex;
  readonly reference: () => Reference;
  readonly source: BandSource;
}

type WorkPlace = readonly [order: number, day: number, pump: string, number: number];
type Placed = WorkItem & { readonly place: WorkPlace };

/** Maintenance over all pumps. */
export class WorkList {
  readonly #options: WorkListOptions;

  constructor(options: WorkListOptions) {
    this.#options = options;
  }

  /** A page of events. Throws USAGE for a cursor that no page gave out. */
  async page({ after, limit, ...question }: WorkListQuestion & PageQuestion): Promise<WorkPage> {
    const place = after === undefined ? undefined : placeOf<WorkPlace>(after, ['decimal', 'day', 'string', 'number']);
    const all = (await this.#all(question)).sort((a, b) => comparePlaces(a.place, b.place));
    const found = place ? all.filter((item) => comparePlaces(item.place, place) > 0) : all;
    return { ...pageOf(found.slice(0, limit + 1), limit, (item) => item.place), total: all.length };
  }

  async #all(question: WorkListQuestion): Promise<Placed[]> {
    const reference = this.#options.reference();
    const { pump: only, q, fromDay = -Infinity, toDay = Infinity, measure, order = 'newest' } = question;
    const [isNamed, isWanted, turns] = [idTest(q), eventTest(question), new Turns()];
    const found: Placed[] = [];
    for (const [pump, events] of reference.maintenance) {
      if ((only !== undefined && pump !== only) || !isNamed(pump) || !isMadeBy(question, pump, reference)) continue;
      const asked = events.map((event, number) => ({ event, number, day: parseDay(event.date)! }))
        .filter(({ event, day }) => day >= fromDay && day <= toDay && isWanted(event));
      if (asked.length === 0) continue;
      const means = await this.#means(pump, { from: asked[0].day - DAYS_BEFORE, to: asked[asked.length - 1].day + DAYS_AFTER, measure, turns });
      for (const { event, number, day } of asked) {
        const item = this.#itemOf(event, day, means, reference.pumps.get(pump)?.vendor ?? null);
        const first = order === 'fell' ? item.change ?? Number.MAX_SAFE_INTEGER : 0;
        found.push({ ...item, place: [first, day, pump, number] });
      }
      await turns.next();
    }
    return found;
  }

  #itemOf(event: Maintenance, day: number, means: Means, vendor: string | null): WorkItem {
    const before = joined(Array.from({ length: DAYS_BEFORE }, (_, i) => means.get(day - DAYS_BEFORE + i)));
    const days = Array.from({ length: DAYS_AFTER + 1 }, (_, i) => joined([means.get(day + i)]));
    const after = days.slice(1).filter((mean) => mean !== null);
    const [first, last] = [before ?? (after.length > 1 ? after[0] : null), after.at(-1) ?? null];
    const alarms = this.#options.alarms.alarmsOf(event.pump)
      .filter(({ from }) => dayOf(from) >= day && dayOf(from) <= day + DAYS_AFTER).map(({ from }) => from);
    return {
      event, vendor, before, days,
      change: first === null || last === null ? null : last - first,
      alarms: alarms.length,
      firstAlarm: alarms.length === 0 ? null : Math.min(...alarms),
    };
  }

  /** The means of a pump's days, from their summaries, or from their readings where these say more. */
  async #means(pump: string, { from, to, measure, turns }: { from: number; to: number; measure: Measure; turns: Turns }): Promise<Means> {
    const means: Means = new Map();
    const days = await measuredDays(this.#options.table, this.#options.index.days, { pump, fromDay: from, toDay: to, measure });
    await turns.next();
    for (const { day, stats } of days) if (stats && stats.count > 0) means.set(day, stats);
    for (const { day } of days.filter(({ state }) => state !== 'current').slice(-MOST_UNSUMMARISED)) {
      const { measures: [own] } = await figuresOf(this.#options.source, { pump, from: day * DAY_MS, to: (day + 1) * DAY_MS, measures: [measure] });
      if (own) means.set(day, own);
    }
    return means;
  }
}

type Mean = { readonly count: number; readonly avg: number };
type Means = Map<number, Mean>;

/** The mean of all readings of some days. */
function joined(days: readonly (Mean | undefined)[]): number | null {
  let [count, sum] = [0, 0];
  for (const day of days) if (day) [count, sum] = [count + day.count, sum + day.avg * day.count];
  return count > 0 && Number.isFinite(sum) ? sum / count : null;
}

/** What fell most comes first; then the newest. */
function comparePlaces(a: WorkPlace, b: WorkPlace): number {
  return a[0] - b[0] || b[1] - a[1] || comparePumps(a[2], b[2]) || b[3] - a[3];
}
