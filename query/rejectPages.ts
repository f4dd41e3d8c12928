import type { NewestRejects, NumberedReject, RejectSelection, Table } from '../storage/table.ts';
import type { Counted, PageQuestion } from './facts.ts';
import { type Page, pageOf, placeOf } from './page.ts';
import { Turns } from './turns.ts';

/** Rejects that are read at once when only some of them are asked for. */
const PIECE = 512;

export interface RejectQuestion {
  /** One file or topic, as a reject names it. */
  readonly source?: string | undefined;
}

/** Rejects from the newest back, of one source or of all, up to so many; `total` counts those of all sources. */
export async function newestRejects(table: Table, { source, before, limit }: RejectQuestion & RejectSelection): Promise<NewestRejects> {
  if (source === undefined) return table.newestRejects({ before, limit });
  const items: NumberedReject[] = [];
  const turns = new Turns();
  let next = before;
  for (;;) {
    const piece = await table.newestRejects({ before: next, limit: PIECE });
    items.push(...piece.items.filter((reject) => reject.source === source));
    next = piece.items.at(-1)?.number;
    if (next === undefined || items.length >= limit) return { items: items.slice(0, limit), total: piece.total };
    await turns.next();
  }
}

/** Pages of rejects, the newest first. */
export class RejectPages {
  readonly #table: Table;
  readonly #counts = new Map<string, number>();
  #counted = 0;
  #counting: Promise<void> | undefined;

  constructor(table: Table) {
    this.#table = table;
  }

  /** A page of one source's rejects, or of all. */
  async page({ source, after, limit }: RejectQuestion & PageQuestion): Promise<Page<NumberedReject> & Counted> {
    const before = after === undefined ? undefined : placeOf<readonly [number: number]>(after, ['number'])[0];
    const { items, total } = await newestRejects(this.#table, { source, before, limit: limit + 1 });
    return { ...pageOf(items, limit, ({ number }) => [number]), total: source === undefined ? total : await this.#countOf(source) };
  }

  /** How many rejects a source has. None is ever removed, so each is counted once. */
  async #countOf(source: string): Promise<number> {
    this.#counting ??= this.#count().finally(() => { this.#counting = undefined; });
    await this.#counting;
    return this.#counts.get(source) ?? 0;
  }

  async #count(): Promise<void> {
    const turns = new Turns();
    const counts = new Map<string, number>();
    const { total } = await this.#table.newestRejects({ limit: 0 });
    for (let before = total + 1; before > this.#counted + 1;) {
      const { items } = await this.#table.newestRejects({ before, limit: Math.min(PIECE, before - 1 - this.#counted) });
      for (const { source } of items) counts.set(source, (counts.get(source) ?? 0) + 1);
      before = items.at(-1)?.number ?? 0;
      await turns.next();
    }
    this.#counted = total;
    for (const [source, count] of counts) this.#counts.set(source, (this.#counts.get(source) ?? 0) + count);
  }
}
