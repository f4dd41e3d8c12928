import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reportMailOf } from '../../../app/notify/formats/mail.ts';
import { reportOf } from '../../../app/run/dailyReport.ts';
import { loadConfig } from '../../../app/config/load.ts';
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

test('a day in figures: how many alarms, how many found late, and what misses its target', () => {
  const figure = { kpi: 'average-rate', name: 'Alarms an hour, on average', value: 7.123, unit: 'alarms/h', met: false, details: { alarms: 171 } };
  expect(reportOf('2026-03-01', [figure, { ...figure, kpi: 'useless', name: 'Useless', value: null, met: null, details: { foundLate: 2 } }])).toEqual({
    date: '2026-03-01', summary: 'REPORT 2026-03-01: 171 alarms, 2 found late',
    lines: ['Alarms an hour, on average: 7.12 alarms/h (NOT MET)', 'Useless: not known'],
  });
});

test('summary.report names channels that there are', () => {
  const file = join(tempDir(), 'site.yaml');
  writeFileSync(file, 'summary: { report: [nobody] }\n');
  expect(() => loadConfig({ file, env: {} })).toThrow(/summary\.report: expected one of notify\.channels/);
});
