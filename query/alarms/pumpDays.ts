import type { PumpDay } from '../../domain/day/pumpDay.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import { insertionPoint } from '../order.ts';
import type { Turns } from '../turns.ts';

/** The days of a pump that have, or had, readings, and the step that last changed each. */
export class DayMarks {
  /** Day numbers, rising. */
  readonly days: number[] = [];
  readonly #changedAt: number[] = [];
  /** The step that last changed any of them. */
  changedAt = 0;

  /** The day of the newest reading. */
  get last(): number {
    return this.days[this.days.length - 1];
  }

  set(day: number, changedAt: number): void {
    const at = insertionPoint(this.days, (other) => other - day);
    if (this.days[at] === day) this.#changedAt[at] = changedAt;
    else {
      this.days.splice(at, 0, day);
      this.#changedAt.splice(at, 0, changedAt);
    }
    this.changedAt = Math.max(this.changedAt, changedAt);
  }

  /** The days from `first` to `last`, both included. */
  between(first: number, last: number): { readonly day: number; readonly changedAt: number }[] {
    const from = insertionPoint(this.days, (other) => other - first);
    const to = insertionPoint(this.days, (other) => other - last - 1);
    return this.days.slice(from, to).map((day, i) => ({ day, changedAt: this.#changedAt[from + i] }));
  }

  /** The step that last changed a day; undefined for one without readings. */
  changedAtOf(day: number): number | undefined {
    const at = this.indexOf(day);
    return this.days[at] === day ? this.#changedAt[at] : undefined;
  }

  /** Where a day stands in `days`. */
  indexOf(day: number): number {
    return insertionPoint(this.days, (other) => other - day);
  }
}

/** All pump-days of the table, in memory: two numbers each. */
export class PumpDays {
  readonly #table: Pick<StoredDays, 'days'>;
  readonly #marks = new Map<string, DayMarks>();
  /** In the order of the table. */
  readonly pumps: string[] = [];
  #seen = 0;

  constructor(table: Pick<StoredDays, 'days'>) {
    this.#table = table;
  }

  of(pump: string): DayMarks | undefined {
    return this.#marks.get(pump);
  }

  /** Tells what has changed since the last look, pump by pump; {@link set} takes it over. */
  async look(turns: Turns, changed: (day: PumpDay) => void): Promise<void> {
    let seen = this.#seen;
    for await (const piece of this.#table.days({ changedAfter: this.#seen })) {
      for (const day of piece) {
        seen = Math.max(seen, day.changedAt);
        if (this.#marks.get(day.pump)?.changedAtOf(day.day) !== day.changedAt) changed(day); // a table may say the same twice
      }
      await turns.next();
    }
    // Only now: what a look that failed has left out would be left out for ever.
    this.#seen = seen;
  }

  set(pump: string, day: number, changedAt: number): void {
    this.#marksOf(pump).set(day, changedAt);
  }

  #marksOf(pump: string): DayMarks {
    const known = this.#marks.get(pump);
    if (known) return known;
    const marks = new DayMarks();
    this.#marks.set(pump, marks);
    this.pumps.splice(insertionPoint(this.pumps, (other) => comparePumps(other, pump)), 0, pump);
    return marks;
  }
}
