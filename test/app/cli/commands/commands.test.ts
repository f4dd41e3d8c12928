import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lockInstance } from '../../../../storage/files/instanceLock.ts';
import { NO_COUNTS } from '../../../../domain/balance.ts';
import { dropFile } from '../../../support/inbox.ts';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { startProgram } from '../../../support/program.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { openEmbeddedTable } from '../../../../storage/embedded/table.ts';
import { readSummaryRun } from '../../../../storage/files/summaryRun.ts';
import { stepOf } from '../../../support/steps.ts';
import { shell } from '../../../support/shell.ts';
import { store } from '../../../support/stored.ts';

const ROWS = [
  'COHUTTA 2014-03-13T12:00 10.27 1.73 881 1.56 85 1.94',
  'COHUTTA 2014-03-14T12:00 10.27 1.73 881 1.56 5 1.94',
  'LAGNAPPE 2014-03-13T23:59 9 1 800 1 4 1',
  'LAGNAPPE 2014-03-14T00:00 9 1 800 1 0 1',
  'LAGNAPPE 2014-03-14T12:00 9 1 800 1 80 1',
  'LAGNAPPE 2014-03-14T12:01 9 1 800 1 3 1',
];

const REJECT = {
  id: 'x',
  source: 'bad.csv',
  line: 17,
  reason: 'expected PressureLbs to be a number, got `abc`',
  raw: 'COHUTTA,3/10/14,1:01,\x1b[31m',
};

/** A folder with a filled data directory `var`, and the reference of LAGNAPPE alone. */
async function site(): Promise<string> {
  const cwd = tempDir();
  await store(join(cwd, 'var'), ROWS, { rejects: [REJECT] });
  mkdirSync(join(cwd, 'reference'));
  writeFileSync(join(cwd, 'reference/sensorvendor.csv'), 'LAGNAPPE,HYDROPUMP,5/25/08,9/26/09,GENPUMP,29.683124,-91.145471\n');
  writeFileSync(join(cwd, 'reference/sensormaint.csv'), 'LAGNAPPE,6/1/12,T. LaBou,Inspect\nLAGNAPPE,10/2/09,T. LaBou,Install\n');
  return cwd;
}

describe('alerts', () => {
  test('--json: one line each, joined, in order of pump and time; psi exactly 5 is none', async () => {
    const lines = await jsonLines(['alerts'], { cwd: await site() });
    const vendor = {
      type: 'HYDROPUMP',
      purchased: '2008-05-25',
      inService: '2009-09-26',
      vendor: 'GENPUMP',
      latitude: 29.683124,
      longitude: -91.145471,
    };
    const maintenance = [
      { date: '2009-10-02', technician: 'T. LaBou', description: 'Install' },
      { date: '2012-06-01', technician: 'T. LaBou', description: 'Inspect' },
    ];
    const joined = { rule: 'low-psi', measure: 'psi', threshold: 5, known: true, vendor, maintenance };
    expect(lines).toEqual([
      { pump: 'LAGNAPPE', at: '2014-03-13T23:59:00', value: 4, ...joined },
      { pump: 'LAGNAPPE', at: '2014-03-14T00:00:00', value: 0, ...joined },
      { pump: 'LAGNAPPE', at: '2014-03-14T12:01:00', value: 3, ...joined },
    ]);
  });

  test.each([
    [['--from', '2014-03-14'], 2],
    [['--to', '2014-03-13'], 1],
    [['--to', '2014-03-14T00:00'], 1],
    [['--from', '2014-03-14T00:00', '--to', '2014-03-14T12:01'], 1],
    [['--pump', 'COHUTTA'], 0],
    [['--pump', 'LAGNAPPE', '--from', '2014-03-14T12:01:00'], 1],
  ])('%j are %i', async (words, count) => {
    expect(await jsonLines(['alerts', ...words], { cwd: await site() })).toHaveLength(count);
  });

  test('without reference every pump is unknown, and a warning says so', async () => {
    const cwd = tempDir();
    await store(join(cwd, 'var'), ROWS);
    const { stdout, stderr, code } = await runCommand(['alerts', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split('\n')[0])).toMatchObject({ known: false, vendor: null, maintenance: [] });
    expect(stderr).toContain('every pump is unknown');
  });

  test('for people, alerts of one alarm are one line, and the last line says what is shown', async () => {
    const cwd = await site();
    const { stdout } = await runCommand(['alerts'], { cwd });
    expect(stdout.split('\n')).toEqual([
      'Pump      Rule     From                 To                   Readings  Worst  Limit  Made by            Last maintenance',
      'LAGNAPPE  low-psi  2014-03-13T23:59:00  2014-03-14T00:00:00         2  0 psi    < 5  GENPUMP HYDROPUMP  2012-06-01 Inspect (T. ' +
        'LaBou)',
      'LAGNAPPE  low-psi  2014-03-14T12:01:00                              1  3 psi    < 5  GENPUMP HYDROPUMP  2012-06-01 Inspect (T. ' +
        'LaBou)',
      '',
      '3 alerts of LAGNAPPE, 2014-03-13 to 2014-03-14',
      '',
    ]);
    expect((await runCommand(['alerts', '--all'], { cwd })).stdout.split('\n')).toHaveLength(7);
  });

  test('a broken reference file is warned of, and does not stop the answer', async () => {
    const cwd = await site();
    writeFileSync(join(cwd, 'reference/sensorvendor.csv'), 'LAGNAPPE,HYDROPUMP\n');
    const { code, stdout, stderr } = await runCommand(['alerts', '--json'], { cwd });
    expect([code, stdout.split('\n').length]).toEqual([0, 4]);
    expect(stderr).toMatch(/sensorvendor\.csv.*\n.*|What was last read whole is used/);
  });
});

describe('readings', () => {
  test('--json: one line each', async () => {
    expect(await jsonLines(['readings', '--pump', 'COHUTTA', '--to', '2014-03-13'], { cwd: await site() })).toEqual([
      { pump: 'COHUTTA', at: '2014-03-13T12:00:00', hz: 10.27, disp: 1.73, flo: 881, sedPPM: 1.56, psi: 85, chlPPM: 1.94 },
    ]);
  });

  test('for people: heads with units, and what is shown', async () => {
    const { stdout } = await runCommand(['readings', '--pump', 'COHUTTA'], { cwd: await site() });
    expect(stdout).toMatch(/^At +Speed Hz +Displacement +Flow +Sediment ppm +Pressure psi +Chlorine ppm\n/);
    expect(stdout).toMatch(/\n2 readings of COHUTTA, 2014-03-13T12:00:00 to 2014-03-14T12:00:00\n$/);
  });

  test('need a pump', async () => {
    expect(await runCommand(['readings'], { cwd: tempDir() })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--pump') as string,
    });
  });

  test('a reader that has seen enough is no failure', async () => {
    const cwd = tempDir();
    await store(
      join(cwd, 'var'),
      Array.from(
        { length: 5000 },
        (_, i) =>
          `A 2014-03-14T${String(Math.floor(i / 60) % 24).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:${String(Math.floor(i / 1440)).padStart(2, '0')} 1 1 1 1 9 1`,
      ),
    );
    const { stdout, stderr } = await shell('wellwatch readings --pump A --json | head -n 1', { cwd });
    expect(stdout).toMatch(/^\{"pump":"A".*\}\n0 0\n$/);
    expect(stderr).toBe('');
  });
});

describe('summarize and stats', () => {
  test('a daily batch over all that is due tells when it succeeded: to the job beside it, and to a collector of files', async () => {
    const cwd = await site();
    const file = join(cwd, 'wellwatch.prom');
    expect((await runCommand(['summarize', '--date', '2014-03-14'], { cwd })).code).toBe(0);
    expect(readSummaryRun(join(cwd, 'var'))).toBeUndefined();
    const before = Date.now();
    expect((await runCommand(['summarize', '--metrics-file', file], { cwd })).code).toBe(0);
    const run = readSummaryRun(join(cwd, 'var'))!;
    expect(run).toMatchObject({ pumpDays: 2, rows: 2 });
    expect(run.at).toBeGreaterThanOrEqual(before);
    expect(readFileSync(file, 'utf8')).toContain(`wellwatch_daily_batch_last_success_timestamp_seconds ${run.at / 1000}\n`);
    expect(readdirSync(cwd).sort()).toEqual(['reference', 'var', 'wellwatch.prom']);
    for (const wrong of [['--metrics-file', 'x.txt'], ['--metrics-file', file, '--pump', 'LAGNAPPE']])
      expect(await runCommand(['summarize', ...wrong], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining('--metrics-file') as string });
  });

  test('every pump-day that is not up to date, then none, then those of a range', async () => {
    const cwd = await site();
    expect(await jsonLines(['stats'], { cwd })).toEqual([]);
    expect(await jsonLines(['summarize'], { cwd })).toEqual([{ pumpDays: 4, rows: 6 }]);
    expect(await jsonLines(['summarize'], { cwd })).toEqual([{ pumpDays: 0, rows: 0 }]);
    expect(await jsonLines(['summarize', '--date', '2014-03-14'], { cwd })).toEqual([{ pumpDays: 2, rows: 4 }]);
    expect(await jsonLines(['summarize', '--from', '2014-03-13', '--to', '2014-03-14', '--pump', 'COHUTTA'], { cwd })).toEqual([
      { pumpDays: 2, rows: 2 },
    ]);
    const days = await jsonLines<{ pump: string; date: string; count: number; psi: object }>(['stats', '--date', '2014-03-14'], { cwd });
    expect(days.map(({ pump, date, count, psi }) => ({ pump, date, count, psi }))).toEqual([
      { pump: 'COHUTTA', date: '2014-03-14', count: 1, psi: { min: 5, max: 5, avg: 5 } },
      { pump: 'LAGNAPPE', date: '2014-03-14', count: 3, psi: { min: 0, max: 80, avg: 83 / 3 } },
    ]);
    expect(await jsonLines(['stats', '--from', '2014-03-13', '--to', '2014-03-13', '--pump', 'LAGNAPPE'], { cwd })).toHaveLength(1);
    expect((await runCommand(['stats'], { cwd })).stdout).toMatch(
      /LAGNAPPE +2014-03-14 +3 .* 0\/27\.67\/80.*\n\n4 pump-days of 2 pumps, 2014-03-13 to 2014-03-14\n$/,
    );
  });

  test('what was up to date is told apart from what is not there', async () => {
    const cwd = await site();
    await runCommand(['summarize'], { cwd });
    expect(await runCommand(['summarize'], { cwd })).toEqual({ code: 0, stdout: 'All daily statistics were up to date.\n', stderr: '' });
    expect(await runCommand(['summarize', '--pump', 'NOPE'], { cwd })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^No pump NOPE: it has no readings\./) as string,
    });
    expect(await runCommand(['summarize', '--date', '2001-01-01'], { cwd })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No readings of that time: there is nothing to summarize.\n',
    });
    expect(await runCommand(['summarize', '--pump', 'NOPE', '--json'], { cwd })).toMatchObject({ stdout: '{"pumpDays":0,"rows":0}\n' });
  });

  test('a place where no job has made a table is an error, and no success for who watches: a wrong path is no quiet night', async () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, 'made'));
    const file = join(cwd, 'wellwatch.prom');
    for (const place of ['absent', 'made'])
      expect(await runCommand(['summarize', '--data-dir', place, '--metrics-file', file, '--json'], { cwd })).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(new RegExp(`^wellwatch: there is no table to summarize. Nothing is stored in .*${place} yet: .* --data-dir`)) as string,
      });
    expect(readdirSync(cwd)).toEqual(['made']);
    expect(readdirSync(join(cwd, 'made'))).toEqual([]);
  });

  test('a log gets one line', async () => {
    expect(await runCommand(['summarize'], { cwd: await site() })).toEqual({
      code: 0,
      stdout: 'Summarized 4 pump-days with 6 readings.\n',
      stderr: '',
    });
  });
});

describe('a pump that is asked for', () => {
  test.each([[['readings']], [['alerts']], [['stats']], [['export', 'readings', '-']]])(
    '%j: may carry what nobody sees at its ends',
    async (words) => {
      const cwd = await site();
      const json = words[0] === 'export' ? [] : ['--json'];
      await runCommand(['summarize'], { cwd });
      const asked = async (pump: string) => (await runCommand([...words, ...json, '--pump', pump], { cwd })).stdout;
      expect(await asked('\u00a0LAGNAPPE\u200b')).toBe(await asked('LAGNAPPE'));
      expect(await asked('LAGNAPPE')).toContain('LAGNAPPE');
    },
  );
});

describe('rejects', () => {
  test('--json: source, line, reason, the raw text and when it was received; null where that is not known', async () => {
    const { source, line, reason, raw } = REJECT;
    const cwd = tempDir();
    await store(join(cwd, 'var'), ROWS, { rejects: [REJECT, { ...REJECT, id: 'y', receivedAt: Date.UTC(2026, 0, 2) }] });
    const known = { source, line, reason, raw };
    expect(await jsonLines(['rejects'], { cwd })).toEqual([{ ...known, at: null, replayed: null }, { ...known, at: '2026-01-02T00:00:00.000Z', replayed: null }]);
  });

  test('--clear takes them off the list while a job runs, also those before a date of the site only; the counts stay', async () => {
    const cwd = tempDir();
    const at = (id: string, receivedAt: number) => ({ ...REJECT, id, receivedAt });
    const midnight = Date.UTC(2026, 0, 2, 6); // in Chicago
    await store(join(cwd, 'var'), ROWS, { rejects: [at('a', midnight - 1), at('b', midnight)] });
    expect(await jsonLines(['rejects', '--clear', '--before', '2026-01-02'], { cwd })).toEqual([{ cleared: 1 }]);
    expect((await runCommand(['rejects'], { cwd })).stdout).toContain('1 reject; 1 older ones are not listed any more');
    const job = startProgram(['run', '--quiet'], { cwd, env: { WELLWATCH_RECEIVERS_MQTT: 'false' } });
    const ended = once(job, 'exit');
    try {
      dropFile(join(cwd, 'var/inbox'), 'new.csv', 'nonsense\n');
      await expect.poll(async () => (await jsonLines(['rejects'], { cwd })).length, { timeout: 60_000 }).toBe(2);
      expect(await jsonLines(['rejects', '--clear'], { cwd })).toEqual([{ cleared: 2 }]);
      expect(await jsonLines(['rejects'], { cwd })).toEqual([]);
    } finally {
      job.kill();
      await ended;
    }
    expect(await jsonLines(['status'], { cwd })).toMatchObject([{ balance: { rejected: 3 } }]);
  });

  test.each([
    ['--before', '2026-01-02'],
    ['--clear', '--source', 'a.csv'],
    ['--clear', '--before', 'soon'],
  ])('%s %s %s is refused', async (...words) => {
    expect((await runCommand(['rejects', ...words], { cwd: tempDir() })).code).toBe(2);
  });

  test('--source takes those of one file, --limit the newest, in order of arrival', async () => {
    const cwd = tempDir();
    await store(join(cwd, 'var'), ROWS, {
      rejects: ['a.csv', 'b.csv', 'a.csv', 'a.csv'].map((source, i) => ({ ...REJECT, id: String(i), source, line: i + 1 })),
    });
    const lines = async (...words: string[]) => (await jsonLines<{ line: number }>(['rejects', ...words], { cwd })).map(({ line }) => line);
    expect(await lines('--source', 'a.csv')).toEqual([1, 3, 4]);
    expect(await lines('--limit', '3')).toEqual([2, 3, 4]);
    expect(await lines('--source', 'a.csv', '--limit', '2')).toEqual([3, 4]);
    expect((await runCommand(['rejects', '--source', 'c.csv'], { cwd })).stderr).toContain('No rejects of c.csv');
  });

  test('for people, control characters are shown, not obeyed', async () => {
    expect((await runCommand(['rejects'], { cwd: await site() })).stdout).toContain('COHUTTA,3/10/14,1:01,\\x1b[31m');
  });
});

describe('pumps', () => {
  test('--json: the reference, the last reading, and pumps that it does not list', async () => {
    expect(await jsonLines(['pumps'], { cwd: await site() })).toEqual([
      {
        pump: 'COHUTTA',
        known: false,
        vendor: null,
        maintenance: 0,
        last: { at: '2014-03-14T12:00:00', hz: 10.27, disp: 1.73, flo: 881, sedPPM: 1.56, psi: 5, chlPPM: 1.94 },
      },
      {
        pump: 'LAGNAPPE',
        known: true,
        vendor: expect.objectContaining({ vendor: 'GENPUMP' }) as object,
        maintenance: 2,
        last: expect.objectContaining({ at: '2014-03-14T12:01:00', psi: 3 }) as object,
      },
    ]);
  });

  test('for people, an unknown pump is flagged', async () => {
    expect((await runCommand(['pumps'], { cwd: await site() })).stdout).toMatch(
      /COHUTTA +unknown pump .*\n.*\n\n2 pumps, 1 of them unknown/,
    );
  });

  test('a pump of the reference without a reading is listed', async () => {
    const cwd = await site();
    expect(await jsonLines(['pumps', '--data-dir', 'empty'], { cwd })).toMatchObject([{ pump: 'LAGNAPPE', last: null }]);
    expect(existsSync(join(cwd, 'empty'))).toBe(false);
  });
});

describe('status', () => {
  test('without a running job: the balance from the table', async () => {
    const cwd = await site();
    expect(await jsonLines(['status'], { cwd })).toMatchObject([{
      running: false, pid: null, receivers: null,
      balance: { received: 7, stored: 6, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 1, pending: 0, alerts: 3 },
      byReceiver: { directory: { stored: 6 }, mqtt: { stored: 0 } },
    }]);
    expect((await runCommand(['status'], { cwd })).stdout).toContain(
      'Received 7 = stored 6 + duplicate 0 + rejected 1 + pending 0; 3 alerts',
    );
  });

  test.each([
    [{ state: 'stopped' }, true, 'The last one ended in good order at 2026-11-29 06:00:00 America/Chicago.'],
    [{ state: 'running' }, false, 'The last one was cut off: it was last seen at 2026-11-29 06:00:00 America/Chicago, and did not say that it ended.'],
    [{ state: 'stopped', failure: 'the disk is full' }, false, 'The last one failed at 2026-11-29 06:00:00 America/Chicago: the disk is full.'],
  ])('without a running job: how the last one ended, %j', async (told, inOrder, sentence) => {
    const cwd = await site();
    expect(await jsonLines(['status'], { cwd })).toMatchObject([{ lastEnd: null }]);
    writeFileSync(join(cwd, 'var/status.json'), JSON.stringify({ at: '2026-11-29T12:00:00.000Z', ...told }));
    expect(await jsonLines(['status'], { cwd })).toMatchObject([{ running: false, lastEnd: { inOrder, at: '2026-11-29T12:00:00.000Z' } }]);
    const { stdout } = await runCommand(['status'], { cwd });
    expect(stdout).toContain(`\n  ${sentence}`);
    expect(stdout.includes('The next one goes on where the table is')).toBe(!inOrder);
  });
});

describe('a reading that replaces another', () => {
  test('is counted and told apart by run --once and status; the alert that went is listed', async () => {
    const cwd = tempDir();
    const options = { cwd, env: { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_HTTP: 'false' } };
    const take = async (psi: readonly number[], ...args: string[]) => {
      dropFile(join(cwd, 'var/inbox'), 'a.csv', psi.map((one) => `A,3/14/14,00:10,10.27,1.73,881,1.56,${one},1.94`));
      return (await runCommand(['run', '--once', ...args], options)).stdout;
    };
    expect(await take([80])).toBe('1 received: 1 stored, 0 duplicate, 0 rejected, 0 pending; 0 alerts\n');
    expect((await runCommand(['status'], options)).stdout).not.toContain('replaced');
    expect(await take([2, 2, 81])).toBe('3 received: 2 stored (2 replaced another reading), 1 duplicate, 0 rejected, 0 pending; 0 ' +
      'alerts\n');
    const text = (await runCommand(['status'], options)).stdout;
    expect(text).toContain('\n  directory: stored 3 (replaced 2), duplicate 1, rejected 0\n');
    expect(text).toContain('\n  2 stored rows came to another reading of the same pump and time: the later receipt holds\n');
    expect(text).toContain('the last ones:\n    A  2014-03-14T00:10:00  low-psi: psi 2\n');
    expect(await jsonLines(['status'], options)).toMatchObject([{
      balance: { stored: 3, replaced: 2 }, byReceiver: { directory: { replaced: 2 } }, receiptAhead: 0,
      replacedAlerts: [{ pump: 'A', at: '2014-03-14T00:10:00', rule: 'low-psi', measure: 'psi', value: 2, threshold: 5 }],
    }]);
    // The line that scripts rely on has no more keys than ever.
    expect(await take([80], '--json')).toBe('{"received":1,"stored":1,"duplicate":0,"rejected":0,"pending":0,"alerts":0}\n');
  });
});

describe('a reading from the future', () => {
  test('is a reject, unless limits.future lets it in', async () => {
    const cwd = tempDir();
    const options = { cwd, env: { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_HTTP: 'false' } };
    const lines = ['A,1/1/2099,00:00,10.27,1.73,881,1.56,3,1.94', 'A,3/14/14,00:10,10.27,1.73,881,1.56,2,1.94'];
    dropFile(join(cwd, 'var/inbox'), 'a.csv', lines);
    expect(await jsonLines(['run', '--once'], options)).toMatchObject([{ stored: 1, rejected: 1, alerts: 1 }]);
    expect(await jsonLines(['rejects'], options)).toMatchObject([
      {
        source: 'a.csv',
        line: 1,
        raw: lines[0],
        reason: expect.stringMatching(/1d \(limits\.future\).* at receipt, got 2099-01-01T00:00:00$/) as string,
      },
    ]);
    dropFile(join(cwd, 'var/inbox'), 'b.csv', lines);
    const env = { ...options.env, WELLWATCH_LIMITS_FUTURE: 'none' };
    expect(await jsonLines(['run', '--once'], { cwd, env })).toMatchObject([{ stored: 1, duplicate: 1, rejected: 0 }]);
  });
});

describe('a clock that was ahead once', () => {
  test('is told by the job, status and doctor, with the way out', async () => {
    const cwd = tempDir();
    const options = { cwd, env: { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_HTTP: 'false' } };
    const table = await openEmbeddedTable({
      dir: join(cwd, 'var/table'),
      mode: 'writer',
      ttl: { data: null, alerts: null },
      now: Date.now,
    });
    await table.write(stepOf([], { state: { receipt: Date.now() + 2.5 * 86_400_000 } }));
    await table.close();
    const said = /newest stored time of receipt, .*, is 2d ahead of the system's clock/;
    expect((await runCommand(['run', '--once'], options)).stderr).toMatch(said);
    expect((await runCommand(['status'], options)).stdout).toMatch(said);
    expect((await jsonLines<{ receiptAhead: number }>(['status'], options))[0].receiptAhead).toBeGreaterThan(2 * 86_400_000);
    expect((await runCommand(['doctor', '--json'], options)).stdout.split('\n').filter((line) => line.includes('"clock"'))).toEqual([
      expect.stringMatching(/"state":"warning".*is 2d ahead.*"fix":"set the system's clock right/) as string,
    ]);
  });
});

describe('late rows', () => {
  test('are counted over runs by limits.lateness, told when there are some, and make their pump-day due', async () => {
    const cwd = tempDir();
    const options = { cwd, env: { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_HTTP: 'false', WELLWATCH_LIMITS_LATENESS: '30m' } };
    const take = async (name: string, ...keys: string[]) => {
      dropFile(join(cwd, 'var/inbox'), name, keys.map((key) => `${key},10.27,1.73,881,1.56,85,1.94`));
      expect((await runCommand(['run', '--once'], options)).code).toBe(0);
      return {
        json: (await jsonLines<{ late: number }>(['status'], options))[0].late,
        text: (await runCommand(['status'], options)).stdout,
      };
    };
    const before = await take('a.csv', 'A,3/14/14,00:10', 'B,3/13/14,12:00', 'B,3/14/14,12:00');
    expect([before.json, before.text.includes('late')]).toEqual([0, false]);
    expect(await jsonLines(['summarize'], options)).toEqual([{ pumpDays: 3, rows: 3 }]);
    const after = await take('b.csv', 'A,3/13/14,23:39', 'A,3/14/14,00:10', 'B,3/14/14,12:00');
    expect(after.json).toBe(1);
    expect(after.text).toContain('\n  1 stored row came late, behind the watermark of the pump (limits.lateness, now 30m)\n');
    expect(await jsonLines(['summarize'], options)).toEqual([{ pumpDays: 1, rows: 1 }]);
  });
});

describe('status of a running job', () => {
  const mqtt = {
    state: 'connected',
    url: 'mqtt://127.0.0.1:1883',
    topic: 'pumps/+/readings',
    connections: 0,
    lastMessageAt: null,
    lastError: null,
  };
  const inbox = { state: 'away', path: 'in', file: null, lastMessageAt: '2026-11-21T10:30:00.000Z', lastError: 'no such folder' };
  const batch = (time: string, rows: number) => ({
    time: Date.parse(time),
    steps: 1,
    rows: { directory: 0, mqtt: rows },
    counts: NO_COUNTS,
    late: 0,
    schedulingDelay: 0,
    processingTime: 1,
    totalDelay: 1,
    outputs: [],
    error: null as string | null,
  });
  const written = {
    pid: 7, state: 'running', startedAt: '2026-11-21T10:00:00.500Z', at: '2026-11-21T11:00:00Z',
    store: { kind: 'embedded', state: 'up' },
    receivers: { directory: inbox, mqtt }, journal: { bytes: 4096, full: false },
    totals: {
      batches: 2, failed: 1, steps: 2, rows: { directory: 0, mqtt: 1_000_060 }, counts: NO_COUNTS, late: 3, processingTime: 200,
      outputs: [{ name: 'take', rows: 1_000_060, times: 2, ms: 40 }, { name: 'table', rows: 1_000_060, times: 2, ms: 160 }],
    },
    averages: { batches: 2, schedulingDelay: 0.5, processingTime: 100, totalDelay: 1.25, write: 80 },
    batches: [batch('2026-11-21T10:30:00Z', 1_000_000), { ...batch('2026-11-21T10:59:50Z', 60), error: 'the disk is full' }],
  };

  /** What `wellwatch status` makes of it while somebody holds the data directory. */
  async function statusOf(...words: string[]): Promise<string> {
    const cwd = await site();
    const lock = await lockInstance(join(cwd, 'var'));
    writeFileSync(join(cwd, 'var/status.json'), JSON.stringify(written));
    try {
      return (await runCommand(['status', ...words], { cwd })).stdout;
    } finally {
      lock.release();
    }
  }

  test('for people: times of the site, the rate of the last half minute, and a broker that listens', async () => {
    const text = await statusOf();
    expect(text).toMatch(/^Job 7 is running on .*var since 2026-11-21 04:00:00\.500 America\/Chicago; 2 rows\/s lately\.\n/);
    expect(text).toContain(
      '\n  store: embedded, 80.0 ms a write\n  directory: away, path in, last rows 2026-11-21 04:30:00 (no row for 30 min 0 s), ' +
        'last error no such folder\n',
    );
    expect(text).toContain('\n  mqtt: listening, at mqtt://127.0.0.1:1883, topic pumps/+/readings, 0 publishers\n  journal: 4,096 bytes\n');
    expect(text).toMatch(/\n  disk: .* on disk \(.*\), .* free; when it is full can't be told yet: 1 day is known, 4 are needed\n/);
    expect(text).toMatch(/\nBatch \(America\/Chicago\) +Steps .*\n2026-11-21 04:30:00 +1 +1,000,000 .*\n2026-11-21 04:59:50 +1 +60 /);
    expect(text).toContain('\nThe batch of 2026-11-21 04:59:50 failed: the disk is full\n');
    expect(text).toContain(
      '\nSince the start: 2 batches, rows from directory 0, mqtt 1,000,060. On average: scheduling delay 0.5 ms, processing 100.0 ms, ' +
        'total delay 1.3 ms.\nWhere the time went: table 80 %, take 20 %.\n',
    );
  });

  test('--json: as the job wrote it', async () => {
    expect(JSON.parse(await statusOf('--json'))).toMatchObject({ running: true, ...written, rowsPerSecond: 2 });
  });
});

describe('a data directory that is not there', () => {
  test.each([['alerts'], ['stats'], ['rejects'], ['status'], ['readings', '--pump', 'A']])(
    '%s: an empty answer and a hint, and nothing is made',
    async (...words) => {
      const cwd = tempDir();
      const { code, stderr } = await runCommand(words, { cwd });
      expect([code, existsSync(join(cwd, 'var'))]).toEqual([0, false]);
      expect(stderr).toContain('Nothing is stored in');
    },
  );
});

describe('export', () => {
  test('--excel: a BOM, and a space for the T of a time; the help says that an export is not for the inbox', async () => {
    const cwd = await site();
    expect((await runCommand(['export', 'readings', 'out.csv', '--excel', '--pump', 'COHUTTA'], { cwd })).code).toBe(0);
    const text = readFileSync(join(cwd, 'out.csv'), 'utf8');
    expect(text.startsWith('\ufeff')).toBe(true);
    expect(text).toContain('\nCOHUTTA,2014-03-13 12:00:00,');
    expect((await runCommand(['export', 'readings', 'out.parquet', '--excel'], { cwd })).code).toBe(2);
    expect((await runCommand(['export', '--help'], { cwd })).stdout).toContain('not for the inbox');
  });

  const head = 'pump,at,hz,disp,flo,sedPPM,psi,chlPPM\n';

  test('readings: one line each, by pump and time', async () => {
    const cwd = await site();
    const { code, stdout } = await runCommand(['export', 'readings', 'out.csv', '--from', '2014-03-14', '--to', '2014-03-14T12:01'], {
      cwd,
    });
    expect([code, stdout]).toEqual([0, '']);
    expect(readFileSync(join(cwd, 'out.csv'), 'utf8')).toBe(
      `${head}COHUTTA,2014-03-14T12:00:00,10.27,1.73,881.0,1.56,5.0,1.94\nLAGNAPPE,2014-03-14T00:00:00,9.0,1.0,800.0,1.0,0.0,1.0\n` +
      'LAGNAPPE,2014-03-14T12:00:00,9.0,1.0,800.0,1.0,80.0,1.0\n',
    );
    expect(readdirSync(cwd).sort()).toEqual(['out.csv', 'reference', 'var']);
  });

  test('alerts: joined with vendor and maintenance', async () => {
    const { stdout } = await runCommand(['export', 'alerts', '-', '--from', '2014-03-14T12:01'], { cwd: await site() });
    expect(stdout.split('\n')).toEqual([
      'pump,at,rule,measure,value,threshold,known,type,purchased,inService,vendor,latitude,longitude,maintenance',
      'LAGNAPPE,2014-03-14T12:01:00,low-psi,psi,3.0,5.0,true,HYDROPUMP,2008-05-25,2009-09-26,GENPUMP,29.683124,-91.145471,2009-10-02 ' +
        'Install (T. LaBou); 2012-06-01 Inspect (T. LaBou)',
      '',
    ]);
  });

  test('stats: the qualifiers of the table as columns', async () => {
    const cwd = await site();
    await runCommand(['summarize'], { cwd });
    const { stdout } = await runCommand(['export', 'stats', '-', '--pump', 'COHUTTA', '--to', '2014-03-13'], { cwd });
    expect(stdout).toMatch(
      /^pump,date,count,hz_min,hz_max,hz_avg,.*,chlPPM_avg,hz_count,.*,chlPPM_count\nCOHUTTA,2014-03-13,1,10\.27,10\.27,10\.27,.*,1\.94,1\.94,1\.94,1,1,1,1,1,1\n$/,
    );
  });

  test('a pump id that a spreadsheet would run is neutralised, and a negative number is not', async () => {
    const cwd = tempDir();
    await store(join(cwd, 'var'), ['=cmd 2014-03-14T12:00 -5 1 1 1 9 -0']);
    expect((await runCommand(['export', 'readings', '-'], { cwd })).stdout).toBe(`${head}'=cmd,2014-03-14T12:00:00,-5.0,1.0,1.0,1.0,9.0,-0.0\n`);
  });

  test('an old file is replaced as a whole, and kept when the export fails', async () => {
    const cwd = await site();
    writeFileSync(join(cwd, 'out.csv'), 'old');
    expect((await runCommand(['export', 'readings', 'out.csv', '--from', 'never'], { cwd })).code).toBe(2);
    expect(readFileSync(join(cwd, 'out.csv'), 'utf8')).toBe('old');
    expect((await runCommand(['export', 'readings', 'out.csv'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'out.csv'), 'utf8').split('\n')).toHaveLength(8);
  });

  test.each([
    ['x.txt', 'expected a file whose name ends in .csv or .parquet, or - for CSV on standard output'],
    ['nowhere/x.parquet', 'expected a file in a folder that exists'],
    ['reference', 'expected a file whose name ends in .csv'],
  ])('to %s is wrong usage', async (file, sentence) => {
    expect(await runCommand(['export', 'readings', file], { cwd: await site() })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(sentence) as string,
    });
  });

  test('a disk that is full leaves nothing behind', async () => {
    const { stdout, stderr } = await shell('ulimit -f 1; trap "" XFSZ; wellwatch export readings out.csv', { cwd: await big() });
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(/out\.csv can't be written: .*EFBIG.* Nothing is left of it/);
  });
});

test('a command that has another zone than the running job says so', async () => {
  const cwd = await site();
  const KOLKATA = { WELLWATCH_SITE_TIMEZONE: 'Asia/Kolkata' };
  await runCommand(['run', '--once'], { cwd, env: { ...KOLKATA, WELLWATCH_RECEIVERS_MQTT: 'false' } });
  const file = join(cwd, 'var', 'status.json');
  const said = async (env: Record<string, string>) => (await Promise.all(
    [['alerts'], ['summarize'], ['status']].map((words) => runCommand(words, { cwd, env })))).map(({ stderr }) => /has the zone (\S+),/.exec(stderr)?.[1]);
  expect(await said({})).toEqual([undefined, undefined, undefined]); // it has ended
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), state: 'running' }));
  expect(await said({})).toEqual(['Asia/Kolkata', 'Asia/Kolkata', 'Asia/Kolkata']);
  expect(await said(KOLKATA)).toEqual([undefined, undefined, undefined]);
});

async function big(): Promise<string> {
  const cwd = tempDir();
  await store(
    join(cwd, 'var'),
    Array.from(
      { length: 1000 },
      (_, i) => `A 2014-03-14T${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} 1 1 1 1 9 1`,
    ),
  );
  return cwd;
}
