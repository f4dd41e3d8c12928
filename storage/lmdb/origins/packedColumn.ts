import { unzigzag, type VarintReader, writeVarint, zigzag } from './varint.ts';

/*
 * Whole numbers as a column, which takes room only for what they differ by:
 *
 *   varint   the least of them, zigzag
 *   u8       bits of each, 0 to 32
 *   …        what each is more than the least, one behind the other from the lowest bit on; zeros fill the last byte
 */

/** How a column is written. */
export interface Packing {
  readonly least: number;
  readonly bits: number;
}

/** What stands before the numbers, at most. */
export const COLUMN_HEADER = 9;
/** So many bits go into the byte under way at a time: what is held stays below 2^31. */
const PIECE = 16;

/** The packing of whole numbers from `least` to `most`, which are less than 2^32 apart. */
export function packingOf(least: number, most: number): Packing {
  return { least, bits: 32 - Math.clz32(most - least) };
}

/** Writes a column of `count` numbers, given as what each is more than the least; gives where it ends. */
export function writePacked(bytes: Uint8Array, at: number, more: Uint32Array, count: number, { least, bits }: Packing): number {
  let end = writeVarint(bytes, at, zigzag(least));
  bytes[end++] = bits;
  if (bits === 0) return end;
  let held = 0;
  let many = 0;
  for (let i = 0; i < count; i++) {
    let rest = more[i];
    for (let left = bits; left > 0; left -= PIECE) {
      held |= (rest & 0xffff) << many;
      many += left < PIECE ? left : PIECE;
      rest >>>= PIECE;
      for (; many >= 8; many -= 8) {
        bytes[end++] = held;
        held >>>= 8;
      }
    }
  }
  if (many > 0) bytes[end++] = held;
  return end;
}

/** The numbers of a column. */
export function readPacked(reader: VarintReader, count: number): Float64Array {
  const least = unzigzag(reader.next());
  const bits = reader.byte();
  const numbers = new Float64Array(count).fill(least);
  if (bits === 0) return numbers;
  const size = 2 ** bits;
  let held = 0; // below 2^40
  let many = 0;
  for (let i = 0; i < count; i++) {
    for (; many < bits; many += 8) held += reader.byte() * 2 ** many;
    numbers[i] += held % size;
    held = Math.floor(held / size);
    many -= bits;
  }
  return numbers;
}
