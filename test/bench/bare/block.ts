/*
 * The bare limit's own block: rows of one pump packed by column, without checksum, times of receipt or
 * any check. Machine byte order.
 *
 *   0 u16 rows   8 f64 smallest mantissa, 7 columns   64 u8 exponents   71 u8 widths   80 the arrays
 *
 * A column holds mantissa - smallest in 1, 2 or 4 bytes, where the value is mantissa / 10^exponent, or
 * doubles (width 8) when some value is no decimal. Column 0 is the time in seconds.
 */
export const COLUMNS = 7;
/** Rows of a block: what fits into one page of lmdb with the widths of the generated rows. */
export const BLOCK_ROWS = 352;
export const HEADER = 80;
export const POWERS = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/** The block that is packed or unpacked. */
const page = new ArrayBuffer(HEADER + COLUMNS * BLOCK_ROWS * 8);
export const u8 = new Uint8Array(page);
export const u16 = new Uint16Array(page);
export const u32 = new Uint32Array(page);
export const f64 = new Float64Array(page);

/** Packs the first `rows` values of each column; what it gives holds until the next call. */
export function pack(columns: readonly Float64Array[], rows: number): Uint8Array {
  u16[0] = rows;
  let end = HEADER;
  for (let c = 0; c < COLUMNS; c++) end = packColumn(columns[c], rows, c, end);
  return u8.subarray(0, end);
}

function packColumn(values: Float64Array, rows: number, c: number, end: number): number {
  let [exponent, power, min, max] = [0, 1, Infinity, -Infinity];
  for (let i = 0; i < rows; i++) {
    const value = values[i];
    let mantissa = Math.round(value * power);
    while (mantissa / power !== value && exponent < 15) {
      power = POWERS[++exponent];
      mantissa = Math.round(value * power);
      min *= 10;
      max *= 10;
    }
    if (mantissa < min) min = mantissa;
    if (mantissa > max) max = mantissa;
  }
  const range = max - min;
  const width = exponent === 15 || range >= 2 ** 32 ? 8 : range < 256 ? 1 : range < 65_536 ? 2 : 4;
  const offset = (end + width - 1) & -width;
  const at = offset / width;
  if (width === 1) for (let i = 0; i < rows; i++) u8[at + i] = Math.round(values[i] * power) - min;
  else if (width === 2) for (let i = 0; i < rows; i++) u16[at + i] = Math.round(values[i] * power) - min;
  else if (width === 4) for (let i = 0; i < rows; i++) u32[at + i] = Math.round(values[i] * power) - min;
  else f64.set(values.subarray(0, rows), at);
  f64[1 + c] = min;
  u8[64 + c] = exponent;
  u8[71 + c] = width;
  return offset + rows * width;
}
