import { isUnknown, UNKNOWN } from '../../domain/reading/measures.ts';
import type { Columns } from './columns.ts';
import { align, type Page } from './page.ts';

/** Whether the rows of a block have cells of a column: all of them, some, which bits tell, or none. */
export const ALL_THERE = 0;
export const SOME_THERE = 1;
export const NONE_THERE = 2;

/** Bytes of the presence bits of so many rows. */
export function presenceBytes(rows: number): number {
  return (rows + 7) >>> 3;
}

/** Writes the presence bits of a column from a byte on; bit 0 of a byte is its first row. The bytes were 0. */
export function writePresence(values: Float64Array, from: number, count: number, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < count; i++) if (!isUnknown(values[from + i])) bytes[at + (i >>> 3)] |= 1 << (i & 7);
}

/** Takes out of the rows from `at` on, which are `from` to `to - 1` of the block, the values whose bits are not set. */
export function maskMissing(out: Float64Array, at: number, { from, to }: { from: number; to: number }, bits: Uint8Array): void {
  for (let row = from; row < to; row++) if ((bits[row >>> 3] >> (row & 7) & 1) === 0) out[at + row - from] = UNKNOWN;
}

/** Bytes of a set of columns as bits. */
export function maskBytes(columns: number): 1 | 2 | 4 {
  if (columns <= 8) return 1;
  return columns <= 16 ? 2 : 4;
}

/** Where the parts of the earlier cells of a block begin, see block.ts. */
export interface CellOffsets {
  readonly rows: number;
  readonly masks: number;
  readonly lags: number;
  readonly end: number;
}

/** Where they lie when what is before them ends at `from`. */
export function cellOffsets(from: number, groups: number, { mask, lag }: { mask: number; lag: number }): CellOffsets {
  if (groups === 0) return { rows: from, masks: from, lags: from, end: from };
  const rows = align(from, 2);
  const masks = align(rows + 2 * groups, mask);
  const lags = align(masks + mask * groups, lag);
  return { rows, masks, lags, end: lags + lag * groups };
}

/** What a block of layout 2 says of its cells beside its other columns, see block.ts. */
export interface CellSection {
  readonly columns: number;
  /** Rows of the block. */
  readonly rows: number;
  readonly groups: number;
  readonly lagBytes: number;
  /** Where the states of the columns begin. */
  readonly states: number;
  /** Where the bits begin. */
  readonly from: number;
}

/** Rows `from` to `to - 1` of a block, which are at `at` in columns. */
export interface DecodedRows {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Takes out of decoded rows what is missing, and gives cells their times of receipt. */
export function decodeCells(page: Page, section: CellSection, out: Columns, rows: DecodedRows): void {
  const { u8 } = page;
  const { at, from, to } = rows;
  let end = section.from;
  for (let c = 0; c < section.columns; c++) {
    const state = u8[section.states + c];
    if (state === NONE_THERE) out.values[c].fill(UNKNOWN, at, at + to - from);
    if (state !== SOME_THERE) continue;
    maskMissing(out.values[c], at, rows, u8.subarray(end));
    end += presenceBytes(section.rows);
  }
  if (section.groups > 0) out.openCells();
  const { cellReceipts, receivedAt } = out;
  if (!cellReceipts) return;
  for (const column of cellReceipts) column.set(receivedAt.subarray(at, at + to - from), at);
  if (section.groups > 0) decodeGroups(page, { ...section, from: end }, out, rows);
}

/** `section.from` is where the groups begin. */
function decodeGroups({ u8, u16, u32, f64 }: Page, section: CellSection, out: Columns, { at, from, to }: DecodedRows): void {
  const { groups, lagBytes: width } = section;
  const cells = out.openCells();
  const mask = maskBytes(section.columns);
  const offsets = cellOffsets(section.from, groups, { mask, lag: width });
  const masks = mask === 1 ? u8 : mask === 2 ? u16 : u32;
  const lags = width === 1 ? u8 : width === 2 ? u16 : width === 4 ? u32 : f64;
  for (let group = 0; group < groups; group++) {
    const row = u16[(offsets.rows >>> 1) + group];
    if (row < from || row >= to) continue;
    const bits = masks[offsets.masks / mask + group];
    const place = at + row - from;
    const receipt = out.receivedAt[place] - lags[offsets.lags / width + group];
    for (let c = 0; c < section.columns; c++) if ((bits >> c & 1) !== 0) cells[c][place] = receipt;
  }
}
