import { AppError } from '../../../domain/errors.ts';

/** Reads varints, and integers of fixed width. Throws STORE_DAMAGED where the bytes end before. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    if (this.at >= this.#bytes.length) throw cutShort();
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

  /** Passes bytes, and gives where they begin. */
  skip(count: number): number {
    const from = this.at;
    this.at += count;
    if (this.at > this.#bytes.length) throw cutShort();
    return from;
  }

  /** The little-endian integer of 1, 2 or 4 bytes at a place. */
  int(at: number, width: number): number {
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this.#bytes[at + i];
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

function cutShort(): AppError {
  return new AppError('STORE_DAMAGED', 'expected a run of origins, found the end in the middle of one');
}
