import type { AcknowledgedSource, RowSource } from '../receivers/rowSource.ts';

/**
 * Whose turn it is. What was acknowledged, the journal, goes first. A journal that is never empty does not shut the
 * others out: once it has come to rows that are younger than what another source has, the two take turns. Among
 * several others, the one whose last turn is the longest ago is next.
 *
 *   journal ── its step is taken, and its next row is younger than what waits ──► another source ── its step ──► journal
 */
export class Turns {
  readonly #journal: AcknowledgedSource;
  /** The one whose last turn is the longest ago comes first. */
  readonly #others: RowSource[];
  /** Since when a source has something without a break. */
  readonly #waitingSince = new Map<RowSource, number>();
  #next: RowSource | undefined;
  #journalHadItsTurn = false;

  constructor(journal: AcknowledgedSource, others: readonly RowSource[]) {
    this.#journal = journal;
    this.#others = [...others];
  }

  /** Looks which of the other sources have something; a job that stops takes nothing from them. */
  look(at: number, stopping: boolean): void {
    for (const source of this.#others) {
      if (stopping || !source.hasMore) this.#waitingSince.delete(source);
      else if (!this.#waitingSince.has(source)) this.#waitingSince.set(source, at);
    }
    this.#next = this.#others.find((source) => this.#waitingSince.has(source));
  }

  /** The source beside the journal that is next, if one has something. */
  get next(): RowSource | undefined {
    return this.#next;
  }

  /** Whether that one goes before the journal now. */
  get isNextFirst(): boolean {
    const since = this.#next && this.#waitingSince.get(this.#next);
    return since !== undefined && this.#journalHadItsTurn && (this.#journal.nextReceivedAt ?? -Infinity) > since;
  }

  /** The journal has given something. */
  journalTook(): void {
    this.#journalHadItsTurn = true;
  }

  /** The journal has nothing, or lets the others go first: it is its turn again afterwards. */
  passOn(): RowSource | undefined {
    this.#journalHadItsTurn = false;
    const source = this.#next;
    if (source) this.#others.push(...this.#others.splice(this.#others.indexOf(source), 1));
    return source;
  }

  /** How many things of the other sources can't be taken yet. */
  get settling(): number {
    return this.#others.reduce((sum, source) => sum + source.settling, 0);
  }

  /** Whether the other sources have nothing, and nothing settles. */
  get isEmpty(): boolean {
    return this.#others.every((source) => !source.hasMore && source.settling === 0);
  }
}
