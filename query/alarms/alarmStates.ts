import { ALARM_STATES, type AlarmState } from '../../domain/alarm/acts/life.ts';
import type { PumpActs } from '../../domain/alarm/acts/pumpActs.ts';
import type { ActBook } from '../acts/actBook.ts';
import { type AlarmColumns, grown } from './alarmColumns.ts';
import type { ListedFacts } from './alarmFacts.ts';
import type { AlarmRows } from './alarmRows.ts';

/** What is remembered of the alarms of a pump that are over: of each its serial number, and a code. */
interface Memo {
  readonly acts: PumpActs;
  readonly revision: number;
  serials: Uint32Array;
  /** 0 not known, otherwise 1 + 4 × state without what sets aside + 2 × late + suppressed. */
  codes: Uint8Array;
}

/**
 * How alarms stand. Of one that is over, how it stands while nothing sets it aside does not depend on the moment: that is found once,
 * and again when somebody did something about its pump.
 */
export class AlarmStates {
  readonly #book: ActBook;
  readonly #memos = new WeakMap<AlarmColumns, Memo>();

  private constructor(book: ActBook) {
    this.#book = book;
  }

  /** Those by a book; the same ones for the same book. */
  static of(book: ActBook): AlarmStates {
    const known = BY_BOOK.get(book) ?? new AlarmStates(book);
    BY_BOOK.set(book, known);
    return known;
  }

  /** By row, for the rows of one pump. Throws STORE_UNAVAILABLE when acts can't be read. To be used without a pause. */
  of(rows: AlarmRows): (row: number) => AlarmState {
    const acts = this.#book.of(rows.pump);
    const memo = rows.over && this.#memoOf(rows.over, acts);
    const isSetAside = acts.shelves.length > 0 || acts.outOfService.length > 0;
    return (row) => {
      if (!memo || !rows.isOver(row)) return this.#lifeOf(rows.at(row)).state;
      const suppressed = rows.suppressed(row);
      const beneath = this.#beneath(memo, rows, row, suppressed);
      if (beneath === 'normal' || beneath === 'pending') return beneath;
      if (isSetAside) return this.#lifeOf(rows.at(row)).state;
      return suppressed ? 'suppressed' : beneath;
    };
  }

  #beneath(memo: Memo, rows: AlarmRows, row: number, suppressed: boolean): AlarmState {
    const how = (rows.late(row) ? 2 : 0) + (suppressed ? 1 : 0);
    const serial = rows.over!.serial(row);
    const known = memo.codes[row] - 1;
    if (known >= 0 && memo.serials[row] === serial && (known & 3) === how) return ALARM_STATES[known >> 2];
    const { beneath } = this.#lifeOf(rows.at(row));
    memo.serials[row] = serial;
    memo.codes[row] = 1 + 4 * ALARM_STATES.indexOf(beneath) + how;
    return beneath;
  }

  #lifeOf(alarm: ListedFacts) {
    return this.#book.standings([alarm])[0].life;
  }

  #memoOf(over: AlarmColumns, acts: PumpActs): Memo {
    let memo = this.#memos.get(over);
    if (memo?.acts !== acts || memo.revision !== acts.revision)
      memo = { acts, revision: acts.revision, serials: new Uint32Array(0), codes: new Uint8Array(0) };
    this.#memos.set(over, memo);
    if (memo.codes.length >= over.length) return memo;
    const room = over.length + (over.length >> 4);
    memo.serials = grown(memo.serials, new Uint32Array(room));
    memo.codes = grown(memo.codes, new Uint8Array(room));
    return memo;
  }
}

const BY_BOOK = new WeakMap<ActBook, AlarmStates>();
