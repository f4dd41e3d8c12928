import { AppError } from '../../domain/errors.ts';
import type { Snapshot, Store } from './environment.ts';

/** Names kept in memory; beyond that all are forgotten and read again as they are needed. */
const CACHED = 65_536;

/**
 * Names and the numbers that stand for them in keys, from 0 in order of first sight, stored both ways.
 * A name is UTF-8; names come in order of their bytes.
 */
export class Interned {
  readonly #numbers: Store;
  readonly #names: Store;
  readonly #numberOf = new Map<string, number>();
  readonly #nameOf = new Map<number, string>();
  #next: number | undefined;

  constructor(stores: { numbers: Store; names: Store }) {
    this.#numbers = stores.numbers;
    this.#names = stores.names;
  }

  /** The number of a name, given on first sight; only within a transaction. */
  intern(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    this.#next ??= this.#firstFree();
    const number = this.#next++;
    this.#numbers.put(Buffer.from(name), word(number));
    this.#names.put(word(number), Buffer.from(name));
    this.#remember(name, number);
    return number;
  }

  /** The number of a name that has been seen, or undefined. */
  find(name: string, snapshot?: Snapshot): number | undefined {
    const cached = this.#numberOf.get(name);
    if (cached !== undefined) return cached;
    const stored = this.#numbers.get(Buffer.from(name), snapshot);
    if (!stored) return undefined;
    const number = wordOf(stored);
    this.#remember(name, number);
    return number;
  }

  /** The name of a number. */
  name(number: number, snapshot?: Snapshot): string {
    const cached = this.#nameOf.get(number);
    if (cached !== undefined) return cached;
    const stored = this.#names.get(word(number), snapshot);
    if (!stored)
      throw new AppError('STORE_DAMAGED', `expected a name for number ${number} in the table, found none; restore the table from a backup`);
    const name = Buffer.from(stored).toString();
    this.#remember(name, number);
    return name;
  }

  /** All names and numbers, in order of the names' bytes. */
  *all(snapshot?: Snapshot): Iterable<{ name: string; number: number }> {
    const end = Buffer.alloc(4, 0xff);
    for (const { key, value } of this.#numbers.entries(Buffer.from([0]), end, snapshot)) {
      yield { name: Buffer.from(key).toString(), number: wordOf(value) };
    }
  }

  /** Forgets what a transaction that was given up may have left in memory. */
  forget(): void {
    this.#numberOf.clear();
    this.#nameOf.clear();
    this.#next = undefined;
  }

  #firstFree(): number {
    const last = this.#names.last(Buffer.alloc(4, 0xff), Buffer.from([0]));
    return last ? wordOf(last.key) + 1 : 0;
  }

  #remember(name: string, number: number): void {
    if (this.#numberOf.size >= CACHED) this.#numberOf.clear();
    if (this.#nameOf.size >= CACHED) this.#nameOf.clear();
    this.#numberOf.set(name, number);
    this.#nameOf.set(number, name);
  }
}

function word(number: number): Buffer {
  const key = Buffer.allocUnsafe(4);
  key.writeUInt32BE(number);
  return key;
}

function wordOf(bytes: Uint8Array): number {
  return Buffer.from(bytes).readUInt32BE(0);
}
