import { comparePriorities } from '../../domain/alarm/rule.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import type { AlarmFacts } from '../alarms/alarmFacts.ts';
import type { AlarmIndex } from '../alarms/alarmIndex.ts';
import type { AlertIndex } from '../alarms/alertIndex.ts';
import type { PageQuestion, PumpDetail, PumpFacts, PumpReading } from '../facts.ts';
import type { LastReadings } from './lastReadings.ts';
import { pumpState, type PumpState } from './pumpStates.ts';
import { cursorOf, type Page, placeOf } from '../pages/page.ts';
import { idTest } from '../idTest.ts';
import { Turns } from '../turns.ts';
import { hadWork, type WorkQuestion } from './work.ts';

/** In which order: those with alarms that go on first, then by id, or by how bad they are and how many there were lately; by id; by vendor; by the last pressure. */
export const PUMP_ORDERS = ['active', 'worst', 'name', 'vendor', 'psi'] as const;

/** Which pumps. `technician` and `work` ask for those that ever had such work. */
export interface PumpQuestion extends WorkQuestion {
  readonly order?: (typeof PUMP_ORDERS)[number] | undefined;
  /** Part of the id, in any case. */
  readonly q?: string | undefined;
  /** Only those with alarms that go on. */
  readonly activeOnly?: boolean | undefined;
}

export interface PumpListOptions {
  readonly index: AlertIndex;
  readonly lastReadings: LastReadings;
  readonly reference: () => Reference;
  readonly alarms: AlarmIndex;
  /** Now on the site's wall clock; by default each pump's newest reading stands for it. */
  readonly wallNow?: (() => number) | undefined;
}

/** Readings that are asked for at the same time: over the network each takes its time. */
const AT_ONCE = 16;

/** Orders that pages may still go on in: with alarms coming and going, pumps change places between two pages. */
const KEPT_ORDERS = 32;

const PSI = measureIndex.psi;
const WEEK_MS = 7 * DAY_MS;

type PumpPlace = readonly [order: number, calm: number, pump: string];

/** A page of pumps, and how many there are of them. */
export interface PumpPage extends Page<PumpFacts> {
  readonly total: number;
  /** How many of all have alarms that go on. */
  readonly active: number;
}

/** The pumps of table and reference. */
export class PumpList {
  readonly #options: PumpListOptions;
  readonly #orders = new Map<number, readonly string[]>();
  /** Begins anywhere: a cursor of an earlier process means another order. */
  #lastOrder = Math.floor(Math.random() * 2 ** 40);
  #ids: readonly string[] = [];
  #idsOf: { readonly reference: Reference; readonly stored: number } | undefined;

  constructor(options: PumpListOptions) {
    this.#options = options;
  }

  /**
   * By default pumps with alarms that go on first, then by id. Pages that belong together are in the order that held at the first of
   * them, as long as that is remembered.
   */
  async page({ q, activeOnly = false, order: by = 'active', after, limit, ...work }: PumpQuestion & PageQuestion): Promise<PumpPage> {
    const place = after === undefined ? undefined : placeOf<PumpPlace>(after, ['number', 'number', 'string']);
    const isNamed = idTest(q);
    const [active, calm]: [string[], string[]] = [[], []];
    const reference = this.#options.reference();
    for (const id of this.#all()) if (isNamed(id) && hadWork(work, id, reference)) (this.#isActive(id) ? active : calm).push(id);
    const order = this.#orders.get(place?.[0] ?? -1) ?? await this.#ordered(activeOnly ? active : [...active, ...calm], by);
    const from = place ? this.#after(order, place, by) : 0;
    const ids = order.slice(from, from + limit);
    const total = active.length + (activeOnly ? 0 : calm.length);
    const next =
      from + limit < order.length ? cursorOf([this.#keep(order, place), Number(!this.#isActive(ids[limit - 1])), ids[limit - 1]]) : null;
    return { items: await this.#facts(ids), next, total, active: active.length };
  }

  /** Where an order goes on after a place. */
  #after(order: readonly string[], [number, calm, pump]: PumpPlace, by: PumpQuestion['order']): number {
    if (this.#orders.has(number) || by !== 'active') return order.indexOf(pump) + 1;
    const after = order.findIndex((id) => (Number(!this.#isActive(id)) - calm || comparePumps(id, pump)) > 0);
    return after < 0 ? order.length : after;
  }

  /** Ids in an order; those that are alike in it, and those without, by id. */
  async #ordered(ids: readonly string[], by: (typeof PUMP_ORDERS)[number]): Promise<readonly string[]> {
    if (by === 'active') return ids;
    if (by === 'name') return [...ids].sort(comparePumps);
    const { alarms, reference, lastReadings } = this.#options;
    const { pumps } = reference();
    const turns = new Turns();
    const keyed: { readonly id: string; readonly key: readonly (number | string)[] }[] = [];
    for (const id of ids) {
      if (by === 'vendor') keyed.push({ id, key: [pumps.get(id)?.vendor ?? '\uffff'] });
      else if (by === 'psi') keyed.push({ id, key: [(await lastReadings.of(id))?.values[PSI] ?? Infinity] });
      else {
        const now = await this.#nowOf(id);
        const all = alarms.alarmsOf(id, { endedFrom: now - WEEK_MS });
        const { day, week } = this.#counts(all, now);
        keyed.push({ id, key: [Number(!this.#isActive(id)), worstOf(all), -day, -week] });
      }
      await turns.next();
    }
    return keyed.sort((a, b) => compareKeys(a.key, b.key) || comparePumps(a.id, b.id)).map(({ id }) => id);
  }

  /** Now on the site's wall clock, or a pump's newest reading where that is not known. */
  async #nowOf(pump: string): Promise<number> {
    return this.#options.wallNow?.() ?? (await this.#options.lastReadings.newestOf(pump)) ?? Infinity;
  }

  #counts(alarms: readonly AlarmFacts[], now: number): PumpFacts['alarms'] {
    const since = (ms: number) => alarms.filter(({ cleared, to }) => cleared === null || to > now - ms).length;
    return { day: since(DAY_MS), week: since(WEEK_MS) };
  }

  /** Remembers an order for the pages to come; gives its number. */
  #keep(order: readonly string[], place: PumpPlace | undefined): number {
    if (place && this.#orders.has(place[0])) return place[0];
    const last = this.#orders.get(this.#lastOrder);
    // the same answer has the same ETag
    if (last?.length === order.length && last.every((id, i) => id === order[i])) return this.#lastOrder;
    this.#lastOrder += 1;
    this.#orders.set(this.#lastOrder, order);
    for (const number of this.#orders.keys()) if (number <= this.#lastOrder - KEPT_ORDERS) this.#orders.delete(number);
    return this.#lastOrder;
  }

  /** One pump, or undefined when neither table nor reference knows it. */
  async pump(id: string): Promise<PumpDetail | undefined> {
    const { index, reference } = this.#options;
    if (!index.days.of(id) && !reference().pumps.has(id)) return undefined;
    const [facts] = await this.#facts([id]);
    return { ...facts, first: await this.#options.lastReadings.firstTime(id) };
  }

  /** The last reading of every pump of table and reference, null as with {@link LastReadings.of}, in the table's order. */
  async lastOfAll(): Promise<{ readonly pump: string; readonly last: PumpReading | null }[]> {
    const found: { readonly pump: string; readonly last: PumpReading | null }[] = [];
    const turns = new Turns();
    const ids = this.#all();
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      found.push(...(await Promise.all(ids.slice(i, i + AT_ONCE).map(async (pump) => ({ pump, last: await this.#options.lastReadings.of(pump) })))));
      await turns.next();
    }
    return found;
  }

  /** How many of all pumps stand how, and how many with readings the reference does not list. */
  async states(holdMs: number): Promise<Record<PumpState, number> & { unknown: number }> {
    const counts = { reporting: 0, silent: 0, ahead: 0, unheard: 0, unknown: this.unknown(Infinity).length };
    const turns = new Turns();
    for (const pump of this.#all()) {
      const newest = await this.#options.lastReadings.newestOf(pump);
      counts[pumpState({ newest, holdMs, wallNow: this.#options.wallNow?.() ?? newest ?? 0 })]++;
      await turns.next();
    }
    return counts;
  }

  /** Pumps with readings that the reference does not list, at most so many. */
  unknown(most: number): string[] {
    const { pumps } = this.#options.reference();
    return this.#options.index.days.pumps.filter((id) => !pumps.has(id)).slice(0, most);
  }

  /** All ids in the table's order. */
  #all(): readonly string[] {
    const reference = this.#options.reference();
    const stored = this.#options.index.days.pumps;
    if (this.#idsOf?.reference !== reference || this.#idsOf.stored !== stored.length) {
      this.#ids = [...new Set([...stored, ...reference.pumps.keys()])].sort(comparePumps);
      this.#idsOf = { reference, stored: stored.length };
    }
    return this.#ids;
  }

  #isActive(id: string): boolean {
    return this.#options.alarms.isGoingOn(id);
  }

  async #facts(ids: readonly string[]): Promise<PumpFacts[]> {
    const facts: PumpFacts[] = [];
    const turns = new Turns();
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      facts.push(...(await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => this.#factsOf(id)))));
      await turns.next();
    }
    return facts;
  }

  async #factsOf(pump: string): Promise<PumpFacts> {
    const { alarms, reference } = this.#options;
    const { pumps, maintenance } = reference();
    const vendor = pumps.get(pump) ?? null;
    const now = await this.#nowOf(pump);
    const all = alarms.alarmsOf(pump, { endedFrom: now - WEEK_MS });
    return {
      pump, known: vendor !== null, vendor, maintenance: maintenance.get(pump) ?? [],
      last: await this.#options.lastReadings.of(pump),
      active: all.filter(({ cleared }) => cleared === null).sort((a, b) => b.from - a.from),
      alarms: this.#counts(all, now),
    };
  }
}

/** How bad what goes on at a pump is, 0 for the worst. */
function worstOf(alarms: readonly AlarmFacts[]): number {
  return Math.min(...alarms.filter(({ cleared }) => cleared === null).map(({ level }) => comparePriorities(level, 'high')));
}

function compareKeys(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
}
