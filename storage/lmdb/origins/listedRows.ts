import { COLUMN_HEADER, type Packing, packingOf, readPacked, writePacked } from './packedColumn.ts';
import { damagedRun, unzigzag, type VarintReader, writeVarint, zigzag } from './varint.ts';

/*
 * Rows of one pump, source and receipt whose times or lines follow no rule, as columns (packedColumn.ts):
 *
 *   varint   rows - 1
 *   u8       form: bits 0–1 the unit of times, 2 what lines count from: the one before, or the first
 *   varint   the first time, counted from the one that is expected there, zigzag
 *   varint   the first line, likewise
 *   column   times from the second on: what each is more than the one before it, in their unit
 *   column   lines from the second on: what each is more than the one that it counts from
 *   column   marks
 *
 * So times and lines that rise in equal steps take no room. Times do not fall.
 */

/** Rows of columns, from place to place. */
export interface ListedRows {
  readonly time: Float64Array;
  readonly line: Uint32Array;
  readonly mark: Uint32Array;
  /** They all have the same mark: nobody has to look. */
  readonly isOneMark?: boolean;
  readonly source: number;
  readonly receipt: number;
}

/** Most rows in one list. */
export const MOST_LISTED = 1024;
/** What a list takes beside what rows differ by, at most. */
export const LIST_HEADER = 24 + 3 * (COLUMN_HEADER + 1);

const UNITS_MS = [1, 1000, 60_000] as const;
const UNIT = 3;
const FROM_FIRST = 4;
/** So many rows that follow each other in equal steps are not widened by one that does not. */
const LONG = 64;
/** Times that are further apart are in different lists. */
const FURTHEST_MS = 0x7fff_ffff;

/** How the columns of some rows are written. */
export interface ListPlan {
  readonly from: number;
  /** How many rows: fewer than were asked for where they don't fit, or are too far apart. */
  readonly count: number;
  readonly form: number;
  readonly times: Packing;
  readonly lines: Packing;
  readonly marks: Packing;
}

/** Plans a list of rows from a place on, as many as fit into `room` bytes behind the header. */
export function planList({ time, line, mark, isOneMark = false }: ListedRows, from: number, to: number, room: number): ListPlan {
  const { unit, end, times } = planTimes(time, from, Math.min(to, from + MOST_LISTED));
  const { isFromFirst, lines } = planLines(line, from, end);
  const marks = isOneMark ? packingOf(mark[from], mark[from]) : planMarks(mark, from, end);
  const fitting = Math.floor(8 * room / (times.bits + lines.bits + marks.bits));
  return { from, count: Math.min(end - from, fitting), form: unit | (isFromFirst ? FROM_FIRST : 0), times, lines, marks };
}

/** Ends where times are too far apart, or a long stretch of equal steps does: it is a run. */
function planTimes(time: Float64Array, from: number, to: number): { readonly unit: number; readonly end: number; readonly times: Packing } {
  let least = FURTHEST_MS;
  let most = 0;
  let unit = UNITS_MS.length - 1;
  let end = from + 1;
  let [seen, seenLast] = [NaN, NaN]; // mostly rows are one of two steps apart
  for (; end < to; end++) {
    const more = time[end] - time[end - 1];
    if (more === seenLast || more === seen) continue;
    if (more > FURTHEST_MS || (more !== most && least === most && end - from > LONG)) break;
    if (more < least) least = more;
    if (more > most) most = more;
    while (unit > 0 && (more | 0) % UNITS_MS[unit] !== 0) unit--; // as integers, which divide several times faster
    seen = seenLast;
    seenLast = more;
  }
  return { unit, end, times: packingOf(least / UNITS_MS[unit], most / UNITS_MS[unit]) };
}

/** Mostly lines rise in equal steps, which takes no room and less to find out. */
function planLines(line: Uint32Array, from: number, to: number): { readonly isFromFirst: boolean; readonly lines: Packing } {
  const step = line[from + 1] - line[from];
  let even = from + 2;
  while (even < to && line[even] - line[even - 1] === step) even++;
  if (even >= to) return { isFromFirst: false, lines: packingOf(step, step) };
  let [leastStep, mostStep, leastLine, mostLine] = [step, step, step, step];
  for (let i = from + 2; i < to; i++) {
    const more = line[i] - line[i - 1];
    if (more < leastStep) leastStep = more;
    if (more > mostStep) mostStep = more;
    const all = line[i] - line[from];
    if (all < leastLine) leastLine = all;
    if (all > mostLine) mostLine = all;
  }
  const isFromFirst = mostLine - leastLine < mostStep - leastStep;
  return { isFromFirst, lines: isFromFirst ? packingOf(leastLine, mostLine) : packingOf(leastStep, mostStep) };
}

function planMarks(mark: Uint32Array, from: number, to: number): Packing {
  let least = mark[from];
  let most = least;
  for (let i = from + 1; i < to; i++) {
    if (mark[i] < least) least = mark[i];
    if (mark[i] > most) most = mark[i];
  }
  return packingOf(least, most);
}

/** Whether rows follow each other in equal steps and have one mark: then they are a run. */
export function isRun({ form, times, lines, marks }: ListPlan): boolean {
  return times.bits + lines.bits + marks.bits === 0 && times.least > 0 && (form & FROM_FIRST) === 0;
}

/** What the numbers of a column are more than the least, while it is written. */
const more = new Uint32Array(MOST_LISTED);

/** Writes the columns of a plan; gives where they end. `expected` is where a first time and line count from. */
export function writeList(
  bytes: Uint8Array, at: number, { time, line, mark }: ListedRows, { from, count, form, times, lines, marks }: ListPlan,
  expected: { readonly time: number; readonly line: number },
): number {
  let end = writeVarint(bytes, at, count - 1);
  bytes[end++] = form;
  end = writeVarint(bytes, end, zigzag(time[from] - expected.time));
  end = writeVarint(bytes, end, zigzag(line[from] - expected.line));
  const unit = UNITS_MS[form & UNIT];
  const rest = from + 1;
  if (times.bits > 0) for (let i = 0; i < count - 1; i++) more[i] = (time[rest + i] - time[from + i]) / unit - times.least;
  end = writePacked(bytes, end, more, count - 1, times);
  if (lines.bits > 0) {
    if ((form & FROM_FIRST) !== 0) for (let i = 0; i < count - 1; i++) more[i] = line[rest + i] - line[from] - lines.least;
    else for (let i = 0; i < count - 1; i++) more[i] = line[rest + i] - line[from + i] - lines.least;
  }
  end = writePacked(bytes, end, more, count - 1, lines);
  if (marks.bits > 0) for (let i = 0; i < count; i++) more[i] = mark[from + i] - marks.least;
  return writePacked(bytes, end, more, count, marks);
}

/** The rows of a list. */
export function* readList(
  reader: VarintReader, expected: { readonly time: number; readonly line: number },
): Iterable<{ readonly time: number; readonly line: number; readonly mark: number }> {
  const rest = reader.next();
  if (rest >= MOST_LISTED) throw damagedRun(`${rest + 1} rows in one list`);
  const form = reader.byte();
  const unit = UNITS_MS[form & UNIT];
  let time = expected.time + unzigzag(reader.next());
  const first = expected.line + unzigzag(reader.next());
  let line = first;
  const times = readPacked(reader, rest);
  const lines = readPacked(reader, rest);
  const marks = readPacked(reader, rest + 1);
  yield { time, line, mark: marks[0] };
  for (let i = 0; i < rest; i++) {
    time += times[i] * unit;
    line = ((form & FROM_FIRST) !== 0 ? first : line) + lines[i];
    yield { time, line, mark: marks[i + 1] };
  }
}
