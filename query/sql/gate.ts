import { AppError } from '../../domain/errors.ts';
import { definedNames, namedTables, nodesOf } from './ast.ts';
import { SQL_TABLES, sqlTable } from './catalog.ts';

/** Functions that stand in FROM and only make or take apart values. Whatever is not here is refused: read_csv, glob, query, pragma_… */
const TABLE_FUNCTIONS = new Set(['range', 'generate_series', 'unnest', 'json_each', 'json_tree', 'repeat', 'repeat_row']);
/** Functions of values that tell of the process, or run a text as SQL. */
const REFUSED = /^(current_setting|getenv|getvariable|query|query_table|json_execute_serialized_sql|from_substrait.*|(read|write|copy|pragma|duckdb|sqlite|parquet|st_read)_.*|glob|sniff_csv|load.*|install.*|add_parquet_key|nextval|currval|pg_(read|ls|sleep).*|sleep.*|http.*|which_secret|create_.*|force_checkpoint|checkpoint|enable_.*|disable_.*|icu_.*|test_.*|summary|seq_scan|arrow_scan.*|pandas_scan|python_map.*)$/;
const SCHEMA_TABLES = new Set(['tables', 'columns']);

/**
 * Refuses whatever a question may not do, by what its statement is made of: one SELECT, of the tables that there are. It is the
 * first of three walls: the engine has no access to files and network and can't be configured, and its process can be killed.
 * `parsed` is what DuckDB's `json_serialize_sql` says of `text`. Gives the statement; throws USAGE.
 */
export function allowedStatement(parsed: unknown, text: string): unknown {
  const { error, error_type: kind, error_message: message, statements } = parsed as {
    readonly error: boolean; readonly error_type?: string; readonly error_message?: string; readonly statements?: readonly unknown[];
  };
  if (error && kind === 'not implemented')
    throw new AppError('USAGE', `sql: expected SELECT, as nothing can be changed here, got ${otherStatement(message ?? '', text)}`);
  if (error || !statements) throw new AppError('USAGE', `sql: ${message ?? 'expected a SELECT'}`);
  if (statements.length !== 1) throw new AppError('USAGE', `sql: expected one statement, got ${statements.length}`);
  const [statement] = statements;
  refuseTables(statement);
  for (const node of nodesOf(statement)) {
    if (node.type === 'SHOW_REF' && !node.query)
      throw new AppError('USAGE', 'sql: expected SELECT, DESCRIBE or SUMMARIZE of a table, got SHOW. information_schema.tables lists what there is');
    if (node.type === 'TABLE_FUNCTION') refuseTableFunction(node.function as { readonly function_name?: unknown } | undefined);
    else if (node.class === 'FUNCTION' && typeof node.function_name === 'string' && REFUSED.test(node.function_name.toLowerCase()))
      throw new AppError('USAGE', `sql: the function ${node.function_name} is not allowed here`);
  }
  return statement;
}

function otherStatement(message: string, text: string): string {
  if (!/only select/i.test(message)) return message;
  const isPivot = /\bpivot/i.test(text);
  return `another statement${isPivot ? '. PIVOT has to list its values: PIVOT readings ON pump IN (…) USING avg(psi)' : ''}`;
}

function refuseTables(statement: unknown): void {
  const own = definedNames(statement);
  for (const { name, schema, node } of namedTables(statement)) {
    const isOurs = (schema === '' || schema === 'main') && sqlTable(name) !== undefined;
    const isKnown = isOurs || (schema === '' && own.has(name)) || (schema === 'information_schema' && SCHEMA_TABLES.has(name));
    if (isKnown && node.catalog_name === '') continue;
    throw new AppError('USAGE', `sql: there is no table ${name}; there are ${SQL_TABLES.map((table) => table.name).join(', ')}`);
  }
}

function refuseTableFunction(called: { readonly function_name?: unknown } | undefined): void {
  const name = String(called?.function_name);
  if (TABLE_FUNCTIONS.has(name.toLowerCase())) return;
  throw new AppError('USAGE', `sql: the function ${name} is not allowed in FROM; only the tables of this site can be read`);
}
