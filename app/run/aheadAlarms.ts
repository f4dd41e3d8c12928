import { performance } from 'node:perf_hooks';
import { alarmKey, type AlarmNow } from '../../domain/notify/alarmNow.ts';
import type { Foreseen } from '../../domain/notify/foreseen.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { ActBook } from '../../query/acts/actBook.ts';
import { alarmJson } from '../../query/acts/alarmJson.ts';
import type { AlarmValues } from './alarmValues.ts';

/** An alarm that was foreseen is in the table by then, or it never was. */
const FORESEEN_MS = 60_000;
/** After every time as a text. */
const NEVER = '~';

/** An alarm that is not in the table yet. */
interface Ahead {
  readonly alarm: Foreseen;
  readonly at: number;
  /** What the pump showed, once it was told with that. */
  values: Pick<AlarmNow, 'before' | 'last'> | undefined;
}

/** Alarms that alerts alone tell of, until their readings are in the table; one of each pump and rule. */
export class AheadAlarms {
  readonly #book: ActBook;
  readonly #values: AlarmValues;
  /** By `alarmKey`. */
  readonly #ahead = new Map<string, Ahead>();

  constructor(book: ActBook, values: AlarmValues) {
    this.#book = book;
    this.#values = values;
  }

  has(alarm: Pick<Foreseen, 'pump' | 'rule'>): boolean {
    return this.#ahead.has(alarmKey(alarm));
  }

  /** Takes alarms that have just been foreseen; gives them as people are told of them, in the same order. */
  async take(found: readonly Foreseen[]): Promise<AlarmNow[]> {
    const ahead = found.map((alarm): Ahead => ({ alarm, at: performance.now(), values: undefined }));
    for (const one of ahead) this.#ahead.set(alarmKey(one.alarm), one);
    const standings = this.#book.standings(found).map((standing) => alarmJson(standing) as AlarmNow);
    const alarms = await this.#values.withValues(standings);
    alarms.forEach(({ before, last }, i) => { ahead[i].values = { ...(before && { before }), ...(last && { last }) }; });
    return alarms;
  }

  /** Those that were told and are not among the stored ones of a look that began at `startedAt`, by `performance.now()`. */
  notIn(stored: readonly AlarmNow[], startedAt: number): AlarmNow[] {
    const ends = new Map<string, string>();
    for (const one of stored) ends.set(alarmKey(one), one.cleared ?? NEVER);
    const ahead: Ahead[] = [];
    for (const [key, one] of this.#ahead) {
      if ((ends.get(key) ?? '') >= formatTime(one.alarm.from) || startedAt > one.at + FORESEEN_MS) this.#ahead.delete(key);
      else if (one.values) ahead.push(one);
    }
    const standings = this.#book.standings(ahead.map(({ alarm }) => alarm));
    return standings.map((standing, i) => ({ ...alarmJson(standing) as AlarmNow, ...ahead[i].values }));
  }
}
