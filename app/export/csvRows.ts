import type { Column } from '../../storage/parquet/columnTypes.ts';
import { columnHeads, rowLine } from './csv.ts';
import type { Row } from './exportedTables.ts';
import type { RowWriter } from './rowWriter.ts';

/** Where lines go. */
export interface LineOutput {
  line(text: string): void;
  /** Waits while what is behind it has enough. */
  settle(): Promise<void>;
  /** Hands on all lines. */
  flush(): Promise<void>;
}

/** Rows as lines of RFC 4180 CSV under a line of names. Null leaves its cell empty. */
export class CsvRows implements RowWriter {
  readonly #output: LineOutput;
  readonly #line: (row: Row) => string;

  /** `excel` begins with a BOM, by which Excel knows UTF-8, and writes times as it reads them. */
  constructor(output: LineOutput, columns: readonly Column[], { excel = false } = {}) {
    this.#output = output;
    this.#line = rowLine(columns, { reader: excel ? 'excel' : 'program' });
    output.line(`${excel ? '\ufeff' : ''}${columnHeads(columns)}`);
  }

  async write(page: readonly Row[]): Promise<void> {
    for (const row of page) this.#output.line(this.#line(row));
    await this.#output.settle();
  }

  async finish(): Promise<void> {
    await this.#output.flush();
  }
}
