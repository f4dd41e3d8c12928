import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { MAX_BLOCK_ROWS } from './block.ts';
import type { OnlyColumns } from '../table/readings.ts';
import { BlockReader } from './blockReader.ts';
import type { BlockStore } from './blockStore.ts';
import { Columns } from './columns.ts';
import type { Snapshot } from './environment.ts';
import { keepUnexpired } from './expiredCells.ts';
import { readingSeries } from './keys.ts';

/** Rows of a piece that is read, about: a piece costs a few promises on its way, and should fit into the processor's cache. */
const PIECE_ROWS = 4 * MAX_BLOCK_ROWS;

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
    keepUnexpired(found, expiredBefore);
    return found.length === 0 ? undefined : found.values.map((column) => column[0]);
  }

  /** The readings of a range, some blocks at a time, in arrays that are used again. */
  *between(
    pump: { name: string; number: number },
    range: { from: number; to: number; only?: OnlyColumns | undefined },
    expiredBefore: number,
    snapshot?: Snapshot,
  ): Iterable<Readings> {
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
        const isWhole = block.oldest > expiredBefore && !block.hasEarlierCells;
        block.decode(rows, from, to, isWhole ? range.only : undefined);
        if (!isWhole) keepUnexpired(rows, expiredBefore, before);
        if (rows.length + MAX_BLOCK_ROWS <= PIECE_ROWS) continue;
        yield { length: rows.length, names, pump: ONE_PUMP, time, receivedAt, values, cellReceipts: rows.cellReceipts };
        rows.clear();
      }
      if (rows.length > 0) yield { length: rows.length, names, pump: ONE_PUMP, time, receivedAt, values, cellReceipts: rows.cellReceipts };
    } finally {
      rows.clear();
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
  last(pump: { name: string; number: number }, expiredBefore: number, snapshot?: Snapshot): Readings | undefined {
    const rows = new Columns(MEASURES.length, MAX_BLOCK_ROWS);
    for (const entry of this.#blocks.backwards(readingSeries(pump.number), snapshot)) {
      this.#blocks.loadEntry(this.#block, entry);
      if (this.#block.newest <= expiredBefore) continue;
      rows.clear();
      this.#block.decode(rows, 0, this.#block.rows);
      keepUnexpired(rows, expiredBefore);
      rows.dropFront(rows.length - 1);
      const { time, receivedAt, values, cellReceipts } = rows;
      return { length: 1, names: [pump.name], pump: new Uint32Array(1), time, receivedAt, values, cellReceipts };
    }
    return undefined;
  }
}
