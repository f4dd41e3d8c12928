import type { Column } from '../../storage/parquet/columnTypes.ts';
import { ParquetFile, type ParquetSink } from '../../storage/parquet/parquetFile.ts';
import type { Row } from './exportedTables.ts';
import type { RowWriter } from './rowWriter.ts';

/** Rows of a row group, about: all that is held in memory. */
const GROUP_ROWS = 65_536;

/** Rows as a Parquet file. */
export class ParquetRows implements RowWriter {
  readonly #columns: readonly Column[];
  readonly #file: ParquetFile;
  #group: Row[] = [];

  /** `target` is a path, or where the bytes go. */
  constructor(target: string | ParquetSink, columns: readonly Column[]) {
    this.#columns = columns;
    this.#file = typeof target === 'string' ? ParquetFile.create(target, columns) : new ParquetFile(target, columns);
  }

  async write(page: readonly Row[]): Promise<void> {
    for (const row of page) this.#group.push(row);
    if (this.#group.length >= GROUP_ROWS) await this.#writeGroup();
  }

  async finish(): Promise<void> {
    if (this.#group.length > 0) await this.#writeGroup();
    await this.#file.finish();
  }

  /** To be called in the end, finished or not. */
  close(): void {
    this.#file.close();
  }

  async #writeGroup(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    await this.#file.write(this.#columns.map((_, i) => group.map((row) => row[i])));
  }
}
