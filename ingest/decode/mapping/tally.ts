/** What a format left out without rejecting it, by name. Counted since the program was started. */
export interface LeftOut {
  readonly format: string;
  /** Values of tags that map to nothing, by tag, the most frequent first. */
  readonly ignoredTags: readonly NamedCount[];
  /** Values of all tags that map to nothing, those without a name in the list among them. */
  readonly ignored: number;
  /** Values whose quality is none of the good ones, by its word. */
  readonly badQuality: readonly NamedCount[];
  readonly bad: number;
  /** Values that were words for "no value", by measure. */
  readonly noValues: readonly NamedCount[];
  readonly noValue: number;
}

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** So many names are counted by themselves; the others only in the sum. */
const MOST_NAMES = 1000;
/** So much of a name is kept, in characters. */
const NAME_LENGTH = 128;
/** So many names are told. */
const MOST_TOLD = 20;

/** A count by name, with bounds. */
class NameCounts {
  readonly #counts = new Map<string, number>();
  sum = 0;

  add(name: string): void {
    this.sum++;
    const count = this.#counts.get(name);
    if (count !== undefined) this.#counts.set(name, count + 1);
    else if (this.#counts.size < MOST_NAMES) this.#counts.set(Buffer.from(name.slice(0, NAME_LENGTH)).toString(), 1);
  }

  most(): NamedCount[] {
    const counts = [...this.#counts].map(([name, count]) => ({ name, count }));
    return counts.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, MOST_TOLD);
  }
}

/**
 * Counts what a format leaves out. What is noted counts when it is kept: a record that is given back, to be read again
 * with the next piece, must not count twice.
 */
export class Tally {
  readonly #tags = new NameCounts();
  readonly #qualities = new NameCounts();
  readonly #noValues = new NameCounts();
  #open: { readonly kind: 'tag' | 'quality' | 'noValue'; readonly name: string }[] = [];

  /** `name` is that of the tag, the word of the quality, or the measure of which there is no value. */
  note(kind: 'tag' | 'quality' | 'noValue', name: string): void {
    this.#open.push({ kind, name });
  }

  /** Counts what was noted. */
  keep(): void {
    if (this.#open.length === 0) return;
    for (const { kind, name } of this.#open) {
      if (kind === 'tag') this.#tags.add(name);
      else if (kind === 'quality') this.#qualities.add(name);
      else this.#noValues.add(name);
    }
    this.#open = [];
  }

  /** Forgets what was noted and not kept, from a place on: as many as there were then. */
  drop(from: number): void {
    this.#open.length = from;
  }

  /** How much was noted and not kept. */
  get noted(): number {
    return this.#open.length;
  }

  leftOut(format: string): LeftOut {
    return {
      format,
      ignoredTags: this.#tags.most(), ignored: this.#tags.sum,
      badQuality: this.#qualities.most(), bad: this.#qualities.sum,
      noValues: this.#noValues.most(), noValue: this.#noValues.sum,
    };
  }
}
