import { linkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { csv, write } from '../rows.ts';

const FILE_ROWS = 1_000_000;

/** Files for an inbox: rows in order of time, each after those before. */
export class Feed {
  readonly #dir: string;
  readonly #inbox: string;
  #rows = 0;

  constructor(dir: string, inbox: string) {
    this.#dir = dir;
    this.#inbox = inbox;
  }

  /** Rows that were dropped so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Drops at least so many rows, all at once when they are written. */
  drop(rows: number): void {
    const files: string[] = [];
    for (const end = this.#rows + rows; this.#rows < end; this.#rows += FILE_ROWS) {
      const file = join(this.#dir, `${this.#rows / FILE_ROWS}.csv`);
      write(file, csv({ rows: FILE_ROWS, after: this.#rows }));
      files.push(file);
    }
    for (const file of files) {
      linkSync(file, join(this.#inbox, basename(file)));
      rmSync(file);
    }
  }
}
