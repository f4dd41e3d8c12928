import type { StoredDays } from '../../storage/table/days.ts';
import { Turns } from '../turns.ts';

/** It is counted again when it is this old, ms; where counting takes long, when it is a hundred times as old as that. */
const AGE_MS = 60_000;
const COST_SHARE = 100;

/** How many pump-days before a day have no statistics, or older ones than their readings. Counted now and then, in turns. */
export class PendingDays {
  readonly #table: StoredDays;
  readonly #now: () => number;
  #count: number | undefined;
  #validUntil = -Infinity;
  #counting: Promise<void> | undefined;

  /** `now`: ms, by a clock that nobody sets back. */
  constructor(table: StoredDays, now: () => number = () => performance.now()) {
    this.#table = table;
    this.#now = now;
  }

  /** As it was a minute ago at most, or as long ago as counting is worth. Throws STORE_UNAVAILABLE. */
  async before(day: number): Promise<number> {
    if (this.#count === undefined || this.#now() >= this.#validUntil) {
      this.#counting ??= this.#countBefore(day).finally(() => { this.#counting = undefined; });
      await this.#counting;
    }
    return this.#count!;
  }

  async #countBefore(day: number): Promise<void> {
    const startedAt = this.#now();
    const turns = new Turns();
    let count = 0;
    for await (const piece of this.#table.days({ toDay: day - 1 })) {
      for (const { changedAt, computedAt } of piece) if (changedAt !== computedAt) count++;
      await turns.next();
    }
    this.#count = count;
    this.#validUntil = this.#now() + Math.max(AGE_MS, COST_SHARE * (this.#now() - startedAt));
  }
}
