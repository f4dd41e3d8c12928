import { unzigzag, type VarintReader } from './varint.ts';

/*
 * Lists as they were written before columns were packed by bits (listedRows.ts); they are only read:
 *
 *   varint   rows - 1
 *   u8       widths: bits 0–1 times, 2–3 their unit, 4–5 lines, 6 whether marks differ
 *   varint   the first time, counted from the one that is expected there, zigzag; of widths 0 their step as well, in ms
 *   varint   the line that lines count from, counted from the one before, zigzag
 *   …        times from the second on: what each is more than the one before it, in its unit: 0, 1, 2 or 4 bytes each
 *   …        lines: of width 0 what each, from the second on, is more than the one before it, zigzag in a byte; otherwise what it is
 *            more than the lowest, 1, 2 or 4 bytes each
 *   …        marks, a byte each, where they differ
 */
const UNITS_MS = [1, 1000, 60_000] as const;
const BYTES = [0, 1, 2, 4] as const;
const MARKS_DIFFER = 64;

/** The rows of such a list; `common` is the mark of all where they don't differ. */
export function* readOlderList(
  reader: VarintReader, expected: { readonly time: number; readonly line: number }, common: number,
): Iterable<{ readonly time: number; readonly line: number; readonly mark: number }> {
  const count = reader.next() + 1;
  const widths = reader.byte();
  const first = expected.time + unzigzag(reader.next());
  const times = BYTES[widths & 3];
  const step = times === 0 ? unzigzag(reader.next()) : 0;
  const lineFrom = expected.line + unzigzag(reader.next());
  const lines = BYTES[(widths >> 4) & 3];
  const unit = UNITS_MS[(widths >> 2) & 3];
  const allTimes = Array.from({ length: count - 1 }, () => (times === 0 ? step : reader.int(times) * unit));
  const allLines = Array.from({ length: lines === 0 ? count - 1 : count }, () => (lines === 0 ? unzigzag(reader.byte()) : reader.int(lines)));
  let time = first;
  let line = lineFrom;
  for (let i = 0; i < count; i++) {
    if (i > 0) time += allTimes[i - 1];
    if (lines > 0) line = lineFrom + allLines[i];
    else if (i > 0) line += allLines[i - 1];
    yield { time, line, mark: (widths & MARKS_DIFFER) === 0 ? common : reader.byte() };
  }
}
