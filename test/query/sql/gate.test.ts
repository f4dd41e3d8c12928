import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineLocks } from '../../../query/sql/locks.ts';
import type { SqlSession } from '../../../query/sql/session.ts';
import { rowsOf, sessionOver } from './session.ts';

let session: SqlSession;
beforeAll(async () => {
  session = await sessionOver({ pumps: [['A', 'X', 0, 0, 'V', 1, 2]] });
});
afterAll(() => session.close());

test.each([
  'SELECT * FROM read_csv(\'/etc/passwd\')',
  'SELECT * FROM \'/etc/passwd\'',
  'WITH x AS (SELECT * FROM read_text(\'/etc/passwd\')) FROM x',
  'SELECT (SELECT content FROM read_text(\'/etc/passwd\'))',
  'COPY pumps TO \'/tmp/wellwatch-sql.csv\'',
  'ATTACH \'/tmp/wellwatch-sql.db\'',
  'INSTALL httpfs',
  'LOAD httpfs',
  'SELECT * FROM \'https://example.org/x.parquet\'',
  'SET memory_limit = \'8GB\'',
  'PRAGMA version',
  'CALL pragma_version()',
  'EXPORT DATABASE \'/tmp/wellwatch-sql\'',
  'SELECT getenv(\'HOME\')',
  'SELECT current_setting(\'memory_limit\')',
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM glob(\'/*\')',
  'SELECT 1; SELECT 2',
  'SELECT 1; DROP VIEW readings',
  'CREATE TABLE x (a INTEGER)',
  'SELECT * FROM query(\'SELECT 1\')',
  'SELECT * FROM wellwatch_readings()',
  'SELECT * FROM pg_catalog.pg_settings',
  'SELECT * FROM memory.main.readings',
  'EXPLAIN SELECT 1',
  'COPY (SELECT 1) TO \'/tmp/wellwatch-sql.csv\'',
  'SELECT * FROM read_csv_auto(\'/etc/passwd\')',
  'SELECT * FROM sniff_csv(\'/etc/passwd\')',
  'SELECT * FROM read_blob(\'/etc/passwd\')',
  'SELECT * FROM read_json_auto(\'/etc/passwd\')',
  'SELECT * FROM parquet_metadata(\'/tmp/x.parquet\')',
  'SELECT * FROM duckdb_secrets()',
  'SELECT which_secret(\'s3://x\', \'s3\')',
  'SELECT * FROM "/etc/passwd"',
  'FROM pumps, LATERAL (FROM read_text(id))',
  'SELECT list_transform([1], x -> (SELECT count(*) FROM glob(\'/*\')))',
  'WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t, read_text(\'/etc/passwd\')) FROM t',
  'CREATE MACRO f() AS 1',
  'CREATE VIEW x AS SELECT 1',
  'CREATE SECRET s (TYPE s3)',
  'PREPARE p AS SELECT 1',
  'EXECUTE p',
  'DEALLOCATE p',
  'USE memory',
  'IMPORT DATABASE \'/tmp\'',
  'SELECT 1 /* ; */; /* */ ATTACH \'/tmp/x.db\' -- ',
  'SELECT 1;-- \nCOPY pumps TO \'/tmp/wellwatch-sql.csv\'',
  'SELECT * FROM pg_catalog.pg_tables',
  'SELECT * FROM sqlite_master',
  'SELECT * FROM system.information_schema.tables',
  'SELECT main.getenv(\'HOME\')',
  'SELECT pg_catalog.current_setting(\'memory_limit\')',
  'SELECT * FROM query_table(\'pumps\')',
  'SELECT * FROM json_execute_serialized_sql(json_serialize_sql(\'SELECT 1\'))',
  'SELECT * FROM pragma_database_list()',
  'SELECT * FROM duckdb_functions()',
  'SET VARIABLE x = 1',
  'SELECT getvariable(\'x\')',
  'BEGIN', 'CHECKPOINT', 'VACUUM', 'ANALYZE', 'RESET memory_limit', 'DETACH memory', 'SUMMARIZE \'/etc/passwd\'', 'DESCRIBE FROM read_csv(\'/etc/passwd\')',
  'UPDATE EXTENSIONS', 'INSERT INTO pumps VALUES (1)', 'DELETE FROM pumps', 'PIVOT readings ON pump USING avg(psi)',
  'FROM (SELECT * FROM read_csv(\'/etc/passwd\')) PIVOT (count(*) FOR column0 IN (\'A\'))',
])('%s is refused', async (sql) => {
  await expect(rowsOf(session, sql)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/^sql: /) as string });
});

test('what can be done instead is said where it helps: PIVOT has to list its values', async () => {
  await expect(rowsOf(session, 'PIVOT readings ON pump USING avg(psi)')).rejects.toThrow('PIVOT has to list its values');
  await expect(rowsOf(session, 'DELETE FROM pumps')).rejects.toThrow(/nothing can be changed here, got another statement$/);
});

test.each([
  'SELECT * FROM read_csv(\'/etc/passwd\')', 'COPY (SELECT 1) TO \'/tmp/wellwatch-sql.csv\'', 'ATTACH \'/tmp/wellwatch-sql.db\'',
  'INSTALL httpfs', 'LOAD httpfs', 'SELECT * FROM glob(\'/*\')', 'SET enable_external_access = true', 'SET memory_limit = \'8GB\'',
  'SELECT getenv(\'HOME\')', 'EXPORT DATABASE \'/tmp/wellwatch-sql\'', 'SELECT * FROM \'https://example.org/x.parquet\'',
])('should the gate let it through, the engine refuses %s', async (sql) => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const setting of engineLocks(64e6, 'UTC')) await connection.run(`SET ${setting}`);
  await expect(connection.runAndReadAll(sql)).rejects.toThrow(/disabled|locked|does not exist|only available/i);
  connection.closeSync();
  instance.closeSync();
});

test.each([
  ['SELECT id FROM pumps', [['A']]],
  ['WITH pumps AS (SELECT 7 AS id) SELECT id FROM pumps', [[7]]],
  ['FROM range(2)', [[0], [1]]],
  ['SELECT count(*) FROM information_schema.columns WHERE table_name = \'pumps\'', [[7]]],
  ['SELECT unnest([1, 2])', [[1], [2]]],
  ['PIVOT pumps ON vendor IN (\'V\', \'W\') USING count(*) GROUP BY id', [['A', 1, 0]]],
  ['FROM pumps PIVOT (max(latitude) FOR vendor IN (\'V\') GROUP BY id)', [['A', 1]]],
])('%s is answered', async (sql, rows) => {
  expect(await rowsOf(session, sql)).toEqual(rows);
});

test('a question that needs more memory than it may is given up with the name of the setting', async () => {
  await expect(rowsOf(session, 'SELECT length(string_agg(a.range::varchar, \'\')) FROM range(100000000) a'))
    .rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('sql.memory') as string });
});

test('a recursion without an end is given up for its memory, or when it is interrupted', async () => {
  const lost = rowsOf(session, 'WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT count(*) FROM t');
  const interrupting = setInterval(() => session.interrupt(), 300);
  await expect(lost).rejects.toMatchObject({ message: expect.stringMatching(/sql\.memory|INTERRUPT/) as string });
  clearInterval(interrupting);
});

test('a question that is interrupted ends, and the next one is answered', async () => {
  const lost = rowsOf(session, 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3');
  // Again and again: on a busy machine the question may not have begun yet.
  const interrupting = setInterval(() => session.interrupt(), 50);
  await expect(lost).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('INTERRUPT') as string });
  clearInterval(interrupting);
  expect(await rowsOf(session, 'SELECT 1')).toEqual([[1]]);
});
