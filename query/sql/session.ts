import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { Value } from '../../storage/parquet/columnTypes.ts';
import { boundsOf } from './bounds.ts';
import { SQL_TABLES } from './catalog.ts';
import { type DuckDb, loadDuckDb } from './duckdb.ts';
import { allowedStatement } from './gate.ts';
import { engineLocks } from './locks.ts';
import type { ScanRequest } from './pieces.ts';
import { boundValues, type SqlParams, withValues } from './params.ts';
import { quoteAt } from './quoteAt.ts';
import { type RowScan, scanName, tableFunction } from './tableFunction.ts';
import { type AnswerColumn, answerColumns, toValue } from './values.ts';

/** What a session works with. */
export interface SessionOptions {
  /** Begins to read a table; called by the engine, which can't wait for promises. */
  readonly scan: (request: ScanRequest) => RowScan;
  /** Bytes that questions may take, before they are given up. */
  readonly memory: number;
  /** Processors that one may use. */
  readonly threads: number;
  /** IANA name: what `received_at` is compared in. */
  readonly timezone: string;
}

/** What a question is answered with: rows in pages, in the order in which they come. */
export interface SqlAnswer {
  readonly columns: readonly AnswerColumn[];
  readonly pages: AsyncIterable<readonly (readonly Value[])[]>;
}

/** DuckDB with the tables of a site and nothing else: no files, no network, no settings. One question at a time. */
export class SqlSession {
  readonly #duckdb: DuckDb;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #memory: number;
  /** What the question under way leaves out. */
  #statement: unknown;
  #failure: Error | undefined;

  private constructor(duckdb: DuckDb, instance: DuckDBInstance, connection: DuckDBConnection, memory: number) {
    this.#duckdb = duckdb;
    this.#instance = instance;
    this.#connection = connection;
    this.#memory = memory;
  }

  /** Throws NOT_SUPPORTED where DuckDB is not installed. */
  static async open({ scan, memory, threads, timezone }: SessionOptions): Promise<SqlSession> {
    const duckdb = await loadDuckDb();
    const instance = await duckdb.DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    const session = new SqlSession(duckdb, instance, connection, memory);
    for (const table of SQL_TABLES) {
      connection.registerTableFunction(tableFunction(duckdb, table, {
        scan: (request) => scan({ ...request, bounds: boundsOf(session.#statement, request.table) }),
        failed: (error) => { session.#failure = error instanceof Error ? error : new Error(messageOf(error)); },
      }));
      await connection.run(`create view ${table.name} as from ${scanName(table)}()`);
    }
    for (const setting of engineLocks(memory, timezone)) await connection.run(`set ${setting}`);
    return session;
  }

  /** Asks a question, with the values of its parameters. Throws USAGE for what is no SELECT of the tables, and for what DuckDB refuses. */
  async ask(sql: string, params?: SqlParams): Promise<SqlAnswer> {
    const { statement, text } = await this.#parse(sql);
    this.#statement = params ? withValues(statement, params) : statement;
    this.#failure = undefined;
    const result = await this.#explained(() => this.#connection.stream(text, params && boundValues(params)));
    const columns = answerColumns(this.#duckdb, result);
    return { columns, pages: this.#pages(result, columns) };
  }

  /** Gives the question under way up. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #parse(sql: string): Promise<{ readonly statement: unknown; readonly text: string }> {
    const parsed = await this.#serialized(sql);
    if ((parsed as { readonly error_type?: string }).error_type !== 'parser') return { statement: allowedStatement(parsed, sql), text: sql };
    const text = quoteAt(sql);
    const again = text === sql ? parsed : await this.#serialized(text);
    return { statement: allowedStatement((again as { readonly error: boolean }).error ? parsed : again, sql), text };
  }

  async #serialized(sql: string): Promise<unknown> {
    const reader = await this.#explained(() => this.#connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql]));
    return JSON.parse(String(reader.getRows()[0][0])) as unknown;
  }

  async *#pages(result: DuckDBResult, columns: readonly AnswerColumn[]): AsyncGenerator<Value[][]> {
    const readers = columns.map(toValue);
    for (;;) {
      const chunk = await this.#explained(() => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk.getRows().map((row) => row.map((value, i) => readers[i](value)));
    }
  }

  /** What reading the table threw is thrown as it was; what DuckDB says of the question is a sentence for whoever asked it. */
  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#failure !== undefined) throw this.#failure;
      const message = messageOf(error);
      if (/^Out of Memory/i.test(message))
        throw new AppError('CONFLICT', `sql: the question needs more than ${Math.round(this.#memory / 1e6)} MB (sql.memory). Ask for less: ` +
          'fewer days, fewer pumps, fewer groups', { cause: error });
      throw new AppError('USAGE', `sql: ${message}`, { cause: error });
    }
  }
}
