import { MEASURES } from '../../domain/reading/measures.ts';
import { knownCells } from '../../domain/reading/readings.ts';
import { MERGED, NO_ROW } from '../../domain/reading/keyCells.ts';
import type { StepFates, TimedCells } from '../../domain/reading/rowFate.ts';
import type { BlockStore } from '../lmdb/blockStore.ts';
import type { Columns } from '../lmdb/columns.ts';
import { readingSeries } from '../lmdb/keys.ts';
import { type Incoming, type Resolver, SeriesMerge } from '../lmdb/seriesMerge.ts';

/** What a merge tells of a pump, beside the fates of its rows. */
export interface MergedPump {
  /** Cells that came where others were, which may have alerts; times rising. */
  readonly replaced: readonly TimedCells[];
  /** Times of stored rows that had expired, or of which cells had, and are gone now. */
  readonly dropped: readonly number[];
  /** The pump's last time before. */
  readonly lastTime: number;
}

/** What readings are merged into, and with what. */
export interface ReadingsMergeOptions {
  readonly blocks: BlockStore;
  /** The longest block, in bytes. */
  readonly blockBytes: number;
  /** Those of the step's rows. */
  readonly fates: StepFates;
}

/** Merges the readings of a step into those of its pumps. */
export class ReadingsMerge implements Resolver {
  readonly #merge: SeriesMerge;
  readonly #fates: StepFates;
  #incoming: Incoming | undefined;
  #expiredBefore = -Infinity;
  #replaced: TimedCells[] = [];
  #dropped: number[] = [];

  constructor({ blocks, blockBytes, fates }: ReadingsMergeOptions) {
    this.#merge = new SeriesMerge(blocks, MEASURES.length, blockBytes);
    this.#fates = fates;
  }

  /** Merges rows into a pump's readings, and settles their fates. Rows received at or before `expiredBefore` are gone. */
  merge(pump: number, incoming: Incoming, expiredBefore: number): MergedPump {
    this.#incoming = incoming;
    this.#expiredBefore = expiredBefore;
    this.#replaced = [];
    this.#dropped = [];
    const lastTime = this.#merge.merge(readingSeries(pump), incoming, this, expiredBefore);
    return { replaced: this.#replaced, dropped: this.#dropped, lastTime };
  }

  resolve(stored: Columns, at: number, { from, to, free }: { readonly from: number; readonly to: number; readonly free: number }): number {
    const winner = this.#fates.settle(stored, at, from, to);
    if (winner === at) return at;
    // Cells that had expired may have left alerts that have not.
    const before = this.#expiredBefore !== -Infinity ? -1 : at === NO_ROW ? 0 : knownCells(stored, at);
    const cells = this.#fates.taken & before;
    if (cells !== 0) this.#replaced.push({ time: (this.#incoming as Incoming).rows.time[from], cells });
    if (winner !== MERGED) return winner;
    this.#fates.writeMerged(stored, free);
    stored.time[free] = (this.#incoming as Incoming).rows.time[from];
    return free;
  }

  takeAll(): boolean {
    return this.#expiredBefore === -Infinity;
  }

  dropped(time: number): void {
    this.#dropped.push(time);
  }
}
