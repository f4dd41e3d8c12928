import { COMMA } from './ascii.ts';
import { MAX_PUMP_ID } from '../../../domain/pump/pumpId.ts';

const START_SLOTS = 256;
/** A search that is longer gives up: ids that were made to collide cost no more than a map of strings. */
const MAX_PROBES = 16;

/**
 * The numbers of pump ids, found by their bytes, so that no string is made of an id that is known.
 * An open-addressing hash table with linear probing, at most half full.
 *
 *     slots   number + 1 of the id, or 0      [0 3 0 0 1 2 …]
 *     bytes   64 bytes for each entry         |COHUTTA…|NANTAHALLA…|LAGNAPPE…|
 */
export class PumpIds {
  #slots = new Int32Array(START_SLOTS);
  #bytes = new Uint8Array((START_SLOTS / 2) * MAX_PUMP_ID);
  /** By entry: */
  readonly #lengths: number[] = [];
  readonly #hashes: number[] = [];
  readonly #numbers: number[] = [];
  /** The entry that came after it the last time. */
  readonly #followers: number[] = [];
  /** The entry that came last, or -1. */
  #last = -1;

  /**
   * Pumps report in turn: looks whether the id that followed the last one before does so again, with a comma behind it.
   * Gives its length, or 0.
   */
  follow(bytes: Uint8Array, from: number): number {
    const entry = this.#last < 0 ? -1 : this.#followers[this.#last];
    if (entry < 0 || bytes[from + this.#lengths[entry]] !== COMMA || !this.#equals(entry, bytes, from)) return 0;
    this.#last = entry;
    return this.#lengths[entry];
  }

  /** The number of the id that came last. */
  get lastNumber(): number {
    return this.#numbers[this.#last];
  }

  /** The number of the id `bytes[from, from + length)`, or -1. */
  find(bytes: Uint8Array, { from, length, hash }: { from: number; length: number; hash: number }): number {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const entry = this.#slots[(hash + probe) & mask] - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] === hash && this.#lengths[entry] === length && this.#equals(entry, bytes, from)) {
        if (this.#last >= 0) this.#followers[this.#last] = entry;
        this.#last = entry;
        return this.#numbers[entry];
      }
    }
    return -1;
  }

  /** Remembers an id's number; one that finds no slot nearby is left out. */
  add(id: Uint8Array, hash: number, number: number): void {
    const entry = this.#lengths.length;
    if (entry * 2 >= this.#slots.length) this.#grow();
    if (!this.#place(entry, hash)) return;
    this.#bytes.set(id, entry * MAX_PUMP_ID);
    this.#lengths.push(id.length);
    this.#hashes.push(hash);
    this.#numbers.push(number);
    this.#followers.push(-1);
  }

  clear(): void {
    if (this.#lengths.length === 0) return;
    this.#slots.fill(0);
    this.#lengths.length = 0;
    this.#hashes.length = 0;
    this.#numbers.length = 0;
    this.#followers.length = 0;
    this.#last = -1;
  }

  #equals(entry: number, bytes: Uint8Array, from: number): boolean {
    const at = entry * MAX_PUMP_ID;
    for (let i = this.#lengths[entry] - 1; i >= 0; i--) if (this.#bytes[at + i] !== bytes[from + i]) return false;
    return true;
  }

  #place(entry: number, hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & mask;
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = entry + 1;
      return true;
    }
    return false;
  }

  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#hashes.length; entry++) this.#place(entry, this.#hashes[entry]);
  }
}
