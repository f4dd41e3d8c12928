import type { PumpState } from '../../domain/alarm/fold/pumpFold.ts';
import type { Heard } from '../../domain/alarm/fold/silence.ts';
import { insertionPoint } from '../order.ts';
import { AlarmColumns, type AlarmKinds, grown } from './alarmColumns.ts';
import { type AlarmDay, HOURS, type LastReading, NO_ALARMS, NOT_HEARD, packedState, unpackedState } from './alarmDay.ts';
import { offsetsOf, receiptsOf } from './hourReceipts.ts';

/* Numbers of a day: */
const [CHANGED_AT, LAST, LAST_RECEIVED, FIRST_RECEIPT] = [0, 1, 2, 3];
const WIDTH = 4;

/** Texts of a day: digests of the rules, of the state before it and of the state after it. Most are those of the day before. */
interface Digests {
  readonly rules: string;
  readonly before: string;
  readonly after: string;
}

/**
 * What is remembered of a pump's days, in columns: a sixth of what objects take. `days` are rising, and alarms stand in the order of the
 * days in which they ended.
 *
 *     hours: 24 × u32 each day, as hourReceipts.ts packs them
 */
export class DayColumns {
  readonly days: number[] = [];
  /** What ended within all days. */
  readonly alarms: AlarmColumns;
  #numbers: Float64Array = new Float64Array(0);
  #hours: Uint32Array = new Uint32Array(0);
  #counts: Uint32Array = new Uint32Array(0);
  readonly #digests: Digests[] = [];
  /** The rest is there of few days: states, of all but the newest packed; receipts that are far apart; what was heard in time. */
  readonly #states = new Map<number, PumpState | Uint8Array>();
  readonly #farReceipts = new Map<number, readonly number[]>();
  readonly #timely = new Map<number, ReadonlyMap<number, Heard>>();

  constructor(pump: string, kinds: AlarmKinds) {
    this.alarms = new AlarmColumns(pump, kinds);
  }

  /** Where a day stands in `days`, or would stand. */
  placeOf(day: number): number {
    const { days } = this;
    if (days.length === 0 || days[days.length - 1] < day) return days.length;
    return insertionPoint(days, (other) => other - day);
  }

  has(day: number): boolean {
    return this.days[this.placeOf(day)] === day;
  }

  /** What a day follows from, and where it leads; undefined for one that is not known. */
  markOf(day: number): (Digests & { readonly changedAt: number }) | undefined {
    const place = this.placeOf(day);
    if (this.days[place] !== day) return undefined;
    return { ...this.#digests[place], changedAt: this.#numbers[place * WIDTH + CHANGED_AT] };
  }

  /** All of it. */
  get(day: number): AlarmDay | undefined {
    const mark = this.markOf(day);
    if (!mark) return undefined;
    const [start, count] = [this.rowOf(day), this.#counts[this.placeOf(day)]];
    return {
      ...mark, state: this.stateOf(day),
      ended: count === 0 ? NO_ALARMS : Array.from({ length: count }, (_, i) => this.alarms.at(start + i)),
      firstReceipts: this.firstReceiptsOf(day), timely: this.#timely.get(day) ?? NOT_HEARD, last: this.lastOf(day),
    };
  }

  stateOf(day: number): PumpState | undefined {
    const state = this.#states.get(day);
    return state instanceof Uint8Array ? unpackedState(state) : state;
  }

  hasState(day: number): boolean {
    return this.#states.has(day);
  }

  get daysWithState(): Iterable<number> {
    return this.#states.keys();
  }

  lastOf(day: number): LastReading | undefined {
    const at = this.placeOf(day) * WIDTH;
    const time = this.#numbers[at + LAST];
    return Number.isNaN(time) ? undefined : { time, receivedAt: this.#numbers[at + LAST_RECEIVED] };
  }

  firstReceiptsOf(day: number): readonly number[] {
    const far = this.#farReceipts.get(day);
    if (far) return far;
    const place = this.placeOf(day);
    return receiptsOf(this.firstReceiptAt(place), this.#hours.subarray(place * HOURS, (place + 1) * HOURS));
  }

  /** When the first reading of the day at a place came; Infinity without one. */
  firstReceiptAt(place: number): number {
    return this.#numbers[place * WIDTH + FIRST_RECEIPT];
  }

  /** Of days with what was heard in time. */
  get timely(): Iterable<ReadonlyMap<number, Heard>> {
    return this.#timely.values();
  }

  /** The first row of what ended within a day, or after it where it is not known. */
  rowOf(day: number): number {
    const place = this.placeOf(day);
    if (2 * place < this.days.length) {
      let row = 0;
      for (let i = 0; i < place; i++) row += this.#counts[i];
      return row;
    }
    let row = this.alarms.length;
    for (let i = this.days.length - 1; i >= place; i--) row -= this.#counts[i];
    return row;
  }

  /** Takes a day, in the place of what was known of it. */
  set(day: number, known: AlarmDay): void {
    const place = this.placeOf(day);
    const row = this.rowOf(day);
    if (this.days[place] !== day) this.#insert(place, day);
    this.alarms.splice(row, this.#counts[place], known.ended);
    this.#counts[place] = known.ended.length;
    this.#digests[place] = this.#shared(place, known);
    const first = Math.min(...known.firstReceipts);
    this.#numbers.set([known.changedAt, known.last?.time ?? NaN, known.last?.receivedAt ?? NaN, first], place * WIDTH);
    this.#setHours(place, known.firstReceipts);
    put(this.#states, day, known.state);
    put(this.#timely, day, known.timely.size === 0 ? undefined : known.timely);
  }

  /** Lets go of a day's state, or keeps it in as little room as there is. */
  settleState(day: number, { keeps }: { readonly keeps: boolean }): void {
    const state = this.#states.get(day);
    if (state === undefined) return;
    if (!keeps) this.#states.delete(day);
    else if (!(state instanceof Uint8Array)) this.#states.set(day, packedState(state));
  }

  #setHours(place: number, receipts: readonly number[]): void {
    const offsets = offsetsOf(receipts);
    put(this.#farReceipts, this.days[place], offsets ? undefined : receipts);
    if (offsets) this.#hours.set(offsets, place * HOURS);
  }

  /** The same texts as those of the day before, where they are alike. */
  #shared(place: number, { rules, before, after }: Digests): Digests {
    const last: Digests | undefined = this.#digests[place - 1];
    const same = (text: string, other: string | undefined) => (other === text ? other : text);
    const start = same(before, last?.after);
    const shared = { rules: same(rules, last?.rules), before: start, after: same(after, start) };
    return last && last.rules === shared.rules && last.before === shared.before && last.after === shared.after ? last : shared;
  }

  #insert(place: number, day: number): void {
    const length = this.days.length;
    this.#reserve(length + 1);
    this.#numbers.copyWithin((place + 1) * WIDTH, place * WIDTH, length * WIDTH);
    this.#hours.copyWithin((place + 1) * HOURS, place * HOURS, length * HOURS);
    this.#counts.copyWithin(place + 1, place, length);
    this.#counts[place] = 0;
    this.days.splice(place, 0, day);
    this.#digests.splice(place, 0, { rules: '', before: '', after: '' });
  }

  #reserve(length: number): void {
    if (length <= this.#counts.length) return;
    const room = Math.max(length + 3, length + (length >> 3));
    this.#numbers = grown(this.#numbers, new Float64Array(room * WIDTH));
    this.#hours = grown(this.#hours, new Uint32Array(room * HOURS));
    this.#counts = grown(this.#counts, new Uint32Array(room));
  }
}

function put<T>(map: Map<number, T>, key: number, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
