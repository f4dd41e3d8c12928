import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { type ByReceiver, forEachReceiver, RECEIVER_NAMES, type ReceiverName } from '../../domain/receivers.ts';
import type { SavedReference } from '../table/savedReference.ts';
import type { Json } from '../table/state.ts';
import { endOf, type Snapshot, type Store } from './environment.ts';

const STEP_KEY = Buffer.from('step');
const REFERENCE_KEY = Buffer.from('reference');
const COUNTS_PREFIX = 'counts:';
const COUNTS = Buffer.from(COUNTS_PREFIX);
const LOW = Buffer.from([0]);
const HIGH = Buffer.alloc(4, 0xff);

/** What the table keeps beside rows: the number of the last step, counts, the job's state, the reference. All as JSON. */
export class Bookkeeping {
  readonly #meta: Store;
  readonly #state: Store;

  constructor(stores: { meta: Store; state: Store }) {
    this.#meta = stores.meta;
    this.#state = stores.state;
  }

  /** The number of the next step, counted up; only within a transaction. */
  nextStep(): number {
    const step = (read<number>(this.#meta, STEP_KEY) ?? 0) + 1;
    write(this.#meta, STEP_KEY, step);
    return step;
  }

  /** The number of the last step. */
  lastStep(snapshot: Snapshot): number {
    return read<number>(this.#meta, STEP_KEY, snapshot) ?? 0;
  }

  /** Credits a receiver; only within a transaction. */
  credit(receiver: ReceiverName, counts: Counts): void {
    const key = countsKey(receiver);
    write(this.#meta, key, addCounts({ ...NO_COUNTS, ...read<Partial<Counts>>(this.#meta, key) }, counts));
  }

  /** The receiver to which rows are put down of which nobody knows how they came: that with the most rows which are not taken back. */
  likelyReceiver(): ReceiverName {
    const stays = ({ stored, retracted }: Counts) => stored - retracted;
    const counts = this.counts();
    return RECEIVER_NAMES.reduce((most, name) => (stays(counts[name] ?? NO_COUNTS) > stays(counts[most] ?? NO_COUNTS) ? name : most));
  }

  /** What was credited to each receiver, those among them that only another version has. */
  counts(snapshot?: Snapshot): ByReceiver<Counts> {
    const counts = forEachReceiver(NO_COUNTS);
    for (const { key, value } of this.#meta.entries(COUNTS, endOf(COUNTS), snapshot)) {
      // older ones lack some
      counts[Buffer.from(key).toString().slice(COUNTS_PREFIX.length)] = { ...NO_COUNTS, ...parsed<Partial<Counts>>(value) };
    }
    return counts;
  }

  /** Changes named state; null forgets a name. Only within a transaction. */
  setState(state: Readonly<Record<string, Json>>): void {
    for (const [name, value] of Object.entries(state)) {
      const key = Buffer.from(name);
      if (value === null) this.#state.remove(key);
      else write(this.#state, key, value);
    }
  }

  /** What is kept under a name; only within a transaction. */
  stateOf(name: string): Json | undefined {
    return read<Json>(this.#state, Buffer.from(name));
  }

  /** What is kept under names that begin with `prefix`. */
  state(prefix: string, snapshot: Snapshot): Map<string, Json> {
    const state = new Map<string, Json>();
    const from = prefix === '' ? LOW : Buffer.from(prefix);
    for (const { key, value } of this.#state.entries(from, prefix === '' ? HIGH : endOf(from), snapshot)) {
      state.set(Buffer.from(key).toString(), JSON.parse(Buffer.from(value).toString()) as Json);
    }
    return state;
  }

  reference(snapshot: Snapshot): SavedReference | undefined {
    return read<SavedReference>(this.#meta, REFERENCE_KEY, snapshot);
  }

  /** Only within a transaction. */
  setReference(reference: SavedReference): void {
    write(this.#meta, REFERENCE_KEY, reference);
  }
}

function countsKey(receiver: ReceiverName): Buffer {
  return Buffer.from(COUNTS_PREFIX + receiver);
}

function read<T>(store: Store, key: Uint8Array, snapshot?: Snapshot): T | undefined {
  const bytes = store.get(key, snapshot);
  return bytes && parsed<T>(bytes);
}

function parsed<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes).toString()) as T;
}

function write(store: Store, key: Uint8Array, value: unknown): void {
  store.put(key, Buffer.from(JSON.stringify(value)));
}
