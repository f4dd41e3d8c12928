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

/** Where the rejects of a source are among all. */
interface SourceRejects {
  /** The numbers of the oldest and the newest. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** Rejects from the newest back, of one source or of all, up to so many; there are none before the number `since`. `total` counts those of all sources. */
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
    if (next === undefined || next <= since || items.length >= limit) return { items: items.slice(0, limit), total: piece.total };
    await turns.next();
  }
}

/** Pages of rejects, the newest first. */
export class RejectPages {
  readonly #table: StoredRejects;
  readonly #known = new Map<string, SourceRejects>();
  #counted = 0;
  #counting: Promise<void> | undefined;

  constructor(table: StoredRejects) {
    this.#table = table;
  }

  /** A page of one source's rejects, or of all. */
  async page({ source, after, limit }: RejectQuestion & PageQuestion): Promise<Page<NumberedReject> & Counted> {
    const before = after === undefined ? undefined : placeOf<readonly [number: number]>(after, ['count'])[0];
    const selection = { before, limit: limit + 1 };
    const { items, total } = source === undefined ? await newestRejects(this.#table, selection) : await this.#ofSource(source, selection);
    return { ...pageOf(items, limit, ({ number }) => [number]), total };
  }

  /** Looks only where a source has rejects. None is ever removed, so each is counted once. */
  async #ofSource(source: string, { before = Infinity, limit }: RejectSelection): Promise<NewestRejects> {
    this.#counting ??= this.#count().finally(() => { this.#counting = undefined; });
    await this.#counting;
    const known = this.#known.get(source);
    if (!known || before <= known.first) return { items: [], total: known?.count ?? 0 };
    const { items } = await newestRejects(this.#table, { source, before: Math.min(before, known.last + 1), since: known.first, limit });
    return { items, total: known.count };
  }

  async #count(): Promise<void> {
    const turns = new Turns();
    const found = new Map<string, SourceRejects>();
    const { total } = await this.#table.newestRejects({ limit: 0 });
    for (let before = total + 1; before > this.#counted + 1;) {
      const { items } = await this.#table.newestRejects({ before, limit: Math.min(PIECE, before - 1 - this.#counted) });
      for (const { source, number } of items) {
        const later = found.get(source);
        found.set(source, { first: number, last: later?.last ?? number, count: (later?.count ?? 0) + 1 });
      }
      before = items.at(-1)?.number ?? 0;
      await turns.next();
    }
    this.#counted = total;
    for (const [source, { first, last, count }] of found) {
      const earlier = this.#known.get(source);
      this.#known.set(source, { first: earlier?.first ?? first, last, count: (earlier?.count ?? 0) + count });
    }
  }
}
