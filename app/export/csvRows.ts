import type { Column } from '../../storage/parquet/columnTypes.ts';
import type { Output } from '../cli/output.ts';
import { columnHeads, rowLine } from './csv.ts';
import type { Row } from './exportedTables.ts';
import type { RowWriter } from './rowWriter.ts';

/** Rows as lines of RFC 4180 CSV under a line of names. Null leaves its cell empty. */
export class CsvRows implements RowWriter {
  readonly #output: Output;
  readonly #line: (row: Row) => string;

  constructor(output: Output, columns: readonly Column[]) {
    this.#output = output;
    this.#line = rowLine(columns);
    output.line(columnHeads(columns));
  }

  async write(page: readonly Row[]): Promise<void> {
    for (const row of page) this.#output.line(this.#line(row));
    await this.#output.settle();
  }

  async finish(): Promise<void> {
    await this.#output.flush();
  }
}
