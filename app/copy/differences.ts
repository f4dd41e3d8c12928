import { counted } from '../../domain/counted.ts';

const SHOWN = 10;

/** What two tables don't agree on: all are counted, the first few kept as sentences. */
export class Differences {
  readonly #first: string[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(sentence: string): void {
    this.#count++;
    if (this.#first.length < SHOWN) this.#first.push(sentence);
  }

  /** The sentences, and how many there would be more. */
  get sentences(): readonly string[] {
    const more = this.#count - this.#first.length;
    return more === 0 ? this.#first : [...this.#first, `and ${counted(more, 'more difference')}`];
  }
}
