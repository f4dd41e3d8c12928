import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { SqlDesk } from '../../../app/sql/sqlDesk.ts';
import { ask } from '../../support/duckdb.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { store } from '../../support/stored.ts';

const dir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
afterAll(() => rmSync(dir, { recursive: true }));
const options = { cwd: dir };
const reference = {
  WELLWATCH_REFERENCE_PUMPS: join(dir, 'pumps.csv'), WELLWATCH_REFERENCE_MAINTENANCE: join(dir, 'maintenance.csv'),
};

beforeAll(async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const [hour, minute] = [Math.floor((i % 1440) / 60), i % 60].map((n) => String(n).padStart(2, '0'));
    const day = 10 + Math.floor(i / 1440);
    return `LAGNAPPE 2014-03-${day}T${hour}:${minute} 10.${i % 100} 1.7 881 1.56 ${i >= 2900 ? 0 : 75 + ((i * 7) % 26) + 0.1} 1.94`;
  });
  await store(join(dir, 'var'), [...rows, 'COHUTTA 2014-03-10T01:01 10.27 1.73 881 1.56 85 1.94']);
  writeFileSync(reference.WELLWATCH_REFERENCE_PUMPS, 'LAGNAPPE,HYDROPUMP,5/25/10,9/26/10,GENPUMP,29.6,-91.1\n');
  writeFileSync(reference.WELLWATCH_REFERENCE_MAINTENANCE, 'LAGNAPPE,9/26/10,A. Smith,Install\nLAGNAPPE,6/1/12,B. Jones,Replace motor\n');
});

describe('wellwatch sql', () => {
  test('the course\'s summary by pump and day has the figures of the daily batch, to the bit', async () => {
    expect((await runCommand(['summarize'], options)).code).toBe(0);
    const ranges = ['hz', 'psi'].flatMap((measure) => ['min', 'max', 'avg'].map((what) => `${what}(${measure}) AS ${measure}_${what}`));
    const computed = `SELECT pump, at::date AS date, count(*) AS count, ${ranges.join(', ')} FROM readings GROUP BY ALL`;
    const stored = 'SELECT pump, date, count, hz_min, hz_max, hz_avg, psi_min, psi_max, psi_avg FROM stats';
    const both = await jsonLines(['sql', `(${computed}) INTERSECT (${stored}) ORDER BY pump, date`], options);
    expect(both).toMatchObject([
      { pump: 'COHUTTA', date: '2014-03-10', count: 1, psi_avg: 85 },
      { pump: 'LAGNAPPE', date: '2014-03-10', count: 1440 },
      { pump: 'LAGNAPPE', date: '2014-03-11', count: 1440 },
      { pump: 'LAGNAPPE', date: '2014-03-12', count: 120, psi_min: 0 },
    ]);
  });

  test('the course\'s join of alerts with vendor and maintenance, as CSV', async () => {
    const sql = 'SELECT a.pump, a.at, a.value, p.vendor, m.date, m.description FROM alerts a LEFT JOIN pumps p ON a.pump = p.id ' +
      'LEFT JOIN maintenance m ON m.pump = a.pump WHERE a.at >= \'2014-03-12T01:59\' ORDER BY m.date';
    const { code, stdout } = await runCommand(['sql', sql, '--csv'], { ...options, env: reference });
    expect(code).toBe(0);
    expect(stdout).toBe('pump,at,value,vendor,date,description\nLAGNAPPE,2014-03-12T01:59:00,0.0,GENPUMP,2010-09-26,Install\n' +
      'LAGNAPPE,2014-03-12T01:59:00,0.0,GENPUMP,2012-06-01,Replace motor\n');
  });

  test('an answer as a Parquet file has its types, nulls among them', async () => {
    const file = join(dir, 'answer.parquet');
    const sql = 'SELECT at, at::date AS day, count(*) AS n, NULL::bigint AS none, NULL::timestamp AS never FROM readings WHERE pump = \'COHUTTA\' GROUP BY ALL';
    const { code, stderr } = await runCommand(['sql', sql, '--file', file], options);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 row written')]);
    const { types, rows } = await ask(`SELECT *, "at"::varchar AS text FROM '${file}'`);
    expect(types).toMatchObject({ at: 'TIMESTAMP', day: 'DATE', n: 'BIGINT', none: 'BIGINT', never: 'TIMESTAMP' });
    expect(rows).toMatchObject([{ text: '2014-03-10 01:01:00', n: 1n, none: null, never: null }]);
  });

  test('alarms, rejects and a table for people', async () => {
    const { code, stdout } = await runCommand(
      ['sql', 'SELECT pump, rule, readings, (SELECT count(*) FROM rejects) AS rejects FROM alarms WHERE rule = \'low-psi\''], options);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pump +rule +readings +rejects\nLAGNAPPE +low-psi +100 +0\n\n1 row\n$/);
  });

  test('what is no question ends with 2, and no file is left', async () => {
    const { code, stdout, stderr } = await runCommand(['sql', 'SELECT nothing FROM readings', '--file', join(dir, 'none.csv')], options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('wellwatch: sql: ');
    expect(() => readFileSync(join(dir, 'none.csv'))).toThrow('ENOENT');
  });

  test('without its optional package it says what to install, and everything else works', async () => {
    const hook = join(dir, 'without.mjs');
    writeFileSync(hook, 'import { register } from "node:module"; register("data:text/javascript," + encodeURIComponent(' +
      '`export function resolve(name, context, next) { if (name.startsWith("@duckdb/")) throw new Error("Cannot find package"); ' +
      'return next(name, context); }`));');
    const { code, stderr } = await runCommand(['sql', 'SELECT 1'], { ...options, env: { NODE_OPTIONS: `--import ${hook}` } });
    expect(code).toBe(1);
    expect(stderr).toContain('npm install @duckdb/node-api');
  });
});

const PROCESSORS = availableParallelism();
/** Answers, in place of the process that asks DuckDB, with its own priority and how many processors it has once one was left to others. */
const PLACE = `
import { availableParallelism, getPriority } from 'node:os';
process.on('message', async () => {
  for (let i = 0; i < 300 && availableParallelism() > ${Math.max(1, PROCESSORS - 1)}; i++) await new Promise((resolve) => setTimeout(resolve, 100));
  process.stdout.write(getPriority() + ' ' + availableParallelism());
  process.send({ kind: 'done', end: { rows: 1, truncated: false } }, () => process.exit());
});`;

test.runIf(process.platform === 'linux')('a question over HTTP comes after all others on the processors, and leaves one to them', async () => {
  const entry = join(dir, 'place.mjs');
  writeFileSync(entry, PLACE);
  const desk = new SqlDesk({ config: loadConfig({ env: {} }), entry });
  const { bytes } = await desk.ask({ sql: 'SELECT 1', form: 'json', rows: 1, cut: false }, AbortSignal.timeout(60_000));
  expect(bytes.toString()).toBe(`19 ${Math.max(1, PROCESSORS - 1)}`);
});
