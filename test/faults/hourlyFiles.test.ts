import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask } from '../support/duckdb.ts';
import { HOUR, Recorder } from '../support/recorder.ts';
import { dropFile } from '../support/inbox.ts';
import { until } from '../support/waiting.ts';
import { jsonLines } from '../support/command.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';

const FILES = 6;
const ROWS = 3000;
const LONG_AGO = Date.UTC(2014, 2, 10, 1);
const env = {
  WELLWATCH_RECEIVERS_MQTT: 'false',
  WELLWATCH_HTTP: 'false',
  WELLWATCH_SUMMARY: 'false',
  WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '100',
  WELLWATCH_PARQUET_PATH: 'var/out',
};

/** Rows of one file, each with a psi of its own. */
function csv(file: number): string {
  return Array.from({ length: ROWS }, (_, i) => {
    const at = new Date(Date.UTC(2014, 2, 10) + i * 1000).toISOString();
    return `P${file},${at.slice(0, 10)},${at.slice(11, 19)},1,2,3,4,${file * ROWS + i + 10},6\n`;
  }).join('');
}

/** Bytes of all spools in a folder. */
function spooled(dir: string): number {
  return existsSync(dir)
    ? readdirSync(dir).reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0)
    : 0;
}

describe('hourly files of the built program', () => {
  test('an hour that ended before this run becomes a file, this hour waits in its spool', async () => {
    const cwd = tempDir();
    const before = await Recorder.open(join(cwd, 'var'));
    await before.step([['A', 1, 80, LONG_AGO], ['B', 1, -0, LONG_AGO + 1]]);
    await before.close();
    dropFile(join(cwd, 'var', 'inbox'), 'x.csv', csv(0));
    expect(await jsonLines(['run', '--once'], { cwd, env })).toMatchObject([{ stored: ROWS, duplicate: 0 }]);
    expect(readdirSync(join(cwd, 'var', 'out'))).toEqual(['readings-2014-03-10T01.parquet']);
    const { rows } = await ask(`select pump, psi from '${cwd}/var/out/*.parquet'`);
    expect(rows).toEqual([{ pump: 'A', psi: 80 }, { pump: 'B', psi: -0 }]);
    expect(readdirSync(join(cwd, 'var', 'table', 'spool'))).toHaveLength(1);
  });

  test('have each stored row once, however often the program is killed', async () => {
    const cwd = tempDir();
    for (let file = 0; file < FILES; file++) dropFile(join(cwd, 'var', 'inbox'), `${file}.csv`, csv(file));
    const spools = join(cwd, 'var', 'table', 'spool');
    for (let kill = 0; kill < 4; kill++) {
      const before = spooled(spools);
      const child = startProgram(['run', '--quiet'], { cwd, env });
      const ended = once(child, 'exit');
      await until(() => spooled(spools) > before);
      child.kill('SIGKILL');
      await ended;
    }
    const [{ stored }] = await jsonLines<{ stored: number }>(['run', '--once'], { cwd, env });
    expect(stored).toBeGreaterThan(0); // otherwise they were killed too late
    const after = await Recorder.open(join(cwd, 'var'));
    after.now = Date.now() + 2 * HOUR;
    await after.files.settle();
    await after.close();
    const { rows } = await ask(
      `select count(*) as n, count(distinct psi) as different, min(psi) as min, max(psi) as max from '${cwd}/var/out/*.parquet'`,
    );
    const n = BigInt(FILES * ROWS);
    expect(rows).toEqual([{ n, different: n, min: 10, max: FILES * ROWS + 9 }]);
  });
});
