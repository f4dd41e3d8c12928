import { createHash } from 'node:crypto';
import type { ReceiverName } from '../../../domain/receivers.ts';
import type { Origin } from '../../../domain/reading/origins.ts';
import type { OlderReceipts, StoredReceipt } from '../../table/receipts.ts';
import type { Snapshot, Store } from '../environment.ts';
import type { SourceCounts } from './sourceCounts.ts';

const OLDER_KEY = Buffer.from('older');
const LAST_KEY = Buffer.from('last');
const COUNT_KEY = Buffer.from('count');
/** So many are kept one by one; when there are a tenth more, the ones that were silent longest are added up. */
const MOST_RECEIPTS = 10_000;

/** A receipt as it is stored: times that nothing has are NEVER. */
type Kept = Omit<StoredReceipt, 'number' | 'first' | 'last'> & Sums & { readonly key: string };
type Older = Sums & Pick<OlderReceipts, 'sources'>;

/**
 * What came from each source, as JSON:
 *
 *   n | number u32 BE     a receipt            k | 16 bytes of SHA-256 of receiver and key     its number, u32 BE
 *   older                 what those that are kept no longer add up to
 *   last, count           the last number that was given, and how many receipts there are
 */
export class Receipts {
  readonly #store: Store;
  readonly #most: number;

  constructor(store: Store, most = MOST_RECEIPTS) {
    this.#store = store;
    this.#most = most;
  }

  /** The numbers of a step's sources, given on first sight; only within a transaction. */
  open(receiver: ReceiverName, sources: readonly Origin[]): number[] {
    return sources.map((source) => {
      const key = indexKey(receiver, source.key);
      const known = this.#store.get(key);
      if (known) return Buffer.from(known).readUInt32BE();
      const number = (this.#read<number>(LAST_KEY) ?? 0) + 1;
      this.#write(LAST_KEY, number);
      this.#store.put(key, word(number));
      return number;
    });
  }

  /** Credits sources with what a step did; only within a transaction. */
  credit(receiver: ReceiverName, numbers: readonly number[], counts: readonly SourceCounts[], sources: readonly Origin[]): void {
    let added = 0;
    for (const [i, number] of numbers.entries()) {
      const { name, key, digest } = sources[i];
      const before = this.#read<Kept>(receiptKey(number));
      if (!before) added++;
      this.#write(receiptKey(number), { ...sum(before ?? NOTHING, { ...NOTHING, ...counts[i] }), receiver, source: name, digest, key });
    }
    if (added === 0) return;
    const count = (this.#read<number>(COUNT_KEY) ?? 0) + added;
    this.#write(COUNT_KEY, count);
    if (count > this.#most * 1.1) this.#addUp(count - this.#most);
  }

  /** Notes that rows of a source were taken back, if its receipt is still kept; only within a transaction. */
  retract(number: number, rows: number): void {
    const before = this.#read<Kept>(receiptKey(number));
    if (before) this.#write(receiptKey(number), { ...before, retracted: before.retracted + rows });
  }

  get(number: number, snapshot?: Snapshot): StoredReceipt | undefined {
    const kept = this.#read<Kept>(receiptKey(number), snapshot);
    if (!kept) return undefined;
    const { key: _, ...receipt } = kept;
    return { number, ...told(receipt) };
  }

  /** In order of their numbers. */
  *all(snapshot?: Snapshot): Iterable<StoredReceipt> {
    for (const { key } of this.#store.entries(receiptKey(0), receiptKey(0xffff_ffff), snapshot)) {
      const receipt = this.get(Buffer.from(key).readUInt32BE(1), snapshot);
      if (receipt) yield receipt;
    }
  }

  older(snapshot?: Snapshot): OlderReceipts | undefined {
    const older = this.#read<Older>(OLDER_KEY, snapshot);
    return older && told(older);
  }

  /** Adds up the receipts of the sources that were silent longest. */
  #addUp(count: number): void {
    const silent = ({ last }: StoredReceipt) => last ?? -NEVER;
    const oldest = [...this.all()].sort((a, b) => silent(a) - silent(b) || a.number - b.number).slice(0, count);
    let older = this.#older();
    for (const { number } of oldest) {
      const receipt = this.#read<Kept>(receiptKey(number))!;
      older = { ...sum(older, receipt), sources: older.sources + 1 };
      this.#store.remove(receiptKey(number));
      this.#store.remove(indexKey(receipt.receiver, receipt.key));
    }
    this.#write(OLDER_KEY, older);
    this.#write(COUNT_KEY, this.#read<number>(COUNT_KEY)! - oldest.length);
  }

  #older(): Older {
    return this.#read<Older>(OLDER_KEY) ?? { ...NOTHING, sources: 0 };
  }

  #read<T>(key: Uint8Array, snapshot?: Snapshot): T | undefined {
    const bytes = this.#store.get(key, snapshot);
    return bytes && (JSON.parse(Buffer.from(bytes).toString()) as T);
  }

  #write(key: Uint8Array, value: unknown): void {
    this.#store.put(key, Buffer.from(JSON.stringify(value)));
  }
}

type Sums = Omit<OlderReceipts, 'sources' | 'first' | 'last'> & { readonly first: number; readonly last: number };
/** Times that nothing has are no numbers of JSON: large ones stand for them. */
const NEVER = 8.64e15;
const NOTHING: Sums = { stored: 0, replaced: 0, retracted: 0, duplicate: 0, rejected: 0, first: NEVER, last: -NEVER };

function sum<A extends Sums>(a: A, b: Sums): A {
  return {
    ...a,
    stored: a.stored + b.stored, replaced: a.replaced + b.replaced, retracted: a.retracted + b.retracted,
    duplicate: a.duplicate + b.duplicate, rejected: a.rejected + b.rejected,
    first: Math.min(a.first, b.first), last: Math.max(a.last, b.last),
  };
}

function told<A extends Sums>({ first, last, ...rest }: A): Omit<A, 'first' | 'last'> & Pick<OlderReceipts, 'first' | 'last'> {
  return { ...rest, first: first === NEVER ? null : first, last: last === -NEVER ? null : last };
}

function receiptKey(number: number): Buffer {
  return Buffer.concat([Buffer.from('n'), word(number)]);
}

function indexKey(receiver: ReceiverName, key: string): Buffer {
  return Buffer.concat([Buffer.from('k'), createHash('sha256').update(`${receiver}\0${key}`).digest().subarray(0, 16)]);
}

function word(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
