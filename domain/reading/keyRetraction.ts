import { type CellValue, cellHistory, holderOf, type KeyChange, type KeyEvent, type KeyHistory } from './keyHistory.ts';
import { isUnknown, UNKNOWN } from './measures.ts';
import { sameValue } from './readings.ts';

/** What a key (pump and wall time) holds: values, UNKNOWN where it has none, and their times of receipt. */
export interface KeyCellsNow {
  readonly values: readonly number[];
  readonly receipts: readonly number[];
}

/** Which rows are taken back. */
export interface Taken {
  readonly row: (event: KeyEvent) => boolean;
  /** Also values of which nobody knows where they came from, received at a time. */
  readonly unknown: (receivedAt: number) => boolean;
}

/** What a key holds without the rows that are taken back, and how it came to that. */
export interface KeyWithout extends KeyCellsNow {
  /** Cells, as bits, that hold another value than before, or none. */
  readonly changed: number;
  /** Some cell has another value, or another time of receipt. */
  readonly touched: boolean;
  readonly changes: readonly KeyChange[];
  /** How many rows are taken back that count as stored; at least one where a reading goes of which nobody knows how it came. */
  readonly rows: number;
}

/**
 * What a key holds without some rows: of each cell the value that holds is the last one with which another row came, or
 * which was there before anything was kept. So a value that another source vouched for stays.
 */
export function keyWithout(history: KeyHistory, now: KeyCellsNow, taken: Taken): KeyWithout {
  const values = [...now.values];
  const receipts = [...now.receipts];
  const changes: KeyChange[] = [];
  let changed = 0;
  for (const [column, value] of now.values.entries()) {
    if (isUnknown(value)) continue;
    const before = cellHistory(column, history, value);
    const left = joined(before.map((one) => without(one, now.receipts[column], taken)).filter((one) => one !== undefined));
    changes.push(...left.slice(1).map((one, i) => changeBetween(column, left[i], one)));
    const last = left.at(-1);
    if (last && sameValue(last.value, value) && isHeldByOthers(before.at(-1)!, taken)) continue;
    values[column] = last?.value ?? UNKNOWN;
    receipts[column] = last?.at ?? UNKNOWN;
    if (!last || !sameValue(last.value, value)) changed |= 1 << column;
  }
  const known = history.events.filter((event) => taken.row(event) && !event.duplicate).length;
  const touched = changed !== 0 || receipts.some((receipt, c) => receipt !== now.receipts[c]);
  return { values, receipts, changed, touched, changes, rows: known > 0 || changed === 0 ? known : 1 };
}

/** A value that a cell held, and since when: its first row, and the receipt with which it is stored. */
interface Left {
  readonly value: number;
  readonly first: KeyChange['by'] | undefined;
  readonly at: number;
}

function without({ value, events, receivedAt }: CellValue, storedAt: number, taken: Taken): Left | undefined {
  const left = events.filter((event) => !taken.row(event));
  const holder = holderOf(left);
  if (holder) return { value, first: left[0], at: holder.receipt };
  const at = receivedAt ?? storedAt;
  return events.length === 0 && !taken.unknown(at) ? { value, first: undefined, at } : undefined;
}

/** The row that a value was received with is not taken back. */
function isHeldByOthers({ events }: CellValue, taken: Taken): boolean {
  const holder = holderOf(events);
  return holder === undefined || !taken.row(holder);
}

/** The same value twice in a row is one. */
function joined(values: readonly Left[]): Left[] {
  const all: Left[] = [];
  for (const one of values) {
    const last = all.at(-1);
    if (last && sameValue(last.value, one.value)) all[all.length - 1] = { ...last, at: one.at };
    else all.push(one);
  }
  return all;
}

function changeBetween(column: number, { value, at }: Left, { first, at: later }: Left): KeyChange {
  return { column, value, receivedAt: at, by: first ?? { receipt: later, source: 0, line: 0 } };
}
