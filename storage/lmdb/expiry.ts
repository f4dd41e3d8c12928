import { dayOf } from '../../domain/reading/wallClock.ts';
import { BlockReader } from './blockReader.ts';
import type { BlockStore } from './blockStore.ts';

/** Rows received at or before these times have expired: ms since 1970-01-01T00:00Z, -Infinity when none ever do. */
export interface Expired {
  readonly data: number;
  readonly alerts: number;
}

/** Blocks looked at in one transaction. */
const BLOCKS_A_PIECE = 2000;
const END = Buffer.alloc(20, 0xff);

/**
 * Goes through all blocks of one kind, a piece at a time, and removes those whose rows have all expired. A
 * block with some expired rows stays: readers skip them, and they go when it is written the next time.
 */
export class Expiry {
  readonly #blocks: BlockStore;
  readonly #reader: BlockReader;
  readonly #dropped: (key: Uint8Array, days: Iterable<number>) => void;
  /** Where the next piece begins. */
  #next: Uint8Array = Buffer.from([0]);

  /** `dropped` is told the key of each block that goes, and the days that it has rows of. */
  constructor(blocks: BlockStore, measures: number, dropped: (key: Uint8Array, days: Iterable<number>) => void) {
    this.#blocks = blocks;
    this.#reader = new BlockReader(measures);
    this.#dropped = dropped;
  }

  /** Does a piece; only within a transaction. Says whether more is left of this round. */
  run(expiredBefore: number): boolean {
    for (let looked = 0; looked < BLOCKS_A_PIECE; looked++) {
      const entry = this.#blocks.after(this.#next, END);
      if (!entry) {
        this.restart();
        return false;
      }
      this.#next = Buffer.concat([entry.key, Buffer.from([0])]);
      this.#blocks.loadEntry(this.#reader, entry);
      if (this.#reader.newest > expiredBefore) continue;
      this.#dropped(entry.key, this.#days());
      this.#blocks.removeKey(entry.key);
    }
    return true;
  }

  /** The next piece is the first again. */
  restart(): void {
    this.#next = Buffer.from([0]);
  }

  *#days(): Iterable<number> {
    let row = 0;
    while (row < this.#reader.rows) {
      const day = dayOf(this.#reader.timeOf(row));
      yield day;
      row = this.#reader.rowAt((day + 1) * 86_400_000);
    }
  }
}
