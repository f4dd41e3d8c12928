import { unzigzag, type VarintReader, writeVarint, zigzag } from './varint.ts';

/*
 * Rows of one pump, source and receipt whose times or lines follow no rule, as columns:
 *
 *   varint   rows - 1
 *   u8       widths: bits 0–1 times, 2–3 their unit, 4–5 lines, 6 whether marks differ
 *   varint   the first time, counted from the one that is expected there, zigzag; of widths 0 their step as well, in ms
 *   varint   the line that lines count from, counted from the one before, zigzag
 *   …        times from the second on: what each is more than the one before it, in its unit: 0, 1, 2 or 4 bytes each
 *   …        lines: of width 0 what each, from the second on, is more than the one before it, zigzag in a byte; otherwise what it is
 *            more than the lowest, 1, 2 or 4 bytes each
 *   …        marks, a byte each, where they differ
 *
 * Little-endian. Times do not fall.
 */

/** Rows of columns, from place to place. */
export interface ListedRows {
  readonly time: Float64Array;
  readonly line: Uint32Array;
  readonly mark: Uint32Array;
  readonly source: number;
  readonly receipt: number;
}

/** Most rows in one list. */
export const MOST_LISTED = 256;
/** What stands before the columns, at most. */
export const LIST_HEADER = 40;

const UNITS_MS = [1, 1000, 60_000] as const;
const BYTES = [0, 1, 2, 4] as const;
const MARKS_DIFFER = 64;

/** How the columns of some rows are written. */
export interface ListPlan {
  readonly from: number;
  /** How many rows: fewer than were asked for where they don't fit. */
  readonly count: number;
  readonly widths: number;
  readonly lineFrom: number;
}

/**
 * Plans a list of rows from a place on, as many as fit into `room` bytes behind the header; undefined where times are too far apart, or a
 * mark is no byte.
 */
export function planList({ time, line, mark }: ListedRows, from: number, to: number, room: number): ListPlan | undefined {
  const end = Math.min(to, from + MOST_LISTED);
  const step = time[from + 1] - time[from];
  let isEven = true;
  let furthest = 0;
  let lowest = line[from];
  let highest = lowest;
  let near = true;
  let marks = mark[from];
  let isSame = true;
  for (let i = from + 1; i < end; i++) {
    const more = time[i] - time[i - 1];
    if (more !== step) isEven = false;
    if (more > furthest) furthest = more;
    const own = line[i];
    const lines = own - line[i - 1];
    if (lines < -128 || lines > 127) near = false;
    if (own < lowest) lowest = own;
    else if (own > highest) highest = own;
    if (mark[i] !== mark[from]) isSame = false;
    marks |= mark[i];
  }
  if (marks > 255 || (!isEven && furthest > 0x7fff_ffff)) return undefined;
  const unit = isEven ? 0 : unitOf(time, from, end);
  const times = isEven ? 0 : widthFor(furthest / UNITS_MS[unit]);
  const lines = near ? 0 : widthFor(highest - lowest);
  const widths = times | (unit << 2) | (lines << 4) | (isSame ? 0 : MARKS_DIFFER);
  const each = BYTES[times] + Math.max(1, BYTES[lines]) + (isSame ? 0 : 1);
  return { from, count: Math.min(end - from, Math.floor(room / each)), widths, lineFrom: near ? line[from] : lowest };
}

/** Writes the columns of a plan; gives where they end. `expected` is where a first time and line count from. */
export function writeList(
  bytes: Uint8Array, at: number, { time, line, mark }: ListedRows, { from, count, widths, lineFrom }: ListPlan,
  expected: { readonly time: number; readonly line: number },
): number {
  const to = from + count;
  let end = writeVarint(bytes, at, count - 1);
  bytes[end++] = widths;
  end = writeVarint(bytes, end, zigzag(time[from] - expected.time));
  const times = BYTES[widths & 3];
  if (times === 0) end = writeVarint(bytes, end, zigzag(time[from + 1] - time[from]));
  end = writeVarint(bytes, end, zigzag(lineFrom - expected.line));
  const unit = UNITS_MS[(widths >> 2) & 3];
  if (times === 1) for (let i = from + 1; i < to; i++) bytes[end++] = (time[i] - time[i - 1]) / unit;
  else if (times > 1) for (let i = from + 1; i < to; i++) end = writeInt(bytes, end, (time[i] - time[i - 1]) / unit, times);
  const lines = BYTES[(widths >> 4) & 3];
  if (lines === 0) {
    for (let i = from + 1; i < to; i++) {
      const more = line[i] - line[i - 1];
      bytes[end++] = (more << 1) ^ (more >> 31);
    }
  } else for (let i = from; i < to; i++) end = writeInt(bytes, end, line[i] - lineFrom, lines);
  if ((widths & MARKS_DIFFER) !== 0) for (let i = from; i < to; i++) bytes[end++] = mark[i];
  return end;
}

/** The rows of a list, and the mark of each, undefined where it is that of all. */
export function* readList(
  reader: VarintReader, expected: { readonly time: number; readonly line: number },
): Iterable<{ readonly time: number; readonly line: number; readonly mark: number | undefined }> {
  const count = reader.next() + 1;
  const widths = reader.byte();
  const first = expected.time + unzigzag(reader.next());
  const times = BYTES[widths & 3];
  const step = times === 0 ? unzigzag(reader.next()) : 0;
  const lineFrom = expected.line + unzigzag(reader.next());
  const lines = BYTES[(widths >> 4) & 3];
  const unit = UNITS_MS[(widths >> 2) & 3];
  const timesAt = reader.skip(times * (count - 1));
  const linesAt = reader.skip(lines === 0 ? count - 1 : lines * count);
  const marksAt = (widths & MARKS_DIFFER) === 0 ? undefined : reader.skip(count);
  let time = first;
  let line = lineFrom;
  for (let i = 0; i < count; i++) {
    if (i > 0) time += times === 0 ? step : reader.int(timesAt + times * (i - 1), times) * unit;
    if (lines > 0) line = lineFrom + reader.int(linesAt + lines * i, lines);
    else if (i > 0) line += unzigzag(reader.int(linesAt + i - 1, 1));
    yield { time, line, mark: marksAt === undefined ? undefined : reader.int(marksAt + i, 1) };
  }
}

/** The largest unit that all times are apart by multiples of. */
function unitOf(time: Float64Array, from: number, end: number): number {
  let unit = UNITS_MS.length - 1;
  for (let i = from + 1; i < end && unit > 0; i++) {
    const more = (time[i] - time[i - 1]) | 0;
    while (unit > 0 && more % UNITS_MS[unit] !== 0) unit--;
  }
  return unit;
}

/** 1, 2 or 3 for 1, 2 or 4 bytes. */
function widthFor(most: number): number {
  return most < 256 ? 1 : most < 65_536 ? 2 : 3;
}

function writeInt(bytes: Uint8Array, at: number, value: number, width: number): number {
  bytes[at] = value;
  if (width > 1) bytes[at + 1] = value >>> 8;
  if (width === 4) {
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }
  return at + width;
}
