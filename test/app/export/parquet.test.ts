import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask } from '../../support/duckdb.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { tempDir } from '../../support/tempDir.ts';
import { shell } from '../../support/shell.ts';
import { store } from '../../support/stored.ts';

const ODD = '=1,"Ä_💧';
const ROWS = [
  `${ODD} 0000-01-01T00:00 -0 0 5e-324 1.7976931348623157e308 0.1 -1`,
  'COHUTTA 2014-03-14T12:00 10.27 1.73 881 1.56 4.5 1.94',
  'LAGNAPPE 2014-03-14T00:00 9 1 800 1 0 1',
  'LAGNAPPE 9999-12-31T23:59:59.999 9 1 800 1 80 1',
];

/** A folder with a filled data directory `var`, and the reference of LAGNAPPE alone. */
async function site(rows: readonly string[] = ROWS): Promise<string> {
  const cwd = tempDir();
  await store(join(cwd, 'var'), rows);
  mkdirSync(join(cwd, 'reference'));
  writeFileSync(join(cwd, 'reference/sensorvendor.csv'), 'LAGNAPPE,HYDROPUMP,5/25/08,9/26/09,GENPUMP,29.683124,-91.145471\n');
  writeFileSync(join(cwd, 'reference/sensormaint.csv'), 'LAGNAPPE,6/1/12,T. LaBou,Inspect\nLAGNAPPE,10/2/09,T. LaBou,Install\n');
  return cwd;
}

const DOUBLES = { hz: 'DOUBLE', disp: 'DOUBLE', flo: 'DOUBLE', sedPPM: 'DOUBLE', psi: 'DOUBLE', chlPPM: 'DOUBLE' };

describe('export to Parquet, read with DuckDB', () => {
  test('readings: every bit of the values, wall times in no zone, ids of any characters', async () => {
    const cwd = await site();
    expect(await jsonLines(['export', 'readings', 'out.parquet'], { cwd })).toEqual([{ file: 'out.parquet', rows: 4 }]);
    const { types, rows } = await ask(`select * from '${cwd}/out.parquet'`);
    expect(types).toEqual({ pump: 'VARCHAR', at: 'TIMESTAMP', ...DOUBLES });
    expect(rows).toEqual([
      { pump: ODD, at: new Date('0000-01-01T00:00Z'), hz: -0, disp: 0, flo: 5e-324, sedPPM: 1.7976931348623157e308, psi: 0.1, chlPPM: -1 },
      { pump: 'COHUTTA', at: new Date('2014-03-14T12:00Z'), hz: 10.27, disp: 1.73, flo: 881, sedPPM: 1.56, psi: 4.5, chlPPM: 1.94 },
      { pump: 'LAGNAPPE', at: new Date('2014-03-14T00:00Z'), hz: 9, disp: 1, flo: 800, sedPPM: 1, psi: 0, chlPPM: 1 },
      { pump: 'LAGNAPPE', at: new Date('9999-12-31T23:59:59.999Z'), hz: 9, disp: 1, flo: 800, sedPPM: 1, psi: 80, chlPPM: 1 },
    ]);
    expect(readdirSync(cwd).sort()).toEqual(['out.parquet', 'reference', 'var']);
  });

  test('readings: of one pump, in a time', async () => {
    const cwd = await site();
    await runCommand(['export', 'readings', 'OUT.PARQUET', '--pump', 'LAGNAPPE', '--to', '2014-03-14'], { cwd });
    expect((await ask(`select pump, psi from read_parquet('${cwd}/OUT.PARQUET')`)).rows).toEqual([{ pump: 'LAGNAPPE', psi: 0 }]);
  });

  test('alerts: joined; the vendor columns of an unknown pump are null', async () => {
    const cwd = await site();
    expect(await runCommand(['export', 'alerts', 'out.parquet'], { cwd })).toEqual({
      code: 0,
      stdout: '',
      stderr: '3 rows of alerts written to out.parquet.\n',
    });
    const { types, rows } = await ask(`select * from '${cwd}/out.parquet' where pump <> '${ODD}'`);
    expect(types).toEqual({
      pump: 'VARCHAR',
      at: 'TIMESTAMP',
      rule: 'VARCHAR',
      measure: 'VARCHAR',
      value: 'DOUBLE',
      threshold: 'DOUBLE',
      known: 'BOOLEAN',
      type: 'VARCHAR',
      purchased: 'DATE',
      inService: 'DATE',
      vendor: 'VARCHAR',
      latitude: 'DOUBLE',
      longitude: 'DOUBLE',
      maintenance: 'VARCHAR',
    });
    const alarm = { rule: 'low-psi', measure: 'psi', threshold: 5 };
    expect(rows).toEqual([
      {
        pump: 'COHUTTA',
        at: new Date('2014-03-14T12:00Z'),
        value: 4.5,
        ...alarm,
        known: false,
        type: null,
        purchased: null,
        inService: null,
        vendor: null,
        latitude: null,
        longitude: null,
        maintenance: '',
      },
      {
        pump: 'LAGNAPPE',
        at: new Date('2014-03-14T00:00Z'),
        value: 0,
        ...alarm,
        known: true,
        type: 'HYDROPUMP',
        purchased: new Date('2008-05-25'),
        inService: new Date('2009-09-26'),
        vendor: 'GENPUMP',
        latitude: 29.683124,
        longitude: -91.145471,
        maintenance: '2009-10-02 Install (T. LaBou); 2012-06-01 Inspect (T. LaBou)',
      },
    ]);
  });

  test('stats: dates, counts and means', async () => {
    const cwd = await site();
    await runCommand(['summarize'], { cwd });
    await runCommand(['export', 'stats', 'out.parquet', '--pump', 'LAGNAPPE', '--to', '2014-03-14'], { cwd });
    const { types, rows } = await ask(`select pump, date, count, psi_min, psi_max, psi_avg, chlPPM_avg from '${cwd}/out.parquet'`);
    expect(types).toEqual({
      pump: 'VARCHAR',
      date: 'DATE',
      count: 'BIGINT',
      psi_min: 'DOUBLE',
      psi_max: 'DOUBLE',
      psi_avg: 'DOUBLE',
      chlPPM_avg: 'DOUBLE',
    });
    expect(rows).toEqual([
      { pump: 'LAGNAPPE', date: new Date('2014-03-14'), count: 1n, psi_min: 0, psi_max: 0, psi_avg: 0, chlPPM_avg: 1 },
    ]);
  });

  test('nothing that matches is a file with columns and no rows', async () => {
    const cwd = await site();
    const { code, stderr } = await runCommand(['export', 'readings', 'out.parquet', '--pump', 'NOPE'], { cwd });
    expect([code, stderr]).toEqual([
      0,
      '0 rows of readings written to out.parquet. Nothing matches; only the names of the columns are there.\n',
    ]);
    expect(await ask(`select * from '${cwd}/out.parquet'`)).toEqual({ types: { pump: 'VARCHAR', at: 'TIMESTAMP', ...DOUBLES }, rows: [] });
  });

  test('many rows are row groups that fit into memory, the same rows as in CSV', async () => {
    const cwd = await site(
      Array.from({ length: 140_000 }, (_, i) => `${'AB'[i % 2]} ${new Date(i * 1000).toISOString().slice(0, 19)} ${i} 1 1 1 9 ${i / 7}`),
    );
    for (const file of ['out.parquet', 'out.csv']) expect((await runCommand(['export', 'readings', file], { cwd })).code).toBe(0);
    const { rows: groups } = await ask(
      `select max(row_group_num_rows) as most, count(distinct row_group_id) as groups from parquet_metadata('${cwd}/out.parquet')`,
    );
    expect(Number(groups[0].most)).toBeLessThan(100_000);
    expect(Number(groups[0].groups)).toBeGreaterThan(1);
    const columns = `columns = {pump: 'VARCHAR', "at": 'TIMESTAMP', hz: 'DOUBLE', disp: 'DOUBLE', flo: 'DOUBLE', sedPPM: 'DOUBLE', psi: ` +
      `'DOUBLE', chlPPM: 'DOUBLE'}`;
    const { rows } = await ask(
      `select (select count(*) from '${cwd}/out.parquet') as n, count(*) as same from (from '${cwd}/out.parquet' intersect from ` +
        `read_csv('${cwd}/out.csv', header = true, ${columns}))`,
    );
    expect(rows).toEqual([{ n: 140_000n, same: 140_000n }]);
  });

  test('an old file stays when the new one can\'t be written, and nothing else is left', async () => {
    const cwd = await site();
    writeFileSync(join(cwd, 'out.parquet'), 'old');
    const { stdout, stderr } = await shell('ulimit -f 0; trap "" XFSZ; wellwatch export readings out.parquet', { cwd });
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(/out\.parquet can't be written: .*EFBIG.* Nothing is left of it/);
    expect(readFileSync(join(cwd, 'out.parquet'), 'utf8')).toBe('old');
    expect(readdirSync(cwd).sort()).toEqual(['out.parquet', 'reference', 'var']);
  });
});
