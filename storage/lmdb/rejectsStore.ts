import type { Reject } from '../../domain/reading/reject.ts';
import { markOf, type RejectMark, type Replayed } from '../../domain/reading/rejectMark.ts';
import type { NewestRejects, NumberedReject, RejectSelection } from '../table/rejects.ts';
import type { Entry, Snapshot, Store } from './environment.ts';
import { sequenceKey, sequenceOfKey } from './keys.ts';

const LOW = Buffer.from([0]);
const HIGH = Buffer.alloc(9, 0xff);
const DROPPED_KEY = Buffer.from('rejectsDropped');
/** So many go in one transaction, beside as many as have come: short enough not to hold the writer up. */
const DROPPED_AT_ONCE = 4096;

/** A row that takes the place of a reject. */
export interface RejectReplay {
  readonly of: RejectMark;
  readonly replayed: Replayed;
}

/**
 * Rejects as JSON under their sequence number, and the sequence number of each id. Only the oldest are ever removed, so the
 * numbers that are there have no gap:
 *
 *   1 … dropped | dropped + 1 … last       the first part is gone, and its ids with it
 */
export class RejectsStore {
  readonly #meta: Store;
  readonly #bySequence: Store;
  readonly #byId: Store;
  readonly #most: number;

  /** Keeps the newest `most`. */
  constructor(stores: { meta: Store; rejects: Store; rejectIds: Store }, most: number) {
    this.#meta = stores.meta;
    this.#bySequence = stores.rejects;
    this.#byId = stores.rejectIds;
    this.#most = most;
  }

  /** Lists the rejects whose ids are new, and drops the oldest that are too many; only within a transaction. */
  add(rejects: readonly Reject[]): void {
    if (rejects.length === 0) return;
    let sequence = this.#last();
    for (const reject of rejects) {
      const id = Buffer.from(reject.id);
      if (this.#byId.get(id)) continue;
      const key = sequenceKey(++sequence);
      this.#bySequence.put(key, Buffer.from(JSON.stringify(reject)));
      this.#byId.put(id, key);
      if (reject.mends) this.#note(reject.mends, { attempt: sequence });
    }
    this.#dropUpTo(sequence - this.#most, rejects.length + DROPPED_AT_ONCE);
  }

  /** Marks rejects whose place rows have taken, and those that these were to take the place of. Only within a transaction. */
  replay(rows: readonly RejectReplay[]): number {
    return rows.filter(({ of, replayed }) => this.#replay(of, replayed)).length;
  }

  /** In order of arrival. */
  *all(snapshot: Snapshot): Iterable<NumberedReject> {
    for (const entry of this.#bySequence.entries(LOW, HIGH, snapshot)) yield numbered(entry);
  }

  /** The newest first. */
  newest({ before, limit }: RejectSelection, snapshot: Snapshot): NewestRejects {
    const items: NumberedReject[] = [];
    if (limit > 0) {
      for (const entry of this.#bySequence.entriesBack(before === undefined ? HIGH : sequenceKey(before - 1), LOW, snapshot)) {
        items.push(numbered(entry));
        if (items.length === limit) break;
      }
    }
    const dropped = this.#dropped(snapshot);
    return { items, total: this.#last(snapshot) - dropped, dropped };
  }

  /** The number of the newest that was received before a time, or 0; of one without a time only what comes behind it tells. */
  lastBefore(time: number, snapshot?: Snapshot): number {
    let low = this.#dropped(snapshot);
    let high = this.#last(snapshot);
    if (time === Infinity) return high;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#receivedAt(middle, snapshot) ?? -Infinity) < time) low = middle;
      else high = middle - 1;
    }
    return this.#receivedAt(low, snapshot) === undefined ? 0 : low;
  }

  /** Drops the oldest up to and with a number, a bounded piece of the work; gives how many. Only within a transaction. */
  drop(upTo: number): number {
    return this.#dropUpTo(upTo, DROPPED_AT_ONCE);
  }

  /** Says whether the reject was there and open. */
  #replay(of: RejectMark, replayed: Replayed): boolean {
    const first = this.#note(of, { replayed });
    for (let mends = first?.mends; mends;) mends = this.#note(mends, { replayed })?.mends;
    return first !== undefined;
  }

  /** Adds to the reject of a mark, unless it is another one, gone, or replayed already; gives it as it was. */
  #note(mark: RejectMark, what: Pick<Reject, 'attempt'> | Pick<Reject, 'replayed'>): Reject | undefined {
    const key = sequenceKey(mark.number);
    const value = this.#bySequence.get(key);
    const reject = value && rejectOf({ value });
    if (!reject || reject.replayed || markOf({ ...reject, number: mark.number }).check !== mark.check) return undefined;
    this.#bySequence.put(key, Buffer.from(JSON.stringify({ ...reject, ...what })));
    return reject;
  }

  #dropUpTo(upTo: number, most: number): number {
    const dropped = this.#dropped();
    const last = Math.min(upTo, dropped + most);
    if (last <= dropped) return 0;
    for (let number = dropped + 1; number <= last; number++) {
      const key = sequenceKey(number);
      const value = this.#bySequence.get(key);
      if (!value) continue;
      this.#byId.remove(Buffer.from(rejectOf({ value }).id));
      this.#bySequence.remove(key);
    }
    this.#meta.put(DROPPED_KEY, Buffer.from(String(last)));
    return last - dropped;
  }

  #receivedAt(number: number, snapshot?: Snapshot): number | undefined {
    const value = this.#bySequence.get(sequenceKey(number), snapshot);
    return value && rejectOf({ value }).receivedAt;
  }

  #last(snapshot?: Snapshot): number {
    const last = this.#bySequence.last(HIGH, LOW, snapshot);
    return last ? sequenceOfKey(last.key) : this.#dropped(snapshot);
  }

  #dropped(snapshot?: Snapshot): number {
    const text = this.#meta.get(DROPPED_KEY, snapshot);
    return text ? Number(Buffer.from(text).toString()) : 0;
  }
}

function numbered(entry: Entry): NumberedReject {
  return { ...rejectOf(entry), number: sequenceOfKey(entry.key) };
}

function rejectOf({ value }: Pick<Entry, 'value'>): Reject {
  return JSON.parse(Buffer.from(value).toString()) as Reject;
}
