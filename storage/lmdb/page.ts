import { crc32 } from 'node:zlib';

/** The next multiple of `width` (0 or a power of two). */
export function align(offset: number, width: number): number {
  return width === 0 ? offset : (offset + width - 1) & -width;
}

/** One page of memory under every view a block needs. */
export class Page {
  readonly u8 = new Uint8Array(4096);
  readonly u16 = new Uint16Array(this.u8.buffer);
  readonly u32 = new Uint32Array(this.u8.buffer);
  readonly f64 = new Float64Array(this.u8.buffer);
}

/** The checksum of a block of `length` bytes that lies in a page. */
export function checksum(page: Page, length: number): number {
  return crc32(page.u8.subarray(4, length));
}
