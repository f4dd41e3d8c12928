/**
 * A block: rows of one series in order of time, packed by column. Numbers are in the machine's byte
 * order, as lmdb's own pages are: a data directory does not move between byte orders.
 *
 *    0  u32  CRC-32 of all that follows      16  f64  time of the first row
 *    4  u8   layout, 1 or 2                  24  f64  time of the last row
 *    5  u8   value columns, c                32  f64  oldest time of receipt
 *    6  u16  rows, n                         40  f64  newest time of receipt
 *    8  u16  runs of times of receipt, r     48  f64  base, one a column
 *   10  u16  length in bytes             48 + 8c  u8  exponent, one a column
 *   12  u8   unit of time, see UNITS     48 + 9c  u8  width, one a column
 *   13  u8   width of time
 *   14  u8   width of receipt
 *   15  u8   0
 *
 *   from 48 + 10c, each array aligned to its width:
 *   time      n × width   (time - first) / unit
 *   column    n × width   mantissa - base; the value is mantissa / 10^exponent         } c times
 *   receipt   r × width   time of receipt of a run - oldest
 *   lengths   r × u16     rows of a run; absent when r = 1 (all rows) and r = n (one each, also of the same time)
 *
 * Widths are 0 (every entry is 0; nothing is stored), 1, 2 and 4 (unsigned integers) and 8 (a double).
 * A value column of width 8 holds the values themselves: some of them are no decimal, or too far apart.
 *
 * A block has the columns that there were when it was written. Whoever knows more finds those unknown.
 *
 * Layout 2 is for blocks where a cell is missing, or cells of a row came at different times; a row's own time of receipt is
 * that of its newest cell. From 48 + 10c it has beside that
 *
 *   u16  groups of earlier cells, g
 *   u8   width of their lags: 1, 2, 4 or 8; 0 when g = 0
 *   u8   0
 *   u8   one a column: 0 when all rows have its cell, 1 when some have, 2 when none has
 *
 * and its arrays begin at 52 + 11c. Where a cell is missing its entry is 0 and says nothing. After the lengths follow
 *
 *   bits      (n + 7) / 8 bytes for each column that some rows have: bit 0 of a byte is its first row, 1 when the cell is there
 *   rows      g × u16     row of a group: cells of one row that came together, before its newest one; aligned to 2
 *   masks     g × u8      its columns as bits, the first is bit 0; u16 from 9 columns on, u32 from 17 on
 *   lags      g × width   time of receipt of the row - that of the group
 */
export const LAYOUT = 1;
export const CELLS_LAYOUT = 2;

/** The most rows of a block, however small they pack: what reading one row costs stays bounded. */
export const MAX_BLOCK_ROWS = 1024;

/** What fits into one page of the file beside lmdb's page header of 24 bytes; one byte more takes two pages. */
export const PAGE_BYTES = 4072;

/** The units of time, in ms. */
export const UNITS = [60_000, 1000, 1] as const;

/** 10 to the power of the index. Exact up to 22. */
export const POWERS = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/** Where a block's arrays begin. */
export function headerBytes(columns: number, layout = LAYOUT): number {
  return layout === LAYOUT ? 48 + 10 * columns : 52 + 11 * columns;
}

/** Where layout 2 has the number of groups of earlier cells. */
export function groupsAt(columns: number): number {
  return 48 + 10 * columns;
}

/** Where layout 2 has the states of the columns. */
export function statesAt(columns: number): number {
  return 52 + 10 * columns;
}
