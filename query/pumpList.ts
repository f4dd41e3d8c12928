import type { Rule } from '../domain/alert.ts';
import { comparePumps } from '../domain/pumpOrder.ts';
import type { Reference } from '../domain/reference.ts';
import { DAY_MS } from '../domain/wallClock.ts';
import type { AlertIndex } from './alertIndex.ts';
import type { PageQuestion, PumpDetail, PumpFacts } from './facts.ts';
import type { LastReadings } from './lastReadings.ts';
import { type Page, pageOf, placeOf } from './page.ts';
import { idTest, runOf } from './runPages.ts';
import { Turns } from './turns.ts';

/** Which pumps. */
export interface PumpQuestion {
  /** Part of the id, in any case. */
  readonly q?: string | undefined;
  /** Only those with alerts that go on. */
  readonly activeOnly?: boolean | undefined;
}

export interface PumpListOptions {
  readonly index: AlertIndex;
  readonly lastReadings: LastReadings;
  readonly reference: () => Reference;
  readonly rules: readonly Rule[];
}

/** Readings that are asked for at the same time: over the network each takes its time. */
const AT_ONCE = 16;

type PumpPlace = readonly [calm: number, pump: string];

/** The pumps of table and reference. */
export class PumpList {
  readonly #options: PumpListOptions;
  #ids: readonly string[] = [];
  #idsOf: { readonly reference: Reference; readonly stored: number } | undefined;

  constructor(options: PumpListOptions) {
    this.#options = options;
  }

  /** Pumps with alerts that go on first, then by id. */
  async page({ q, activeOnly = false, after, limit }: PumpQuestion & PageQuestion): Promise<Page<PumpFacts>> {
    const place = after === undefined ? undefined : placeOf<PumpPlace>(after, ['number', 'string']);
    const isNamed = idTest(q);
    const [active, calm]: [string[], string[]] = [[], []];
    for (const id of this.#all()) if (isNamed(id)) (this.#isActive(id) ? active : calm).push(id);
    const places = [...active.map((id): PumpPlace => [0, id]), ...(activeOnly ? [] : calm.map((id): PumpPlace => [1, id]))];
    const from = place ? places.findIndex((each) => (each[0] - place[0] || comparePumps(each[1], place[1])) > 0) : 0;
    const { items, next } = pageOf(from < 0 ? [] : places.slice(from, from + limit + 1), limit, (each) => each);
    return { items: await this.#facts(items.map(([, id]) => id)), next };
  }

  /** One pump, or undefined when neither table nor reference knows it. */
  async pump(id: string): Promise<PumpDetail | undefined> {
    const { index, reference } = this.#options;
    if (!index.days.of(id) && !reference().pumps.has(id)) return undefined;
    const [facts] = await this.#facts([id]);
    return { ...facts, first: await this.#options.lastReadings.firstTime(id) };
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
    return this.#options.index.runsOf(id).some(({ active }) => active);
  }

  async #facts(ids: readonly string[]): Promise<PumpFacts[]> {
    const newest = await this.#options.lastReadings.newestOfAll();
    const facts: PumpFacts[] = [];
    const turns = new Turns();
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      facts.push(...(await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => this.#factsOf(id, newest)))));
      await turns.next();
    }
    return facts;
  }

  async #factsOf(pump: string, newest: number): Promise<PumpFacts> {
    const { index, reference, rules } = this.#options;
    const { pumps, maintenance } = reference();
    const vendor = pumps.get(pump) ?? null;
    const runs = index.runsOf(pump);
    const since = (ms: number) => runs.reduce((count, run) => (run.active || run.to > newest - ms ? count + 1 : count), 0);
    return {
      pump, known: vendor !== null, vendor, maintenance: maintenance.get(pump) ?? [],
      last: await this.#options.lastReadings.of(pump),
      active: runs.filter(({ active }) => active).map((run) => runOf(run, rules)).sort((a, b) => b.from - a.from),
      runs: { day: since(DAY_MS), week: since(7 * DAY_MS) },
    };
  }
}
