import { counted } from '../../domain/counted.ts';
import { dayOf } from '../../domain/reading/wallClock.ts';
import type { Table } from '../../storage/table/table.ts';

/** A rate of fewer seconds says nothing about what is left. */
const LEAST_SECONDS = 1;

/** How far a copying is, in pump-days: how many readings there are is not known before they are read. */
export class CopyProgress {
  readonly #days: ReadonlyMap<string, readonly number[]>;
  /** Pump-days of the pumps before each. */
  readonly #before = new Map<string, number>();
  readonly #total: number;
  readonly #now: () => number;
  #startedAt: number | undefined;
  #startedWith = 0;
  #rows = 0;

  private constructor(days: ReadonlyMap<string, readonly number[]>, now: () => number) {
    this.#days = days;
    this.#now = now;
    let total = 0;
    for (const [pump, { length }] of days) {
      this.#before.set(pump, total);
      total += length;
    }
    this.#total = total;
  }

  /** `now` is a clock that nobody sets back, in ms. */
  static async of(source: Table, now: () => number): Promise<CopyProgress> {
    const days = new Map<string, number[]>();
    for await (const piece of source.days({})) {
      for (const { pump, day } of piece) {
        const known = days.get(pump);
        if (known) known.push(day);
        else days.set(pump, [day]);
      }
    }
    return new CopyProgress(days, now);
  }

  /** Copying begins after a place of an earlier run, or at the beginning. */
  start(after: { readonly pump: string; readonly time: number } | undefined): void {
    this.#startedAt = this.#now();
    this.#startedWith = after ? this.#daysUpTo(after) : 0;
  }

  /** `12 of 50 pump-days: LAGNAPPE; 11,496 readings, 30,112 a second, about 2 s left`. */
  step(place: { readonly pump: string; readonly time: number }, rows: number): string {
    this.#rows += rows;
    const done = this.#daysUpTo(place);
    const seconds = (this.#now() - (this.#startedAt ??= this.#now())) / 1000;
    const speed =
      seconds < LEAST_SECONDS
        ? ''
        : `, ${Math.round(this.#rows / seconds).toLocaleString('en')} a second, about ${this.#secondsLeft(done, seconds)} s left`;
    return `${done.toLocaleString('en')} of ${counted(this.#total, 'pump-day')}: ${place.pump}; ${counted(this.#rows, 'reading')}${speed}`;
  }

  #secondsLeft(done: number, seconds: number): string {
    return Math.ceil(((this.#total - done) * seconds) / Math.max(1, done - this.#startedWith)).toLocaleString('en');
  }

  #daysUpTo({ pump, time }: { readonly pump: string; readonly time: number }): number {
    const last = dayOf(time);
    return (this.#before.get(pump) ?? 0) + (this.#days.get(pump) ?? []).filter((day) => day <= last).length;
  }
}
