import { join } from 'node:path';
import { configured, type Ended, run, script, spread, wellwatch, type Workspace } from './harness.ts';
import { named, runFiles } from './p1.ts';
import type { Figure } from './report.ts';
import { csv, write } from './rows.ts';
import type { Sizes } from './sizes.ts';

type Asked = Ended & { readonly result: { readonly ms: readonly (readonly number[])[]; readonly rows: readonly number[] } };

const QUESTIONS = ['grouped by pump and day', 'mean of one column'];
/** The first answers of a process warm up what compiles itself. */
const TIMES = 6;
const WARM = 2;

/** Questions in SQL over the table, beside DuckDB's own over a Parquet file of the same rows; both in turn. */
export async function measureSql(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const rows = sizes.tables[sizes.tables.length - 1];
  const csvFile = workspace.path('sql.csv');
  write(csvFile, csv({ rows }));
  const { dataDir } = await runFiles(workspace, { files: [csvFile], rows, keep: true });
  const file = join(workspace.folder(), 'readings.parquet');
  await run(wellwatch(`export readings ${file}`, ...configured(dataDir, {})));
  const [ours, duckdbs]: [Asked[], Asked[]] = [[], []];
  for (let i = 0; i < sizes.repeats; i++) {
    duckdbs.push(await run([script('askSql'), file, String(TIMES)]));
    ours.push(await run([script('askSql'), dataDir, String(TIMES)]));
  }
  workspace.drop(dataDir);
  const times = (asked: readonly Asked[], question: number) => spread(asked.flatMap(({ result }) => result.ms[question].slice(WARM)));
  return QUESTIONS.map((what, question): Figure => {
    const counts = new Set([...ours, ...duckdbs].map(({ result }) => result.rows[question]));
    if (counts.size !== 1) throw new Error(`expected as many rows of both, got ${[...counts].join(' and ')}`);
    return {
      goal: 'SQL', what: `${named(rows)} readings, ${what}`, unit: 'ms', measured: times(ours, question),
      limit: { name: 'DuckDB on Parquet', measured: times(duckdbs, question) },
      ...(question === 0 ? { asks: { of: 'ratio', atMost: 2 } as const } : {}),
      peakMb: Math.max(...ours.map((each) => each.peakMb)),
    };
  });
}
