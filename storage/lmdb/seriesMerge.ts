import { NO_ROW } from '../../domain/reading/keyCells.ts';
import { MAX_BLOCK_ROWS } from './block.ts';
import { BlockReader } from './blockReader.ts';
import { BlockEncoder } from './blockEncoder.ts';
import type { BlockStore, StoredBlock } from './blockStore.ts';
import { Columns, type RowSource } from './columns.ts';
import { dropExpiredCells } from './expiredCells.ts';

/** Rows that come to a series: rows `from` to `to - 1` of a source, times not falling. */
export interface Incoming {
  readonly rows: RowSource;
  readonly from: number;
  readonly to: number;
  /** No time comes twice. */
  readonly distinct: boolean;
}

/** Decides between rows of the same time, and hears of rows that go. */
export interface Resolver {
  /**
   * Which row of a time stays. `at` is a row of `stored`, or NO_ROW; the rows `from` to `to - 1` come, in order
   * of receipt. Returns `at`, `~row` of an incoming row, NO_ROW, or `free` when it has made a row of several there: that is
   * a place in `stored` for it.
   */
  resolve(stored: Columns, at: number, rows: { readonly from: number; readonly to: number; readonly free: number }): number;
  /** Takes the rows from `from` to `to`, all of times that hold nothing; false has `resolve` asked instead. */
  takeAll(from: number, to: number): boolean;
  /** A stored row, or cells of it, that had expired are not written again. */
  dropped(time: number): void;
}

/** Rows kept back so that the last two blocks of a run can share what is left. */
const KEPT_BACK = 2 * MAX_BLOCK_ROWS;
const PLAN = 4096;
/** A block with less room than this is full: not worth reading to add to it. */
const SLACK_BYTES = 24;

/**
 * Merges rows into the blocks of a series. Consecutive blocks that change are read and written as one run,
 * so that late rows leave full blocks behind; a block that stays the same is not written.
 */
export class SeriesMerge {
  readonly #blocks: BlockStore;
  readonly #blockBytes: number;
  readonly #reader: BlockReader;
  readonly #encoder: BlockEncoder;
  readonly #stored: Columns;
  readonly #out: Columns;
  readonly #plan = new Int32Array(PLAN);
  #planned = 0;
  /** Rows of the plan that were made of several: they stand behind the stored ones. */
  #made = 0;
  /** First times of blocks whose rows are in `#out`; what isn't put again under its key is removed. */
  readonly #obsolete = new Set<number>();
  /** Rows received then or before have expired. */
  #expiredBefore = -Infinity;

  constructor(blocks: BlockStore, measures: number, blockBytes: number) {
    this.#blocks = blocks;
    this.#blockBytes = blockBytes;
    this.#reader = new BlockReader(measures);
    this.#encoder = new BlockEncoder(measures, blockBytes);
    this.#stored = new Columns(measures, MAX_BLOCK_ROWS + PLAN);
    this.#out = new Columns(measures, KEPT_BACK + PLAN);
  }

  /**
   * Merges rows into a series; rows received at or before `expiredBefore` count as absent. Returns the
   * time of the last row that the series held before, or -Infinity.
   */
  merge(series: Uint8Array, incoming: Incoming, resolver: Resolver, expiredBefore: number): number {
    this.#reset(expiredBefore);
    const { rows: { time }, to } = incoming;
    const last = this.#blocks.last(series);
    if (last) this.#blocks.load(this.#reader, series, last);
    const lastTime = last ? this.#reader.last : -Infinity;
    let from = incoming.from;
    let block = last && time[from] < last.first ? this.#blockFor(series, time[from]) : last;
    while (from < to) {
      const following = !block || block.first === last?.first ? undefined : this.#blocks.next(series, block.first);
      let end = to;
      if (following) for (end = from; end < to && time[end] < following.first;) end++;
      if (end > from) this.#mergeBlock(series, block, { ...incoming, from, to: end }, resolver);
      // Rows enough for the next block to be among them keep the run going; a block that gets none ends it.
      const gotNone = end === from;
      if (end === to || gotNone) this.#flush(series, !following);
      from = end;
      block = gotNone ? this.#blockFor(series, time[from]) : following;
    }
    return lastTime;
  }

  /** Forgets a run that an error cut short. */
  #reset(expiredBefore: number): void {
    this.#expiredBefore = expiredBefore;
    this.#out.clear();
    this.#planned = 0;
    this.#made = 0;
    this.#obsolete.clear();
  }

  /** The block that a time belongs to: the last that begins before it, or the first of all. */
  #blockFor(series: Uint8Array, time: number): StoredBlock | undefined {
    return this.#blocks.covering(series, time) ?? this.#blocks.first(series);
  }

  #mergeBlock(series: Uint8Array, block: StoredBlock | undefined, incoming: Incoming, resolver: Resolver): void {
    const { rows, from } = incoming;
    const stored = this.#stored;
    const startsEmpty = this.#out.length === 0;
    stored.clear();
    if (block) {
      this.#blocks.load(this.#reader, series, block);
      const full = this.#reader.bytes > this.#blockBytes - SLACK_BYTES || this.#reader.rows === MAX_BLOCK_ROWS;
      if (full && startsEmpty && rows.time[from] > this.#reader.last) block = undefined;
      else this.#reader.decode(stored, 0, this.#reader.rows);
    }
    // Before the rows are merged: full blocks are written meanwhile, one of them perhaps under this key.
    if (block) this.#obsolete.add(block.first);
    const gone = this.#expiredTimes();
    const changed = this.#mergeRows(series, incoming, resolver);
    if (!changed && startsEmpty) {
      this.#planned = 0;
      this.#made = 0;
      this.#obsolete.clear();
      return;
    }
    this.#drain(series, rows);
    for (const time of gone) resolver.dropped(time);
  }

  /** The times of stored rows that have expired, or of which cells have: these are missing from now on. */
  #expiredTimes(): number[] {
    const times: number[] = [];
    if (this.#expiredBefore === -Infinity) return times;
    const stored = this.#stored;
    for (let row = 0; row < stored.length; row++) {
      if (dropExpiredCells(stored, row, this.#expiredBefore)) times.push(stored.time[row]);
    }
    return times;
  }

  /** Merges incoming and stored rows into the plan, and says whether anything of the stored ones changes. */
  #mergeRows(series: Uint8Array, incoming: Incoming, resolver: Resolver): boolean {
    const { rows, to } = incoming;
    const stored = this.#stored;
    let row = 0;
    let changed = false;
    for (let next = incoming.from; next < to;) {
      const time = rows.time[next];
      while (row < stored.length && stored.time[row] < time) this.#keep(series, rows, row++);
      if (row === stored.length && incoming.distinct && resolver.takeAll(next, to)) {
        this.#drain(series, rows);
        this.#appendAll(series, incoming, next);
        return true;
      }
      let end = next + 1;
      while (end < to && rows.time[end] === time) end++;
      const same = row < stored.length && stored.time[row] === time;
      const at = same && stored.receivedAt[row] > this.#expiredBefore ? row : NO_ROW;
      if (this.#planned === PLAN) this.#drain(series, rows);
      const winner = resolver.resolve(stored, at, { from: next, to: end, free: stored.length + this.#made });
      if (winner >= stored.length) this.#made++;
      if (winner !== NO_ROW) this.#push(series, rows, winner);
      changed ||= winner !== at;
      if (same) row++;
      next = end;
    }
    while (row < stored.length) this.#keep(series, rows, row++);
    return changed;
  }

  #keep(series: Uint8Array, rows: RowSource, row: number): void {
    if (this.#stored.receivedAt[row] > this.#expiredBefore) this.#push(series, rows, row);
  }

  #push(series: Uint8Array, rows: RowSource, entry: number): void {
    if (this.#planned === PLAN) this.#drain(series, rows);
    this.#plan[this.#planned++] = entry;
  }

  /** Carries the plan out, and writes full blocks. */
  #drain(series: Uint8Array, rows: RowSource): void {
    this.#out.appendMerged(this.#stored, rows, this.#plan, this.#planned);
    this.#planned = 0;
    this.#made = 0;
    this.#writeFull(series);
  }

  #appendAll(series: Uint8Array, incoming: Incoming, from: number): void {
    const { rows, to } = incoming;
    for (let next = from; next < to;) {
      const end = Math.min(to, next + PLAN);
      this.#out.append(rows, next, end);
      this.#writeFull(series);
      next = end;
    }
  }

  #writeFull(series: Uint8Array): void {
    let written = 0;
    while (this.#out.length - written > KEPT_BACK) {
      written += this.#write(series, written, this.#encoder.fit(this.#out, written, this.#out.length));
    }
    this.#out.dropFront(written);
  }

  /** Ends a run. Its last two blocks share their rows, so that both have room; at the end of a series the last has it all. */
  #flush(series: Uint8Array, atEnd: boolean): void {
    const out = this.#out;
    for (let written = 0; written < out.length;) {
      const left = out.length - written;
      let count = this.#encoder.fit(out, written, out.length);
      if (!atEnd && count < left && left < 2 * count) {
        count = this.#encoder.fit(out, written, written + Math.ceil(left / 2));
      }
      written += this.#write(series, written, count);
    }
    out.clear();
    for (const first of this.#obsolete) this.#blocks.remove(series, first);
    this.#obsolete.clear();
  }

  #write(series: Uint8Array, from: number, count: number): number {
    const first = this.#out.time[from];
    this.#blocks.put(series, first, this.#encoder.write(this.#out, from, count));
    this.#obsolete.delete(first);
    return count;
  }
}
