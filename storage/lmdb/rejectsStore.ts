import type { Reject } from '../../domain/reading/reject.ts';
import type { NewestRejects, NumberedReject, RejectSelection } from '../table/rejects.ts';
import type { Entry, Snapshot, Store } from './environment.ts';
import { sequenceKey, sequenceOfKey } from './keys.ts';

const LOW = Buffer.from([0]);
const HIGH = Buffer.alloc(9, 0xff);

/** Rejects as JSON under their sequence number, and the sequence number of each id. */
export class RejectsStore {
  readonly #bySequence: Store;
  readonly #byId: Store;

  constructor(stores: { rejects: Store; rejectIds: Store }) {
    this.#bySequence = stores.rejects;
    this.#byId = stores.rejectIds;
  }

  /** Lists the rejects whose ids are new; only within a transaction. */
  add(rejects: readonly Reject[]): void {
    if (rejects.length === 0) return;
    const last = this.#bySequence.last(HIGH, LOW);
    let sequence = last ? sequenceOfKey(last.key) : 0;
    for (const reject of rejects) {
      const id = Buffer.from(reject.id);
      if (this.#byId.get(id)) continue;
      const key = sequenceKey(++sequence);
      this.#bySequence.put(key, Buffer.from(JSON.stringify(reject)));
      this.#byId.put(id, key);
    }
  }

  /** In order of arrival. */
  *all(snapshot: Snapshot): Iterable<Reject> {
    for (const entry of this.#bySequence.entries(LOW, HIGH, snapshot)) yield rejectOf(entry);
  }

  /** The newest first. None is ever removed, so the number of the newest is how many there are. */
  newest({ before, limit }: RejectSelection, snapshot: Snapshot): NewestRejects {
    const items: NumberedReject[] = [];
    if (limit > 0) {
      for (const entry of this.#bySequence.entriesBack(before === undefined ? HIGH : sequenceKey(before - 1), LOW, snapshot)) {
        items.push({ ...rejectOf(entry), number: sequenceOfKey(entry.key) });
        if (items.length === limit) break;
      }
    }
    const last = this.#bySequence.last(HIGH, LOW, snapshot);
    return { items, total: last ? sequenceOfKey(last.key) : 0 };
  }
}

function rejectOf({ value }: Entry): Reject {
  return JSON.parse(Buffer.from(value).toString()) as Reject;
}
