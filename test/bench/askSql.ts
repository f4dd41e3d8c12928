import { DuckDBInstance } from '@duckdb/node-api';
import { loadConfig } from '../../app/config/load.ts';
import { openSession } from '../../app/sql/openSession.ts';

/*
 * askSql DATADIR TIMES | askSql FILE.parquet TIMES: asks each question so many times, and prints `{"ms":[[…],…],"rows":[…]}`, by question.
 * From the data directory as wellwatch does it, from the file as DuckDB does it by itself; with as many threads.
 */
const THREADS = 2;

/** Each pump's days, and one column of all readings. */
const QUESTIONS = [
  'SELECT pump, "at"::date AS day, count(*), min(psi), avg(psi), max(psi) FROM readings GROUP BY ALL',
  'SELECT count(*), avg(psi) FROM readings',
];

type Ask = (sql: string) => Promise<number>;

async function overTable(dataDir: string): Promise<Ask> {
  const { session } = await openSession(loadConfig({ env: { WELLWATCH_DATA_DIR: dataDir } }));
  return async (sql) => {
    let rows = 0;
    for await (const page of (await session.ask(sql)).pages) rows += page.length;
    return rows;
  };
}

async function overFile(file: string): Promise<Ask> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: String(THREADS) })).connect();
  await connection.run(`CREATE VIEW readings AS FROM read_parquet('${file}')`);
  return async (sql) => (await connection.runAndReadAll(sql)).getRows().length;
}

const [place, times] = process.argv.slice(2);
const ask = await (place.endsWith('.parquet') ? overFile : overTable)(place);
await ask("SELECT count(*) FROM readings WHERE pump = 'nobody'");
const result = { ms: QUESTIONS.map((): number[] => []), rows: QUESTIONS.map(() => 0) };
for (let i = 0; i < Number(times); i++)
  for (const [number, sql] of QUESTIONS.entries()) {
    const startedAt = performance.now();
    result.rows[number] = await ask(sql);
    result.ms[number].push(performance.now() - startedAt);
  }
console.log(JSON.stringify(result));
process.exit();
