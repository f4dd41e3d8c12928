import { type Heard, laterHeard, timelyIn } from '../../domain/alarm/fold/silence.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import { type AlarmDay, HOURS, type LastReading, NOT_HEARD } from './alarmDay.ts';

/** What `in time` is: within so many ms of the reading's own time; only of pumps whose silence matters. */
export interface Timeliness {
  readonly limits: readonly number[];
  readonly wallTimeAt: (instant: number) => number;
}

export const HOUR_MS = DAY_MS / HOURS;

/** What is noted of the readings of a day besides alarms. */
export class DaySeen {
  readonly #day: number;
  readonly #timeliness: Timeliness;
  readonly #firstReceipts: number[];
  readonly #timely: Map<number, Heard>;
  #last: LastReading | undefined;

  /** Goes on with what was noted before. */
  constructor(day: number, timeliness: Timeliness, before?: Pick<AlarmDay, 'firstReceipts' | 'timely' | 'last'>) {
    this.#day = day;
    this.#timeliness = timeliness;
    this.#firstReceipts = before ? [...before.firstReceipts] : new Array<number>(HOURS).fill(Infinity);
    this.#timely = new Map(before?.timely);
    this.#last = before?.last;
  }

  take(piece: Readings): void {
    const { length, time, receivedAt } = piece;
    if (length === 0) return;
    for (let row = 0; row < length; row++) {
      const hour = Math.floor((time[row] - this.#day * DAY_MS) / HOUR_MS);
      if (receivedAt[row] < this.#firstReceipts[hour]) this.#firstReceipts[hour] = receivedAt[row];
    }
    const { limits, wallTimeAt } = this.#timeliness;
    for (const withinMs of limits) {
      const last = laterHeard(this.#timely.get(withinMs), timelyIn(piece, { wallTimeAt, withinMs }));
      if (last) this.#timely.set(withinMs, last);
    }
    this.#last = { time: time[length - 1], receivedAt: receivedAt[length - 1] };
  }

  facts(): Pick<AlarmDay, 'firstReceipts' | 'timely' | 'last'> {
    return { firstReceipts: this.#firstReceipts, timely: this.#timely.size === 0 ? NOT_HEARD : this.#timely, last: this.#last };
  }
}
