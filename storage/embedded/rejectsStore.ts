import type { Reject } from '../../domain/reject.ts';
import type { Snapshot, Store } from './environment.ts';
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
    for (const { value } of this.#bySequence.entries(LOW, HIGH, snapshot)) yield JSON.parse(Buffer.from(value).toString()) as Reject;
  }
}
