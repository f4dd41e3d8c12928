import type { NewestRejects, NumberedReject, RejectSelection, StoredRejects } from '../../storage/table/rejects.ts';
import type { Counted, PageQuestion } from '../facts.ts';
import { type Page, pageOf, placeOf } from './page.ts';
import { Turns } from '../turns.ts';

/** Rejects that are read at once. */
const PIECE = 512;

export interface RejectQuestion {
  /** One file or topic, as a reject names it. */
  readonly source?: string | undefined;
}

/** A page of rejects, how many are listed, and how many were once and are no longer, of all sources. */
export type RejectPage = Page<NumberedReject> & Counted & Pick<NewestRejects, 'dropped'>;

/** Where the rejects of a source are among all. */
interface SourceRejects {
  /** The numbers of the oldest that was counted and of the newest. */
  readonly first: number;
  last: number;
  /** How many are listed. */
  count: number;
}

/**
 * Rejects from the newest back, of one source or of all, up to so many; there are none before the number `since`.
 * `total` counts those of all sources.
 */
export async function newestRejects(
  table: StoredRejects,
  { source, before, limit, since = 1 }: RejectQuestion & RejectSelection & { readonly since?: number },
): Promise<NewestRejects> {
  const items: NumberedReject[] = [];
  const turns = new Turns();
  let next = before;
  for (;;) {
    const piece = await table.newestRejects({ before: next, limit: source === undefined ? Math.min(PIECE, limit - items.length) : PIECE });
    items.push(...(source === undefined ? piece.items : piece.items.filter((reject) => reject.source === source)));
    next = piece.items.at(-1)?.number;
    if (next === undefined || next <= since || items.length >= limit)
      return { items: items.slice(0, limit), total: piece.total, dropped: piece.dropped };
    await turns.next();
  }
}

/** Pages of rejects, the newest first. */
export class RejectPages {
  readonly #table: StoredRejects;
  readonly #known = new Map<string, SourceRejects>();
  /** The sources of those that are counted, in order of their numbers, of which the first is `#dropped + 1`. */
  #sources: SourceRejects[] = [];
  #dropped = 0;
  #counting: Promise<void> | undefined;

  constructor(table: StoredRejects) {
    this.#table = table;
  }

  /** A page of one source's rejects, or of all. */
  async page({ source, after, limit }: RejectQuestion & PageQuestion): Promise<RejectPage> {
    const before = after === undefined ? undefined : placeOf<readonly [number: number]>(after, ['count'])[0];
    const selection = { before, limit: limit + 1 };
    const found = source === undefined ? await newestRejects(this.#table, selection) : await this.#ofSource(source, selection);
    return { ...pageOf(found.items, limit, ({ number }) => [number]), total: found.total, dropped: found.dropped };
  }

  /** Looks only where a source has rejects. Each is counted once, when it comes, and taken back when it is dropped. */
  async #ofSource(source: string, { before = Infinity, limit }: RejectSelection): Promise<NewestRejects> {
    this.#counting ??= this.#count().finally(() => { this.#counting = undefined; });
    await this.#counting;
    const known = this.#known.get(source);
    if (!known || before <= known.first) return { items: [], total: known?.count ?? 0, dropped: this.#dropped };
    const { items } = await newestRejects(this.#table, { source, before: Math.min(before, known.last + 1), since: known.first, limit });
    return { items, total: known.count, dropped: this.#dropped };
  }

  async #count(): Promise<void> {
    const turns = new Turns();
    const { total, dropped } = await this.#table.newestRejects({ limit: 0 });
    this.#forget(dropped);
    const from = this.#dropped + this.#sources.length + 1;
    const sources: string[] = [];
    for (let before = dropped + total + 1; before > from;) {
      const { items } = await this.#table.newestRejects({ before, limit: Math.min(PIECE, before - from) });
      for (const { source } of items) sources.push(source);
      before = items.at(-1)?.number ?? 0;
      await turns.next();
    }
    // Those that were dropped meanwhile are the oldest: they are missing at the end.
    const first = dropped + total + 1 - sources.length;
    if (first > from) this.#forget(first - 1);
    sources.reverse().forEach((source, i) => this.#add(source, first + i));
  }

  #add(source: string, number: number): void {
    let known = this.#known.get(source);
    if (!known) this.#known.set(source, (known = { first: number, last: number, count: 0 }));
    known.last = number;
    known.count++;
    this.#sources.push(known);
  }

  /** Takes back those up to and with a number. */
  #forget(dropped: number): void {
    for (const source of this.#sources.splice(0, dropped - this.#dropped)) source.count--;
    for (const [name, { count }] of this.#known) if (count === 0) this.#known.delete(name);
    this.#dropped = dropped;
  }
}
