import type { DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { AppError } from '../../domain/errors.ts';
import type { Column, ColumnType, Value } from '../../storage/parquet/columnTypes.ts';
import type { DuckDb } from './duckdb.ts';

/** A column of an answer, and its type in SQL. */
export interface AnswerColumn extends Column {
  readonly sqlType: string;
}

/** The columns of an answer; of two of the same name the second is told apart by a number. */
export function answerColumns(duckdb: DuckDb, result: DuckDBResult): AnswerColumn[] {
  const types = result.columnTypes();
  return result.deduplicatedColumnNames().map((name, i) => ({
    name, type: columnTypeOf(duckdb, types[i]), nullable: true, sqlType: String(types[i]),
  }));
}

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR', double: 'DOUBLE', count: 'BIGINT', boolean: 'BOOLEAN', date: 'DATE', wallTime: 'TIMESTAMP', instant: 'TIMESTAMP WITH TIME ZONE',
};

/** What a column's type is called in SQL. */
export function sqlTypeName(type: ColumnType): string {
  return SQL_TYPES[type];
}

function columnTypeOf({ DuckDBTypeId: id }: DuckDb, { typeId }: DuckDBType): ColumnType {
  switch (typeId) {
    case id.FLOAT: case id.DOUBLE: case id.DECIMAL: return 'double';
    case id.TINYINT: case id.SMALLINT: case id.INTEGER: case id.BIGINT: case id.HUGEINT:
    case id.UTINYINT: case id.USMALLINT: case id.UINTEGER: case id.UBIGINT: case id.UHUGEINT: return 'count';
    case id.BOOLEAN: return 'boolean';
    case id.DATE: return 'date';
    case id.TIMESTAMP: case id.TIMESTAMP_S: case id.TIMESTAMP_MS: case id.TIMESTAMP_NS: return 'wallTime';
    case id.TIMESTAMP_TZ: return 'instant';
    default: return 'text';
  }
}

/** Makes values of an answer ours, in the order of its columns. Whole numbers that no double holds are refused: they would be others. */
export function toValue(column: AnswerColumn): (value: DuckDBValue) => Value {
  const known = knownValue(column);
  return (value) => (value === null ? null : known(value));
}

function knownValue({ name, type }: AnswerColumn): (value: Exclude<DuckDBValue, null>) => Value {
  switch (type) {
    case 'boolean': return Boolean;
    case 'double': return (value) => (typeof value === 'number' ? value : (value as { toDouble(): number }).toDouble());
    case 'count': return (value) => wholeNumber(value as number | bigint, name);
    case 'date': return (value) => (value as { readonly days: number }).days;
    case 'wallTime': case 'instant': return (value) => milliseconds(value as unknown as Instant);
    default: return String;
  }
}

function wholeNumber(value: number | bigint, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new AppError('USAGE', `sql: ${value} in column ${name} is larger than readers of JSON can tell: ask for ${name}::varchar or ::double`);
}

/** A timestamp of any unit. */
type Instant =
  | { readonly micros: bigint }
  | { readonly seconds: bigint }
  | { readonly millis: bigint }
  | { readonly nanos: bigint };

function milliseconds(value: Instant): number {
  if ('micros' in value) return Math.floor(Number(value.micros) / 1000);
  if ('millis' in value) return Number(value.millis);
  return 'seconds' in value ? Number(value.seconds) * 1000 : Math.floor(Number(value.nanos) / 1e6);
}
