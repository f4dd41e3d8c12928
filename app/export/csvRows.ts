import { formatDay, formatTime } from '../../domain/wallClock.ts';
import type { Column, ColumnType, Value } from '../../storage/parquet/columnTypes.ts';
import type { Output } from '../cli/output.ts';
import { csvLine, numberCell, textCell } from '../csv.ts';
import type { Row } from '../exportedTables.ts';
import type { RowWriter } from './rowWriter.ts';

/** The text of a value that is not null. Times are as they are written everywhere else; an instant is UTC. */
const CELLS: Readonly<Record<ColumnType, (value: never) => string>> = {
  text: textCell,
  double: numberCell,
  count: String,
  boolean: String,
  date: formatDay,
  wallTime: formatTime,
  instant: (ms: number) => new Date(ms).toISOString(),
};

/** Rows as lines of RFC 4180 CSV under a line of names. Null leaves its cell empty. */
export class CsvRows implements RowWriter {
  readonly #output: Output;
  readonly #cells: readonly ((value: Value) => string)[];

  constructor(output: Output, columns: readonly Column[]) {
    this.#output = output;
    this.#cells = columns.map(({ type }) => CELLS[type] as (value: Value) => string);
    output.line(csvLine(columns.map(({ name }) => name)));
  }

  async write(page: readonly Row[]): Promise<void> {
    for (const row of page) this.#output.line(row.map((value, i) => (value === null ? '' : this.#cells[i](value))).join(','));
    await this.#output.settle();
  }

  async finish(): Promise<void> {
    await this.#output.flush();
  }
}
