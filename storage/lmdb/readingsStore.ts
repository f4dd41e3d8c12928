import { MEASURES } from '../../domain/reading/measures.ts';
import { type Readings, sameRow } from '../../domain/reading/readings.ts';
import { BlockReader, MAX_BLOCK_ROWS } from './block.ts';
import type { BlockStore } from './blockStore.ts';
import { Columns } from './columns.ts';
import type { Snapshot } from './environment.ts';
import { readingSeries } from './keys.ts';
import { type Incoming, NONE, type Resolver, SeriesMerge } from './seriesMerge.ts';

/** What became of a row of a step. */
export const STORED = 0;
export const DUPLICATE = 1;
/** Stored, then replaced by a later row of the step. */
export const SUPERSEDED = 2;
/** Received before the row that the table holds already, which stays. */
export const OUTDATED = 3;

/** What a merge tells of a pump, beside the fates of its rows. */
export interface MergedPump {
  /** Times, rising, of rows that took the place of another, which may have alerts. */
  readonly replaced: readonly number[];
  /** Times of stored rows that had expired and are gone now. */
  readonly dropped: readonly number[];
  /** The pump's last time before. */
  readonly lastTime: number;
}

/** Rows of a piece that is read, about: a piece costs a few promises on its way, and should fit into the processor's cache. */
const PIECE_ROWS = 4 * MAX_BLOCK_ROWS;

/** Merges the readings of pumps, and notes what becomes of each row. */
export class ReadingsMerge implements Resolver {
  readonly #merge: SeriesMerge;
  #incoming: Incoming | undefined;
  #fates: Uint8Array = new Uint8Array(0);
  #expiredBefore = -Infinity;
  #replaced: number[] = [];
  #dropped: number[] = [];

  constructor(blocks: BlockStore, blockBytes: number) {
    this.#merge = new SeriesMerge(blocks, MEASURES.length, blockBytes);
  }

  /**
   * Merges rows into a pump's readings. `fates` has an entry for each row of the source; those of the incoming
   * rows are STORED, and are changed where that is not what happens. Rows received at or before
   * `expiredBefore` are gone.
   */
  merge(pump: number, incoming: Incoming, fates: Uint8Array, expiredBefore: number): MergedPump {
    this.#incoming = incoming;
    this.#fates = fates;
    this.#expiredBefore = expiredBefore;
    this.#replaced = [];
    this.#dropped = [];
    const lastTime = this.#merge.merge(readingSeries(pump), incoming, this, expiredBefore);
    return { replaced: this.#replaced, dropped: this.#dropped, lastTime };
  }

  resolve(stored: Columns, at: number, from: number, to: number): number {
    const { rows } = this.#incoming as Incoming;
    let winner = at;
    for (let row = from; row < to; row++) {
      if (winner === NONE) winner = ~row;
      else if (winner < 0) winner = this.#among(row, ~winner);
      else if (sameRow(rows, row, stored, winner)) this.#fates[row] = DUPLICATE;
      else if (rows.receivedAt[row] < stored.receivedAt[winner]) this.#fates[row] = OUTDATED;
      else winner = ~row;
    }
    // A reading that had expired may have left alerts that have not.
    if (winner !== at && (at !== NONE || this.#expiredBefore !== -Infinity)) this.#replaced.push(rows.time[from]);
    return winner;
  }

  takeAll(): boolean {
    return this.#expiredBefore === -Infinity;
  }

  dropped(time: number): void {
    this.#dropped.push(time);
  }

  #among(row: number, winner: number): number {
    const { rows } = this.#incoming as Incoming;
    if (sameRow(rows, row, rows, winner)) {
      this.#fates[row] = DUPLICATE;
      return ~winner;
    }
    this.#fates[winner] = SUPERSEDED;
    return ~row;
  }
}

/** All rows of a piece are of its only pump, number 0. */
const ONE_PUMP = new Uint32Array(PIECE_ROWS);

/** Reads a pump's readings. */
export class ReadingsReader {
  readonly #blocks: BlockStore;
  readonly #block = new BlockReader(MEASURES.length);
  /** Those of a range that was read to its end: most ranges are a day, far shorter than what is made to hold a piece. */
  #spare: Columns | undefined;

  constructor(blocks: BlockStore) {
    this.#blocks = blocks;
  }

  /** The values at a time, in the order of MEASURES, or undefined. */
  lookup(pump: number, time: number, expiredBefore: number, snapshot: Snapshot): number[] | undefined {
    const series = readingSeries(pump);
    const block = this.#blocks.covering(series, time, snapshot);
    if (!block) return undefined;
    this.#blocks.load(this.#block, series, block);
    const row = this.#block.rowAt(time);
    if (row === this.#block.rows || this.#block.timeOf(row) !== time) return undefined;
    const found = new Columns(MEASURES.length, 1);
    this.#block.decode(found, row, row + 1);
    return found.receivedAt[0] <= expiredBefore ? undefined : found.values.map((column) => column[0]);
  }

  /** The readings of a range, some blocks at a time, in arrays that are used again. */
  *between(pump: { name: string; number: number }, range: { from: number; to: number }, expiredBefore: number, snapshot: Snapshot): Iterable<Readings> {
    const block = new BlockReader(MEASURES.length);
    const rows = this.#spare ?? new Columns(MEASURES.length, PIECE_ROWS);
    this.#spare = undefined; // others read at the same time
    const { time, receivedAt, values } = rows;
    const names = [pump.name];
    try {
      for (const entry of this.#blocks.between(readingSeries(pump.number), range, snapshot)) {
        this.#blocks.loadEntry(block, entry);
        if (block.newest <= expiredBefore) continue;
        const from = block.first >= range.from ? 0 : block.rowAt(range.from);
        const to = block.last < range.to ? block.rows : block.rowAt(range.to);
        if (from === to) continue;
        const before = rows.length;
        block.decode(rows, from, to);
        if (block.oldest <= expiredBefore) keepUnexpired(rows, expiredBefore, before);
        if (rows.length + MAX_BLOCK_ROWS <= PIECE_ROWS) continue;
        yield { length: rows.length, names, pump: ONE_PUMP, time, receivedAt, values };
        rows.length = 0;
      }
      if (rows.length > 0) yield { length: rows.length, names, pump: ONE_PUMP, time, receivedAt, values };
    } finally {
      rows.length = 0;
      this.#spare = rows;
    }
  }

  /** The time of a pump's last reading that is there, also if it has expired; or undefined. */
  lastTime(pump: number, snapshot: Snapshot): number | undefined {
    const series = readingSeries(pump);
    const block = this.#blocks.last(series, snapshot);
    if (!block) return undefined;
    this.#blocks.load(this.#block, series, block);
    return this.#block.last;
  }

  /** A pump's last reading, or undefined. */
  last(pump: { name: string; number: number }, expiredBefore: number, snapshot: Snapshot): Readings | undefined {
    const rows = new Columns(MEASURES.length, MAX_BLOCK_ROWS);
    for (const entry of this.#blocks.backwards(readingSeries(pump.number), snapshot)) {
      this.#blocks.loadEntry(this.#block, entry);
      if (this.#block.newest <= expiredBefore) continue;
      rows.length = 0;
      this.#block.decode(rows, 0, this.#block.rows);
      keepUnexpired(rows, expiredBefore);
      rows.dropFront(rows.length - 1);
      const { time, receivedAt, values } = rows;
      return { length: 1, names: [pump.name], pump: new Uint32Array(1), time, receivedAt, values };
    }
    return undefined;
  }
}

/** Removes rows received at or before a time, looking at those from `from` on. */
export function keepUnexpired(rows: Columns, expiredBefore: number, from = 0): void {
  let kept = from;
  for (let row = from; row < rows.length; row++) {
    if (rows.receivedAt[row] <= expiredBefore) continue;
    rows.moveRow(row, kept++);
  }
  rows.length = kept;
}
