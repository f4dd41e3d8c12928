import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { syncFolder } from '../../storage/journal/segments.ts';
import type { Column } from '../../storage/parquet/columnTypes.ts';
import { hasMark, ParquetFile } from '../../storage/parquet/parquetFile.ts';
import { readSpool } from '../../storage/parquet/spool.ts';

/** Rows of a row group: written in one go of some 25 ms, between which others have their turn. */
const GROUP_ROWS = 16_384;
/** Blocks read in one go. */
const BLOCKS = 256;

/** The columns of an hourly file; rows come in order of receipt. */
export const HOURLY_COLUMNS: readonly Column[] = [
  { name: 'pump', type: 'text' },
  { name: 'at', type: 'wallTime' },
  { name: 'receivedAt', type: 'instant' },
  ...MEASURES.map((name) => ({ name, type: 'double', nullable: true }) as const),
];

export interface PublishOptions {
  /** The spool's path, and how many of its bytes count. */
  readonly path: string;
  readonly bytes: number;
  /** What the file is named after, and the folder where it goes; made when absent. */
  readonly stem: string;
  readonly dir: string;
  /** Known of no other spool: a file that has it was made from this one. */
  readonly mark: string;
  /** Gives up between two pieces; nothing is left of it then. */
  readonly signal: AbortSignal;
}

/**
 * Makes a Parquet file of a spool: `STEM.parquet`, or `STEM-2.parquet` and so on when there are files of this name
 * already. It appears whole, and once however often this is tried. False when the signal was first. Throws
 * STORE_DAMAGED, and system errors as they are.
 */
export async function publish(options: PublishOptions): Promise<boolean> {
  const { stem, dir, mark } = options;
  mkdirSync(dir, { recursive: true });
  const place = freePlace(dir, stem, mark);
  if (place === undefined) return true; // a crash came between rename and removal of the spool
  const temporary = join(dir, `.${mark}.parquet.tmp`);
  try {
    if (!(await convert(temporary, options))) return false;
    renameSync(temporary, place);
    syncFolder(dir);
    return true;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The first name that nobody has, or undefined when a file before it has the mark. */
function freePlace(dir: string, stem: string, mark: string): string | undefined {
  for (let part = 1; ; part++) {
    const path = join(dir, part === 1 ? `${stem}.parquet` : `${stem}-${part}.parquet`);
    if (!existsSync(path)) return path;
    if (hasMark(path, mark)) return undefined;
  }
}

async function convert(to: string, { path, bytes, mark, signal }: PublishOptions): Promise<boolean> {
  const file = ParquetFile.create(to, HOURLY_COLUMNS, mark);
  try {
    const group = new Group();
    let blocks = 0;
    for (const rows of readSpool(path, bytes)) {
      for (let from = 0; from < rows.length;) {
        from = group.take(rows, from);
        if (!group.full) continue;
        await file.write(group.drain());
        await pause();
      }
      if (++blocks % BLOCKS === 0) await pause();
      if (signal.aborted) return false;
    }
    if (group.length > 0) await file.write(group.drain());
    await file.finish();
    return true;
  } finally {
    file.close();
  }
}

/** Rows on their way into a row group. */
class Group {
  length = 0;
  readonly #pumps: string[] = [];
  /** `at`, `receivedAt`, and the measures. */
  readonly #columns = Array.from({ length: 2 + MEASURES.length }, () => new Float64Array(GROUP_ROWS));

  get full(): boolean {
    return this.length === GROUP_ROWS;
  }

  /** Takes rows from one on while there is room; gives the first that was not taken. */
  take({ names, pump, time, receivedAt, values, length }: Readings, from: number): number {
    const to = Math.min(length, from + GROUP_ROWS - this.length);
    for (let row = from; row < to; row++) this.#pumps.push(names[pump[row]]);
    [time, receivedAt, ...values].forEach((column, i) => this.#columns[i].set(column.subarray(from, to), this.length));
    this.length += to - from;
    return to;
  }

  /** Its columns, which hold until the next rows are taken. */
  drain(): [string[], ...Float64Array[]] {
    const columns = this.#columns.map((column) => column.subarray(0, this.length));
    this.length = 0;
    return [this.#pumps.splice(0), ...columns];
  }
}
