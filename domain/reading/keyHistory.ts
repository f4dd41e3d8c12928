/** A row that came to a key (pump and wall time). */
export interface KeyEvent {
  /** Its time of receipt, ms since 1970-01-01T00:00Z. */
  readonly receipt: number;
  /** The number of its source. */
  readonly source: number;
  /** The physical line on which it begins, from 1. */
  readonly line: number;
  /** The cells that it had, as bits: bit 0 is the first measure's. Those that it did not bring in are not among them. */
  readonly cells: number;
  /** It was counted as a duplicate: all its cells had the same values. */
  readonly duplicate: boolean;
}

/** A value of a key that was replaced. */
export interface KeyChange {
  readonly column: number;
  readonly value: number;
  /** When it had been received. */
  readonly receivedAt: number;
  /** The row that replaced it. */
  readonly by: Pick<KeyEvent, 'receipt' | 'source' | 'line'>;
}

/** What is known of how a key came to what it holds: rows and changes in the order in which they came. */
export interface KeyHistory {
  readonly events: readonly KeyEvent[];
  readonly changes: readonly KeyChange[];
}

/** A value that a cell held, and the rows that came with it: none where they came before this was kept. */
export interface CellValue {
  readonly value: number;
  readonly events: readonly KeyEvent[];
  /** When it was received as far as that is known otherwise; null where only the rows tell. */
  readonly receivedAt: number | null;
}

/** The values of a cell in the order in which it held them; the last is the one that it holds. `current` is UNKNOWN where it holds none. */
export function cellHistory(column: number, { events, changes }: KeyHistory, current: number): CellValue[] {
  const own = events.filter(({ cells }) => (cells >> column & 1) !== 0);
  const values: CellValue[] = [];
  let from = 0;
  for (const { value, receivedAt, by } of changes.filter((change) => change.column === column)) {
    const to = Math.max(from, placeOf(by, own));
    values.push({ value, receivedAt, events: own.slice(from, to) });
    from = to;
  }
  if (!Number.isNaN(current)) values.push({ value: current, receivedAt: null, events: own.slice(from) });
  return values;
}

/** Of the rows that came with a value the one that it was received with: the last that counts as stored, or else the first. */
export function holderOf(events: readonly KeyEvent[]): KeyEvent | undefined {
  return events.findLast(({ duplicate }) => !duplicate) ?? events[0];
}

/** Where the row of a change stands among rows, or would stand. */
function placeOf(by: KeyChange['by'], events: readonly KeyEvent[]): number {
  const at = events.findLastIndex(({ receipt, source, line }) => receipt === by.receipt && source === by.source && line === by.line);
  if (at >= 0) return at;
  const later = events.findIndex(({ receipt }) => receipt >= by.receipt);
  return later < 0 ? events.length : later;
}
