import type { DuckDBTableFunction, DuckDBType } from '@duckdb/node-api';
import { messageOf } from '../../domain/errors.ts';
import type { ColumnType } from '../../storage/parquet/columnTypes.ts';
import type { SqlTable } from './catalog.ts';
import type { DuckDb } from './duckdb.ts';
import type { PieceColumn, PieceWindow, ScanRequest } from './pieces.ts';

/** Rows of a table, given one piece after the other to an engine that can't wait for promises. */
export interface RowScan {
  /** The next rows, which are awaited with the whole thread; undefined at the end. Throws what reading threw. */
  next(): PieceWindow | undefined;
}

/** The name of the function in SQL that reads a table. */
export function scanName({ name }: SqlTable): string {
  return `wellwatch_${name}`;
}

/**
 * A table of the catalog as a function of DuckDB, which asks for the columns that it needs. `scan` begins to read; `failed` hears
 * of what it threw, as DuckDB keeps its message only.
 */
export function tableFunction(
  duckdb: DuckDb,
  table: SqlTable,
  { scan, failed }: { readonly scan: (request: Pick<ScanRequest, 'table' | 'columns'>) => RowScan; readonly failed: (error: unknown) => void },
): DuckDBTableFunction {
  return duckdb.DuckDBTableFunction.create({
    name: scanName(table),
    supportsProjectionPushdown: true,
    bindFunction(info) {
      for (const { name, type } of table.columns) info.addResultColumn(name, typeOf(duckdb, type));
      info.setBindData({});
    },
    initFunction(info) {
      // Of a count alone it asks for a column that is none.
      const columns = info.getColumnIndexes().map((column) => (column < table.columns.length ? column : 0));
      info.setInitData({ rows: scan({ table: table.name, columns }) });
    },
    mainFunction(info, output) {
      try {
        const window = (info.initData as { readonly rows: RowScan }).rows.next();
        output.rowCount = window?.rows ?? 0;
        window?.piece.columns.forEach((column, i) => fill(duckdb, duckdb.bindings.data_chunk_get_vector(output.chunk, i), column, window));
      } catch (error) {
        failed(error);
        output.rowCount = 0;
        info.setError(messageOf(error));
      }
    },
  });
}

function fill(
  { bindings }: DuckDb, vector: ReturnType<DuckDb['bindings']['data_chunk_get_vector']>, column: PieceColumn, { from, rows }: PieceWindow,
): void {
  switch (column.kind) {
    case 'same':
      return bindings.vector_reference_value(vector, bindings.create_varchar(column.text));
    case 'bytes':
      bindings.copy_data_to_vector(vector, 0, column.bytes, from * column.width, rows * column.width);
      break;
    case 'texts':
      column.texts.slice(from, from + rows).forEach((text, row) => text !== null && bindings.vector_assign_string_element(vector, row, text));
  }
  if (!column.valid) return;
  bindings.vector_ensure_validity_writable(vector);
  bindings.copy_data_to_vector_validity(vector, 0, column.valid, from / 8, 8 * Math.ceil(rows / 64));
}

function typeOf(duckdb: DuckDb, type: ColumnType): DuckDBType {
  switch (type) {
    case 'text': return duckdb.VARCHAR;
    case 'double': return duckdb.DOUBLE;
    case 'count': return duckdb.BIGINT;
    case 'boolean': return duckdb.BOOLEAN;
    case 'date': return duckdb.DATE;
    case 'wallTime': return duckdb.TIMESTAMP;
    case 'instant': return duckdb.TIMESTAMPTZ;
  }
}
