import { messageOf } from '../../domain/errors.ts';
import { loadDuckDb } from '../../query/sql/duckdb.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Whether questions in SQL can be asked: DuckDB is an optional package. */
export async function checkSql(): Promise<Finding[]> {
  try {
    const { version } = await loadDuckDb();
    return [ok('sql', `DuckDB ${version()}`)];
  } catch (error) {
    return [warning('sql', messageOf(error), 'install it where questions in SQL are to be asked')];
  }
}
