import { DuckDBInstance } from '@duckdb/node-api';

/** What DuckDB reads from Parquet files, as analysts would: the columns with their types, and rows of DuckDB's values. */
export interface Answer {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Asks a question in SQL. */
export async function ask(sql: string): Promise<Answer> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return {
      types: Object.fromEntries(reader.columnNames().map((name, i) => [name, String(reader.columnType(i))])),
      rows: reader.getRowObjectsJS(),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
