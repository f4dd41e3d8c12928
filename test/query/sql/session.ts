import type { ScanRequest } from '../../../query/sql/pieces.ts';
import { rowPieces } from '../../../query/sql/pieces.ts';
import { sqlTable } from '../../../query/sql/catalog.ts';
import { SqlSession } from '../../../query/sql/session.ts';
import type { Value } from '../../../storage/parquet/columnTypes.ts';

/** A session whose tables hold these rows; `asked` gets what was asked of them. */
export async function sessionOver(
  tables: Partial<Record<ScanRequest['table'], readonly (readonly Value[])[]>>,
  { memory = 64e6, asked = [] }: { readonly memory?: number; readonly asked?: ScanRequest[] } = {},
): Promise<SqlSession> {
  return SqlSession.open({
    memory, threads: 1, timezone: 'America/Chicago',
    scan(request) {
      asked.push(request);
      const pieces = rowPieces(sqlTable(request.table)!.columns, tables[request.table] ?? [], request.columns);
      return { next: () => pieces.shift() };
    },
  });
}

/** All rows of an answer. */
export async function rowsOf(session: SqlSession, sql: string): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const page of (await session.ask(sql)).pages) rows.push(...page.map((row) => [...row]));
  return rows;
}
