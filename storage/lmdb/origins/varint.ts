import { AppError } from '../../../domain/errors.ts';

/** Reads varints, bytes and integers. Throws STORE_DAMAGED where the bytes end before. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    if (this.at >= this.#bytes.length) throw damagedRun('the end in the middle of one');
    return this.#bytes[this.at++];
  }

  next(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** A little-endian integer of some bytes. */
  int(bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += this.byte() * 256 ** i;
    return value;
  }
}

/** Writes a whole number from 0 on; gives where it ends. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest >= 0x4000_0000; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  let low = rest | 0; // from here on as an integer of 31 bits, which is several times faster
  for (; low >= 128; low >>>= 7) bytes[at++] = (low & 127) | 128;
  bytes[at++] = low;
  return at;
}

/** A whole number that may be below 0 as one that is not: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** What `zigzag` was given. */
export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** What is found instead of a run. */
export function damagedRun(found: string): AppError {
  return new AppError('STORE_DAMAGED', `expected a run of origins, found ${found}`);
}
