import { isUnknown, MEASURES } from '../../domain/reading/measures.ts';
import { cellReceipt, type Readings, sameValue } from '../../domain/reading/readings.ts';
import { dayOf, formatTime } from '../../domain/reading/wallClock.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Differences } from './differences.ts';
import { RowDigest } from './rowDigest.ts';

export interface CompareOptions {
  readonly source: Table;
  readonly target: Table;
  readonly differences: Differences;
  /** Stops now and then, by throwing its reason. */
  readonly signal: AbortSignal;
}

export interface CompareReadingsOptions extends CompareOptions {
  /** Rows received then or before have expired: they may be gone from one table, and not yet from the other. */
  readonly expiredBefore: () => number;
  /** Told of each pump, with the readings compared so far. */
  readonly onPump: (pump: string, readings: number) => void;
}

/** What reading both tables from end to end has shown. */
export interface ReadingsComparison {
  readonly readings: number;
  /** SHA-256 of the source's rows, see {@link RowDigest}; the target's is the same when nothing differs. */
  readonly digest: string;
  readonly sameDigest: boolean;
  /** Rows that the target has received later than the source, and differently: they are right. */
  readonly newer: number;
  /** Pump-days, see {@link pumpDay}, of which the target has rows that the source has not. */
  readonly ahead: ReadonlySet<string>;
}

/** Names a pump-day. */
export function pumpDay(pump: string, day: number): string {
  return `${day} ${pump}`;
}

/** Reads all rows of the source, and those of the target with the same keys, in order, and compares them. */
export async function compareReadings(options: CompareReadingsOptions): Promise<ReadingsComparison> {
  const { source, signal, onPump } = options;
  const total = { readings: 0, newer: 0, ahead: new Set<string>(), here: new RowDigest(), there: new RowDigest() };
  for (const pump of await source.pumps()) {
    onPump(pump, total.readings);
    signal.throwIfAborted();
    await comparePump(pump, options, total);
  }
  const digest = total.here.end();
  return { readings: total.readings, newer: total.newer, ahead: total.ahead, digest, sameDigest: digest === total.there.end() };
}

interface Total {
  readings: number;
  newer: number;
  readonly ahead: Set<string>;
  readonly here: RowDigest;
  readonly there: RowDigest;
}

async function comparePump(
  pump: string,
  { source, target, differences, expiredBefore, signal }: CompareReadingsOptions,
  total: Total,
): Promise<void> {
  const there = new Cursor(target.readings(pump, {}));
  try {
    await there.next();
    for await (const piece of source.readings(pump, {})) {
      signal.throwIfAborted();
      for (let row = 0; row < piece.length; row++) {
        for (; there.time < piece.time[row]; await there.next()) total.ahead.add(pumpDay(pump, dayOf(there.time)));
        total.readings++;
        total.here.add(pump, piece, row);
        const at = `${pump} ${formatTime(piece.time[row])}`;
        if (there.time !== piece.time[row]) {
          if (piece.receivedAt[row] <= expiredBefore()) total.there.add(pump, piece, row);
          else differences.add(`the reading ${at} is missing in HBase`);
          continue;
        }
        const different = differentCells(piece, row, there);
        const wrong = different.find((c) => !isLater(there, { piece, row }, c) && !isGone(piece, row, c, expiredBefore()));
        if (different.length === 0) total.there.add(pump, there.piece, there.row);
        else if (wrong === undefined) {
          total.newer++;
          total.ahead.add(pumpDay(pump, dayOf(there.time)));
          total.there.add(pump, piece, row);
        } else {
          differences.add(
            `the reading ${at} has ${MEASURES[wrong]} ${valueText(piece.values[wrong][row])} in the embedded table, ` +
            `${valueText(there.piece.values[wrong][there.row])} in HBase`,
          );
          total.there.add(pump, there.piece, there.row);
        }
        await there.next();
      }
    }
    for (; there.time < Infinity; await there.next()) total.ahead.add(pumpDay(pump, dayOf(there.time)));
  } finally {
    await there.close();
  }
}

/** The columns in which two rows differ; as a rule none. */
function differentCells({ values }: Readings, row: number, there: Cursor): readonly number[] {
  const first = values.findIndex((column, c) => !sameValue(column[row], there.piece.values[c][there.row]));
  if (first < 0) return NONE;
  return values.flatMap((column, c) => (sameValue(column[row], there.piece.values[c][there.row]) ? [] : [c]));
}

const NONE: readonly number[] = [];

/** Whether the target has a cell that came later than the source's, or that the source lacks. */
function isLater(there: Cursor, here: { readonly piece: Readings; readonly row: number }, column: number): boolean {
  if (isUnknown(there.piece.values[column][there.row])) return false;
  if (isUnknown(here.piece.values[column][here.row])) return true;
  return cellReceipt(there.piece, there.row, column) > cellReceipt(here.piece, here.row, column);
}

/** Whether a cell of the source has expired meanwhile. */
function isGone(piece: Readings, row: number, column: number, expiredBefore: number): boolean {
  return !isUnknown(piece.values[column][row]) && cellReceipt(piece, row, column) <= expiredBefore;
}

function valueText(value: number): string {
  return isUnknown(value) ? 'no value' : String(value);
}

/** A row of a pump's readings after the other. */
class Cursor {
  readonly #pieces: AsyncIterator<Readings>;
  #piece: Readings | undefined;
  #ended = false;
  row = -1;

  constructor(pieces: AsyncIterable<Readings>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The row's time; Infinity after the last. */
  get time(): number {
    return this.#ended ? Infinity : this.piece.time[this.row];
  }

  get piece(): Readings {
    return this.#piece!;
  }

  /** Waits only where a piece ends. */
  next(): Promise<void> | void {
    if (this.#piece && ++this.row < this.#piece.length) return;
    return this.#nextPiece();
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #nextPiece(): Promise<void> {
    do {
      const next = await this.#pieces.next();
      this.#ended = next.done === true;
      this.#piece = next.done === true ? undefined : next.value;
      this.row = 0;
    } while (this.#piece?.length === 0);
  }
}
