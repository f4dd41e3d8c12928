import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ticksOf } from '../../../app/charts/valueTicks.ts';
import { html } from '../../../app/report/html.ts';
import { axeViolations, expectNoSidewaysScroll, hasBrowser, launchBrowser, openPage } from '../../support/browser.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { store } from '../../support/stored.ts';
import { tempDir } from '../../support/tempDir.ts';

/** A pump's day, each minute from noon on: `psi` of its minutes. */
function minutes(pump: string, day: string, psi: readonly number[]): string[] {
  return psi.map((value, i) => `${pump} ${day}T12:${String(i).padStart(2, '0')} 9 1 800 1 ${value} 1`);
}

const HEALTHY = Array.from({ length: 30 }, (_, i) => 80 + (i % 5));
const FAILING = HEALTHY.map((value, i) => (i < 10 ? value : i < 20 ? 3 : value));
const DOWN = HEALTHY.map((value, i) => (i < 20 ? value : 1));

/** Two pumps that fail, one that is well, one of the vendor file that says nothing, and one that it does not know. */
async function site(): Promise<string> {
  const cwd = tempDir();
  mkdirSync(join(cwd, 'reference'));
  writeFileSync(join(cwd, 'reference/sensorvendor.csv'), ['A', 'B', 'QUIET'].map((id) => `${id},HYDROPUMP,5/25/08,9/26/09,GENPUMP,29.6,-91.1\n`).join(''));
  writeFileSync(join(cwd, 'reference/sensormaint.csv'), 'A,6/1/12,T. LaBou,Inspect\nA,3/14/14,T. LaBou,Replace valve\nA,3/15/14,N. Ext,Later\n');
  await store(join(cwd, 'var'), [
    ...minutes('A', '2014-03-13', HEALTHY), ...minutes('A', '2014-03-14', FAILING), ...minutes('A', '2014-03-15', HEALTHY),
    ...minutes('B', '2014-03-13', HEALTHY), ...minutes('B', '2014-03-14', DOWN), ...minutes('B', '2014-03-15', HEALTHY),
    ...minutes('<b>_WELL', '2014-03-14', HEALTHY),
  ], { rejects: [{
    id: 'x', source: 'bad.csv', line: 17, reason: 'expected PressureLbs to be a number, got `abc`', raw: 'A,<script>alert(1)</script>',
    receivedAt: Date.parse('2014-03-14T18:00:00Z'),
  }] });
  return cwd;
}

async function reportOf(cwd: string, ...words: string[]): Promise<string> {
  const { code, stderr } = await runCommand(['report', 'r.html', ...words], { cwd });
  expect([code, stderr]).toEqual([0, expect.stringContaining('Written to r.html')]);
  return readFileSync(join(cwd, 'r.html'), 'utf8');
}

/** The page without its tags, in one line. */
function wordsOf(page: string): string {
  return page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

test('a day says who needs somebody, what changed, what alarmed, what is missing, what was rejected, and the figures', async () => {
  const cwd = await site();
  await runCommand(['summarize'], { cwd });
  await runCommand(['alarms', 'ack', 'A', 'low-psi', '--by', 'anna', '--comment', 'Valve replaced'], { cwd });
  const text = wordsOf(await reportOf(cwd, '--date', '2014-03-14'));
  for (const part of [
    'Friday, 14 March 2014', 'B needs somebody. 1 pump did not report at all: nothing is known of it.',
    'B HYDROPUMP, GENPUMP high Pressure below 5 psi since 12:20, worst 1.0 psi at 12:20, 10 readings', 'nobody acknowledged it',
    '2 alarms began, 1 ended.', 'Maintenance of A: 2014-03-14 Replace valve (T. LaBou)', 'Report now, and did not before: &lt;b&gt;_WELL',
    'A Pressure 82.0 psi 55.7 psi', '12:10 12:20 10 min 3.0 psi over, acknowledged by anna: Valve replaced',
    'All readings came later than 1 h after their own time', 'unknown pump', 'expected PressureLbs to be a number, got … 1 bad.csv:17',
    'A,&lt;script&gt;alert(1)&lt;/script&gt;', '211 received = 210 stored + 0 duplicate + 1 rejected + 0 pending', 'QUIET 24 h – no reading at all',
    'Share of alarms with high priority 100 % not met',
  ]) expect(text).toContain(part);
  expect(text).not.toContain('Later');
});

test('the report of a past day is the same bytes again, knows nothing of the days after it, and needs nothing from elsewhere', async () => {
  const cwd = await site();
  const page = await reportOf(cwd, '--date', '2014-03-14');
  expect(await reportOf(cwd, '--date', '2014-03-14')).toBe(page);
  expect((await runCommand(['report', '-', '--date', '2014-03-14'], { cwd })).stdout).toBe(page);
  // B came back on the day after, of which that day's end knew nothing.
  expect(wordsOf(page)).toContain('unknown after 12:29');
  expect(wordsOf(await reportOf(cwd, '--from', '2014-03-13', '--to', '2014-03-15'))).toContain('15 Mar 12:00');
  expect(page).not.toMatch(/<script|https?:\/\/|<link|<img|@import/);
  expect(page).toContain("default-src 'none'");
});

test('a day without a reading is not well: nothing is known of it; programs get a line of figures', async () => {
  const cwd = await site();
  expect(wordsOf(await reportOf(cwd, '--date', '2014-03-20'))).toContain('No reading of any of 4 pumps: nothing is known.');
  expect(await jsonLines(['report', '--date', '2014-03-14', 'r.html'], { cwd })).toEqual([expect.objectContaining({
    file: 'r.html', from: '2014-03-14', to: '2014-03-14', alarms: 2, needs: ['A', 'B'], readings: 90, rejected: 1,
  })]);
  for (const wrong of [['r.pdf'], ['-', '--json']]) expect((await runCommand(['report', ...wrong], { cwd })).code).toBe(2);
});

test('ticks of values are round and few, and what comes from outside is escaped', () => {
  expect(ticksOf([-8, 108])).toEqual([0, 50, 100]);
  expect(ticksOf([0.46, 2.04])).toEqual([0.5, 1, 1.5, 2]);
  expect(html`<p title="${'"&<'}">${['a', null, html`<b>x</b>`]}${'\u202e'}</p>`.text).toBe('<p title="&quot;&amp;&lt;">a<b>x</b>\\u202e</p>');
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  test('a report is accessible, and fits a phone', async () => {
    const cwd = await site();
    await reportOf(cwd, '--date', '2014-03-14');
    const browser = await launchBrowser();
    try {
      const url = pathToFileURL(join(cwd, 'r.html')).href;
      for (const dark of [false, true]) expect(await axeViolations(await openPage(browser, url, { dark }))).toEqual([]);
      const phone = await openPage(browser, url, { width: 390 });
      await expectNoSidewaysScroll(phone);
    } finally {
      await browser.close();
    }
  });
});
