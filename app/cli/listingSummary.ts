import { counted } from '../../domain/counted.ts';

/** What a listing has shown, for its last line: how many, of how many pumps, from when to when. Rows come by pump, then time. */
export class ListingSummary {
  count = 0;
  #pumps = 0;
  #pump: string | undefined;
  #first: string | undefined;
  #last: string | undefined;

  /** `date` is `YYYY-MM-DD`, or longer: the rest doesn't count. */
  add(pump: string, date: string): void {
    this.count += 1;
    if (pump !== this.#pump) {
      this.#pump = pump;
      this.#pumps += 1;
    }
    const day = date.slice(0, 10);
    if (this.#first === undefined || day < this.#first) this.#first = day;
    if (this.#last === undefined || day > this.#last) this.#last = day;
  }

  /** `2 pumps, 2014-03-13 to 2014-03-14`. */
  text(): string {
    const days = this.#first === this.#last ? this.#first : `${this.#first} to ${this.#last}`;
    return `${this.#pumps === 1 ? this.#pump : counted(this.#pumps, 'pump')}, ${days}`;
  }
}
