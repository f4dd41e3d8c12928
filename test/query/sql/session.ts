import type { ScanRequest } from '../../../query/sql/pieces.ts';
import { rowPiece, windowsOf } from '../../../query/sql/pieces.ts';
import type { SqlParams } from '../../../query/sql/params.ts';
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
      const rows = tables[request.table] ?? [];
      const pieces = rows.length === 0 ? [] : [rowPiece(sqlTable(request.table)!.columns, rows, request.columns)];
      return windowsOf(() => pieces.splice(0));
    },
  });
}

/** All rows of an answer. */
export async function rowsOf(session: SqlSession, sql: string, params?: SqlParams): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const page of (await session.ask(sql, params)).pages) rows.push(...page.map((row) => [...row]));
  return rows;
}
