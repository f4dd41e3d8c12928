import type { dailyReport as dailyReportOf } from '../../../app/run/dailyReport.ts';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reportMailOf } from '../../../app/notify/formats/mail.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { store } from '../../support/stored.ts';
import { startHook } from '../../support/hook.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';
import { notifying, toOne } from './notifying.ts';

const REPORT = { date: '2026-03-01', summary: 'REPORT 2026-03-01: 2 alarms', lines: ['Alarms an hour, on average: 0.1 alarms/h'] };

test('the report of a day goes to its channel once, also over a restart', async () => {
  const hook = await startHook();
  onTestFinished(() => hook.down());
  const config = toOne({ kind: 'webhook', url: hook.url, format: 'standard' });
  const dir = tempDir();
  const first = await notifying(config, dir);
  first.report(REPORT, ['duty', 'gone']);
  await until(() => hook.taken.length === 1);
  expect(JSON.parse(hook.taken[0].body)).toMatchObject({
    type: 'report', data: { date: '2026-03-01', url: null, text: expect.stringContaining('2 alarms\nAlarms an hour') as string },
  });
  await until(() => first.status().channels[0].sent === 1);
  await first.stop();
  const second = await notifying(config, dir);
  second.report(REPORT, ['duty']);
  second.report({ ...REPORT, date: '2026-03-02' }, ['duty']);
  await until(() => hook.taken.length === 2);
  expect((JSON.parse(hook.taken[1].body) as { data: { date: string } }).data.date).toBe('2026-03-02');
});

test('a page of the day goes with a mail as a file', async () => {
  const text = { summary: REPORT.summary, lines: REPORT.lines };
  const rendering = { id: 'msg_1', report: { ...REPORT, html: '<p>day</p>' }, text, site: 'A', url: null, timestamp: '2026-03-02T06:30:00.000Z' };
  const content = await reportMailOf(rendering, { from: 'a@example.org', to: ['b@example.org'] });
  expect(content.kind === 'mail' && content.raw).toMatch(/Subject: REPORT 2026-03-01: 2 alarms[\s\S]*filename=report-2026-03-01\.html/);
});

test('the report of the day before is made by the program: its first line, its lines and its page', async () => {
  const dir = tempDir();
  await store(dir, ['A 2026-02-28T12:00 9 1 800 1 80 1', 'A 2026-03-01T12:00 9 1 800 1 3 1', 'A 2026-03-02T12:00 9 1 800 1 80 1']);
  // The built one, as it starts itself as a process.
  const built = new URL('../../../dist/app/run/dailyReport.js', import.meta.url).href;
  const { dailyReport } = (await import(built)) as { dailyReport: typeof dailyReportOf };
  const config = loadConfig({ env: { WELLWATCH_DATA_DIR: dir, WELLWATCH_SITE_TIMEZONE: 'America/Chicago' } });
  const now = () => Date.parse('2026-03-02T06:30:00Z');
  const file = join(dir, 'site.yaml');
  writeFileSync(file, 'site: { timezone: America/Chicago }\n');
  const report = await dailyReport({ config, configFile: file, now }, () => undefined);
  expect(report).toMatchObject({
    date: '2026-03-01', summary: 'REPORT 2026-03-01: 1 alarm. A needs somebody.',
    lines: [expect.stringMatching(/^A: Pressure below 5 psi since 12:00, worst 3\.0 psi$/), expect.stringContaining('1 reading, 0 rejected'), expect.anything()],
    html: expect.stringContaining('Sunday, 1 March 2026') as string,
  });
  expect(readdirSync(dir).filter((name) => name.includes('report'))).toEqual([]);
});

test('summary.report names channels that there are', () => {
  const file = join(tempDir(), 'site.yaml');
  writeFileSync(file, 'summary: { report: [nobody] }\n');
  expect(() => loadConfig({ file, env: {} })).toThrow(/summary\.report: expected one of notify\.channels/);
});
