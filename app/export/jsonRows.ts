import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';
import type { Column, ColumnType, Value } from '../../storage/parquet/columnTypes.ts';
import type { LineOutput } from './csvRows.ts';
import type { Row } from './exportedTables.ts';
import type { RowWriter } from './rowWriter.ts';

/** The JSON of a value that is not null, to the bit; a number that JSON has no word for is null. */
const JSONS: Readonly<Record<ColumnType, (value: never) => string>> = {
  text: JSON.stringify,
  double: (value: number) => (Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : 'null'),
  count: String,
  boolean: String,
  date: (day: number) => `"${formatDay(day)}"`,
  wallTime: (time: number) => `"${formatTime(time)}"`,
  instant: (ms: number) => `"${new Date(ms).toISOString()}"`,
};

/** What makes the JSON of each value of a row of these columns. */
export function rowJsons(columns: readonly Column[]): (row: readonly Value[]) => string[] {
  const jsons = columns.map(({ type }) => JSONS[type] as (value: Value) => string);
  return (row) => row.map((value, i) => (value === null ? 'null' : jsons[i](value)));
}

/** Rows as JSON lines: an object each, with the columns' names. */
export class JsonRows implements RowWriter {
  readonly #output: LineOutput;
  readonly #line: (row: Row) => string;

  constructor(output: LineOutput, columns: readonly Column[]) {
    this.#output = output;
    const names = columns.map(({ name }) => JSON.stringify(name));
    const values = rowJsons(columns);
    this.#line = (row) => `{${values(row).map((value, i) => `${names[i]}:${value}`).join(',')}}`;
  }

  async write(page: readonly Row[]): Promise<void> {
    for (const row of page) this.#output.line(this.#line(row));
    await this.#output.settle();
  }

  async finish(): Promise<void> {
    await this.#output.flush();
  }
}
