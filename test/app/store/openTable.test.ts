import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dropFile } from '../../support/inbox.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { tempDir } from '../../support/tempDir.ts';

const DEAD = 'http://127.0.0.1:9';
const quiet = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_RECEIVERS_MQTT_PORT: '0', WELLWATCH_STORE_KIND: 'hbase' };

describe.runIf(hasHBase)('a table in HBase', () => {
  let url: string;
  beforeAll(async () => {
    url = await hbaseForTests();
  }, HBASE_START_MS);

  /** A data directory whose rows are in HBase: three alerts of a pump, one of them after a right reading. */
  async function site(): Promise<{ cwd: string; env: Record<string, string> }> {
    const cwd = tempDir();
    const env = { ...quiet, WELLWATCH_STORE_URL: url, WELLWATCH_STORE_TABLE: freshTable() };
    const psi = [0, 1, 60, 2];
    dropFile(join(cwd, 'var/inbox'), 'a.csv', [...psi.map((value, i) => `A,2014-03-10,01:0${i},1,1,1,1,${value},1`), 'A,x,y,z']);
    await jsonLines(['run', '--once'], { cwd, env });
    await jsonLines(['summarize'], { cwd, env });
    return { cwd, env };
  }

  test('that is away answers from the local index, all but readings, and that is said', async () => {
    const { cwd, env } = await site();
    const away = { cwd, env: { ...env, WELLWATCH_STORE_URL: DEAD } };
    for (const command of [['alerts'], ['stats'], ['export', 'alerts', '-'], ['export', 'stats', '-']]) {
      const there = await runCommand([...command, '--json'], { cwd, env });
      const { code, stdout, stderr } = await runCommand([...command, '--json'], away);
      expect(there.code, there.stderr).toBe(0);
      expect([code, stdout], stderr).toEqual([0, there.stdout]);
      expect(stderr).toMatch(/^HBase is away, so this comes from the local index in \S+hbase, without readings: .*ECONNREFUSED/);
      expect(there.stderr).not.toContain('away');
    }
    // Runs are told apart by readings.
    const { stdout } = await runCommand(['alerts'], away);
    expect(stdout).toContain('3 alerts of A');
    expect(stdout.split('\n').filter((line) => line.startsWith('A '))).toHaveLength(3);
    expect(await jsonLines(['pumps'], { cwd, env })).toMatchObject([{ pump: 'A', last: { psi: 2 } }]);
    const [pump] = await jsonLines<object>(['pumps'], away);
    expect(pump).toMatchObject({ pump: 'A' });
    expect(pump).not.toHaveProperty('last');
    expect((await runCommand(['pumps'], away)).stdout).toMatch(/^A .* in HBase *$/m);
  });

  test('that stays away fails a command that needs readings, with how long it did not answer', async () => {
    const { code, stderr } = await runCommand(['readings', '--pump', 'A'], {
      cwd: tempDir(),
      env: { ...quiet, WELLWATCH_STORE_URL: DEAD },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wellwatch: HBase at http:\/\/127\.0\.0\.1:9 \(table sensor\) did not answer for 15 s: .*; ask again when it is back\n$/,
    );
  });

  test('that another data directory writes has no rejects, counts and reference data to tell of, and says where they are', async () => {
    const { env } = await site();
    const elsewhere = { cwd: tempDir(), env };
    const rejects = await runCommand(['rejects'], elsewhere);
    expect(rejects).toMatchObject({ code: 0, stdout: '' });
    expect(rejects.stderr).toContain('Rejects are kept where "wellwatch run" runs, in its data directory, and not in HBase');
    const status = await runCommand(['status'], elsewhere);
    expect(status.stderr).toContain('Counts are kept where "wellwatch run" runs, in its data directory, and not in HBase');
    expect(status.stdout).not.toContain('Received 0');
    expect((await runCommand(['pumps'], elsewhere)).stderr).toContain(
      'It is not in HBase: copy both files from where "wellwatch run" runs.',
    );
    expect(existsSync(join(elsewhere.cwd, 'var'))).toBe(false);
  });
});
