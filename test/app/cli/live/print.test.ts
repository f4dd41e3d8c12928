import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../app/config/packageRoot.ts';
import { batchLines } from '../../../../app/cli/live/printedBatch.ts';
import { readFileSync } from 'node:fs';
import { dropFile } from '../../../support/inbox.ts';
import { runProgram, startProgram } from '../../../support/program.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { time } from '../../../support/steps.ts';

const data = join(packageRoot(), 'data');
const env = {
  WELLWATCH_REFERENCE_PUMPS: join(data, 'reference/sensorvendor.csv'),
  WELLWATCH_REFERENCE_MAINTENANCE: join(data, 'reference/sensormaint.csv'),
  WELLWATCH_RECEIVERS_MQTT: 'false',
  WELLWATCH_HTTP: 'false',
  WELLWATCH_BATCH_INTERVAL: '24h',
};

test('the packaged sample: the batch with its first readings, its alerts, and these joined, each with a count', async () => {
  const dir = tempDir();
  dropFile(join(dir, 'var/inbox'), 'x.csv', readFileSync(join(data, 'readings/2026-10-07.csv')));
  const { stdout, stderr } = await runProgram(['run', '--once', '--print'], { cwd: dir, env });
  expect(stderr).toBe('');
  const lines = stdout.split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '-------------------------------------------', expect.stringMatching(/^Time: \d+ ms$/), '-------------------------------------------',
    '(TECHE,2026-10-07,00:00:00,9.64,2.478,1261,0.03,76,1.81)',
  ]);
  expect(Number(/\d+/.exec(lines[1])![0]) % 86_400_000).toBe(0); // when its interval ended
  // 9,600 lines; 915 of LAFOURCHE and 195 of MERMENTAU are below 5 psi, which have 16 and 15 maintenance events.
  expect(lines.slice(12, 17)).toEqual([expect.stringMatching(/^\(PONTCHARTRAIN,2026-10-07,00:00:00,/), '...', 'count: 9600', '', 'alerts']);
  expect(lines[17]).toMatch(/^pump +date +time +rule +measure +value$/);
  expect(lines[18]).toMatch(/^LAFOURCHE +2026-10-07 +01:07:00 +low-psi +psi +4\.99$/);
  expect(lines[27]).toMatch(/^LAFOURCHE +2026-10-07 +01:21:00 +low-psi +psi +0$/);
  expect(lines.slice(28, 32)).toEqual(['...', 'count: 1110', '', 'alerts with vendor and maintenance']);
  expect(lines[33]).toMatch(
    /^LAFOURCHE +2026-10-07 +01:07:00 +low-psi +4\.99 +HYDROPUMP +2019-09-03 +2020-01-27 +DELTAPUMP +2020-01-27 +A\. Fontenot +Install$/,
  );
  expect(lines[42]).toMatch(/^LAFOURCHE +2026-10-07 +01:07:00 +low-psi .* 2024-08-30 +C\. Robichaux +Vane clearance adjust$/);
  expect(lines.slice(43, 46)).toEqual([
    '...',
    `count: ${915 * 16 + 195 * 15}`,
    '9,600 received: 9,600 stored, 0 duplicate, 0 rejected, 0 pending; 1,110 alerts',
  ]);
});

test('a running job prints each batch that has readings, and nothing else', async () => {
  const dir = tempDir();
  const job = startProgram(['run', '--print'], {
    cwd: dir,
    env: { ...env, WELLWATCH_BATCH_INTERVAL: '100ms', WELLWATCH_SUMMARY: 'false' },
  });
  let stdout = '';
  const printed = new Promise<void>((resolve) => {
    job.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('count: 1\n')) resolve();
    });
  });
  dropFile(join(dir, 'var/inbox'), 'x.csv', 'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94\n');
  await printed;
  job.kill('SIGTERM');
  await once(job, 'exit');
  expect(stdout).toMatch(/^-{43}\nTime: \d+00 ms\n-{43}\n\(COHUTTA,2014-03-10,01:01:00,10\.27,1\.73,881,1\.56,85,1\.94\)\ncount: 1\n$/);
});

test('an unknown pump comes through the join, and what a pump id holds can’t steer the terminal', () => {
  const alert = {
    pump: 'A\x1b[2J',
    time: time('2014-03-10T01:01'),
    rule: 'low-psi',
    measure: 'psi' as const,
    value: 0,
    comparison: 'below' as const,
    threshold: 5,
    receivedAt: 1,
    known: false,
    vendor: null,
    maintenance: [],
  };
  const lines = batchLines(2000, {
    readings: [{ pump: 'A\x1b[2J', time: alert.time, values: [1, 2, 3, 4, 0, 6] }],
    readingCount: 1,
    alerts: [alert],
    alertCount: 1,
    joinedCount: 1,
  });
  expect(lines.join('\n')).not.toContain('\x1b');
  expect(lines.slice(3)).toEqual([
    '(A\\x1b[2J,2014-03-10,01:01:00,1,2,3,4,0,6)', 'count: 1', '',
    'alerts', expect.anything(), 'A\\x1b[2J  2014-03-10  01:01:00  low-psi  psi      0', 'count: 1', '',
    'alerts with vendor and maintenance', expect.anything(), expect.stringMatching(/^A\\x1b\[2J .* low-psi +0( +none){7}$/), 'count: 1',
  ]);
});

test('--print goes with neither --json nor --quiet', async () => {
  expect((await runProgram(['run', '--print', '--json'])).stderr).toContain('cannot be used with');
  expect((await runProgram(['run', '--print', '--quiet'])).code).toBe(2);
});
