import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { publishLines } from '../../app/simulator/publisher.ts';
import { randomNumbers } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';
import { jsonLines, runCommand } from '../support/command.ts';
import { lineMatching, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';

const data = fileURLToPath(new URL('../../data', import.meta.url));
const env = {
  WELLWATCH_REFERENCE_PUMPS: join(data, 'reference', 'sensorvendor.csv'),
  WELLWATCH_REFERENCE_MAINTENANCE: join(data, 'reference', 'sensormaint.csv'),
  WELLWATCH_RECEIVERS_MQTT_PORT: '0',
  WELLWATCH_SUMMARY: 'false',
};

const sampleRows = (): string[] =>
  readdirSync(join(data, 'readings'))
    .sort()
    .flatMap((name) =>
      readFileSync(join(data, 'readings', name), 'utf8')
        .trimEnd()
        .split('\n'),
    );

function shuffled(rows: readonly string[]): string[] {
  const random = randomNumbers(99);
  const mixed = [...rows];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

async function contents(dir: string) {
  const at = ['--data-dir', dir];
  const pumps = await jsonLines<{ pump: string }>(['pumps', ...at], { env });
  const readings = [];
  for (const { pump } of pumps) readings.push((await runCommand(['readings', '--json', '--pump', pump, ...at])).stdout);
  const [alerts, stats] = await Promise.all(['alerts', 'stats'].map((command) => runCommand([command, '--json', ...at], { env })));
  return { readings, alerts: alerts.stdout, stats: stats.stdout };
}

test('rows in order in one go, and shuffled over three files and MQTT, give the same table, alerts and statistics to the bit; again ' +
  'they are duplicates', async () => {
  const rows = sampleRows();
  const ordered = join(tempDir(), 'ordered');
  dropFile(join(ordered, 'inbox'), 'all.csv', rows);
  const [first] = await jsonLines<Record<string, number>>(['run', '--once', '--data-dir', ordered], { env });
  expect(first).toEqual({ received: rows.length, stored: rows.length, duplicate: 0, rejected: 0, pending: 0, alerts: first.alerts });
  expect(first.alerts).toBeGreaterThan(1000);
  expect(await jsonLines(['summarize', '--data-dir', ordered], { env })).toEqual([{ pumpDays: 30, rows: rows.length }]);

  const mixed = join(tempDir(), 'mixed');
  const parts = shuffled(rows);
  const fifth = Math.floor(rows.length / 5);
  for (let file = 0; file < 3; file++) dropFile(join(mixed, 'inbox'), `part${file}.csv`, parts.slice(file * fifth, (file + 1) * fifth));
  const job = startProgram(['run', '--data-dir', mixed], { env });
  const [, url] = await lineMatching(job, 'stdout', /publish to +(mqtt:\S+)/);
  await publishLines({
    url,
    qos: 1,
    maxInflight: 500,
    topicOf: (pump) => `pumps/${pump}/readings`,
    lines: parts.slice(3 * fifth).map((line) => ({ pump: line.split(',')[0], line })),
  });
  while (readdirSync(join(mixed, 'inbox', 'done')).length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
  job.kill('SIGTERM');
  await once(job, 'exit');
  expect(await jsonLines(['summarize', '--data-dir', mixed], { env })).toEqual([{ pumpDays: 30, rows: rows.length }]);
  const whole = await contents(ordered);
  expect(whole.alerts.split('\n').length - 1).toBe(first.alerts);
  expect(await contents(mixed)).toEqual(whole);

  dropFile(join(ordered, 'inbox'), 'all.csv', rows);
  expect(await jsonLines(['run', '--once', '--data-dir', ordered], { env })).toEqual([
    { received: rows.length, stored: 0, duplicate: rows.length, rejected: 0, pending: 0, alerts: 0 },
  ]);
  expect(await contents(ordered)).toEqual(whole);
  expect(await jsonLines(['summarize', '--data-dir', ordered], { env })).toEqual([{ pumpDays: 0, rows: 0 }]);
});
