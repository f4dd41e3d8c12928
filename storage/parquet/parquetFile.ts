import { closeSync, fsyncSync, openSync, readSync, fstatSync, writeSync } from 'node:fs';
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Column, ColumnType, Value } from './columnTypes.ts';

/** The values of a column, one a row. NaN is null in columns of numbers that may be null. */
export type ColumnValues = readonly Value[] | Float64Array;

/**
 * How each type is written; logical types after parquet-format, LogicalTypes.md. A wall time is a TIMESTAMP that is not
 * adjusted to UTC.
 */
const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  double: { type: 'DOUBLE' },
  count: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  wallTime: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

/** Where the bytes of a file go. What `put` is given is used again after it. */
export interface ParquetSink {
  put(bytes: Uint8Array): void;
  /** They are on disk when it returns. */
  sync(): void;
  close(): void;
}

/** A file's last 8 bytes: the length of the footer before them, and `PAR1`. */
const TAIL_BYTES = 8;

/**
 * A Parquet file while it is written, a row group at a time: what is held in memory is one group, and some
 * hundred bytes for each column of every earlier one. System errors come through as they are.
 */
export class ParquetFile {
  readonly #columns: readonly Column[];
  readonly #sink: ParquetSink;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(sink: ParquetSink, columns: readonly Column[], mark?: string) {
    this.#sink = sink;
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
      createdBy: 'wellwatch',
      kvMetadata: mark === undefined ? [] : [{ key: 'wellwatch', value: mark }],
    });
  }

  /** Begins a file, in the place of one that is there. `mark` goes into its footer, see {@link hasMark}. */
  static create(path: string, columns: readonly Column[], mark?: string): ParquetFile {
    const fd = openSync(path, 'w', 0o644);
    const put = (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    };
    return new ParquetFile({ put, sync: () => fsyncSync(fd), close: () => closeSync(fd) }, columns, mark);
  }

  /** Writes rows as one group, column by column in the order of the file's. */
  async write(values: readonly ColumnValues[]): Promise<void> {
    const columnData = this.#columns.map((column, i) => sourceOf(column, values[i]));
    await this.#writer.write({ columnData, rowGroupSize: Math.max(1, values[0].length) });
    this.#drain();
  }

  /** Writes the footer; the file is whole and on disk when this is done. */
  async finish(): Promise<void> {
    await this.#writer.finish();
    this.#drain();
    this.#sink.sync();
  }

  /** To be called in the end, finished or not. */
  close(): void {
    this.#sink.close();
  }

  #drain(): void {
    this.#sink.put(this.#bytes.getBytes());
    this.#bytes.index = 0; // its `offset`, the place in the file, goes on
  }
}

/** Whether a file is a Parquet file that was created with this mark. */
export function hasMark(path: string, mark: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size < TAIL_BYTES) return false;
    const tail = Buffer.alloc(TAIL_BYTES);
    readSync(fd, tail, 0, TAIL_BYTES, size - TAIL_BYTES);
    const length = tail.readUInt32LE();
    if (tail.toString('latin1', 4) !== 'PAR1' || length > size - TAIL_BYTES) return false;
    const footer = Buffer.alloc(length);
    readSync(fd, footer, 0, length, size - TAIL_BYTES - length);
    return footer.includes(mark);
  } finally {
    closeSync(fd);
  }
}

function elementOf({ name, type, nullable = false }: Column): SchemaElement {
  return { name, ...ELEMENTS[type], repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' };
}

function sourceOf({ name, type, nullable = false }: Column, given: ColumnValues): ColumnSource {
  const values = type === 'double' && nullable && given.some((value: Value) => Number.isNaN(value)) ? withNulls(given) : given;
  switch (type) {
    case 'count': case 'wallTime': case 'instant':
      if (nullable) return { name, data: Array.from(values as ArrayLike<number | null>, (value) => (value === null ? null : BigInt(value))) };
      return { name, data: BigInt64Array.from(values as ArrayLike<number>, BigInt), encoding: 'DELTA_BINARY_PACKED' };
    case 'double':
      // The writer's dictionary takes -0 for 0.
      return values.some((value: Value) => Object.is(value, -0))
        ? { name, data: values as number[], encoding: 'PLAIN' }
        : { name, data: values as number[] };
    default:
      return { name, data: values as Value[] };
  }
}

function withNulls(values: ColumnValues): Value[] {
  return Array.from(values, (value: Value) => (Number.isNaN(value) ? null : value));
}
