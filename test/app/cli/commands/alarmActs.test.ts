import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { alarmReport } from '../../../../app/cli/commands/alarmReport.ts';
import { acts } from '../../../../app/cli/commands/acts.ts';
import * as does from '../../../../app/cli/commands/alarmActs.ts';
import type { Context } from '../../../../app/cli/context.ts';
import { Output } from '../../../../app/cli/output.ts';
import { loadConfig } from '../../../../app/config/load.ts';
import { recordSettings } from '../../../../app/run/recordSettings.ts';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { store } from '../../../support/stored.ts';
import { tempDir } from '../../../support/tempDir.ts';

const ROWS = ['A 2014-03-14T12:00 9 1 800 1 80 1', 'A 2014-03-14T12:01 9 1 800 1 3 1', 'B 2014-03-14T12:00 9 1 800 1 80 1'];

/** A command line in this process, on a site with an alarm at A: `said` is what it printed since it was asked last. */
async function open({ json = true, yaml = '' } = {}) {
  const cwd = tempDir();
  await store(join(cwd, 'var'), ROWS);
  const load = (text: string) => {
    writeFileSync(join(cwd, 'site.yaml'), text);
    return loadConfig({ cwd, env: {}, file: join(cwd, 'site.yaml') });
  };
  let printed = '';
  const notes: string[] = [];
  const stream = new Writable({ write: (chunk, _, done) => { printed += String(chunk); done(); } });
  const context: Context = {
    config: load(yaml), json, output: new Output(stream),
    notes: { isTTY: false, say: (text) => notes.push(text), progress: () => undefined },
  };
  const said = () => { const text = printed; printed = ''; return text; };
  const lines = () => said().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { cwd, context, notes, load, said, lines };
}

describe('alarms', () => {
  test('ack says the alarm as it is then, and is known to the next command', async () => {
    const { context, lines, notes } = await open();
    expect(await does.acknowledge(context, ['A', 'low-psi'], { comment: 'On my way', by: 'anna' })).toBe(0);
    expect(lines()).toMatchObject([
      { pump: 'A', rule: 'low-psi', state: 'active-acknowledged', acknowledged: { by: 'anna', comment: 'On my way' } },
    ]);
    await does.acknowledge(context, ['A', 'low-psi'], { by: 'ben' });
    expect(lines()).toMatchObject([{ acknowledged: { by: 'anna' } }]);
    expect(notes.at(-1)).toContain('nothing was written');
    await does.shelve(context, ['A', undefined], { for: '2h', reason: 'Testing', by: 'ben' });
    expect(lines()).toMatchObject([{ state: 'shelved', shelved: { by: 'ben', reason: 'Testing' } }]);
    await does.unshelve(context, ['A', undefined], {});
    await does.comment(context, ['A', 'low-psi', 'Valve was closed'], {});
    await does.outOfService(context, 'A', { reason: 'Motor', review: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10) });
    expect(lines().map(({ state }) => state)).toEqual(['active-acknowledged', 'active-acknowledged', 'out-of-service']);
    await does.returnPump(context, 'A', { comment: 'Back' });
    lines();
    await acts(context, {});
    expect(lines().map(({ number, kind, via, verified }) => [number, kind, via, verified])).toEqual(
      ['acknowledge', 'shelve', 'unshelve', 'comment', 'out-of-service', 'return'].map((kind, i) => [i + 1, kind, 'cli', false]),
    );
    await acts(context, { kind: 'shelve', by: 'ben', pump: 'A' });
    expect(lines()).toMatchObject([{ kind: 'shelve', comment: 'Testing', rule: null }]);
  });

  test('for people an alarm is a sentence, and acts are a table', async () => {
    const { context, said } = await open({ json: false });
    await does.acknowledge(context, ['A', 'low-psi'], { comment: 'On my way', by: 'anna' });
    expect(said()).toMatch(/^A low-psi: active-acknowledged, high, since 2014-03-14T12:01:00, worst 3, acknowledged by anna at .* \(On my/);
    await acts(context, {});
    const table = said();
    expect(table).toMatch(/No\. +At, America\/Chicago +Who +What +Pump +Rule +Said\n/);
    expect(table).toMatch(/\n +1 .* anna \(not verified\) +acknowledge +A +low-psi +On my way\n\n1 act\n/);
  });

  test('what can not be done says what was expected, and writes nothing', async () => {
    const { context, lines } = await open();
    await expect(does.acknowledge(context, ['a', 'low-psi'], {})).rejects.toMatchObject({
      code: 'NOT_FOUND', exitCode: 2, message: expect.stringContaining('did you mean A?') as string,
    });
    await expect(does.acknowledge(context, ['B', 'low-psi'], {})).rejects.toThrow('there has never been one');
    await expect(does.acknowledge(context, ['A', 'low-psi'], { for: 'ever' })).rejects.toThrow('--for: expected a duration such as 30m');
    await expect(does.shelve(context, ['A', undefined], { for: '30d', reason: 'x' })).rejects.toThrow('which has a review date');
    await expect(does.shelve(context, ['A', undefined], { for: '1h', reason: ' ' })).rejects.toThrow('reason: expected some words');
    await expect(does.reset(context, ['A', 'low-psi'], {})).rejects.toMatchObject({ code: 'CONFLICT', exitCode: 1 });
    await expect(does.acknowledge(context, ['A', 'low-psi'], { by: '' })).rejects.toThrow('--by: expected a name');
    await acts(context, {});
    expect(lines()).toEqual([]);
  });

  test('changes of rules and windows between two starts are acts', async () => {
    const { context, load, lines } = await open();
    const start = (yaml: string) => recordSettings(load(yaml), ({ message }) => { throw new Error(message); });
    await start('');
    await start('');
    await start('rules: [{ id: low-psi, measure: psi, below: 6 }, { id: hot, measure: hz, above: 12 }]\nmaintenance: ' +
      '[{ pumps: A, from: "2026-12-01", to: "2026-12-02", reason: Bearings }]');
    await start('rules: [{ id: low-psi, measure: psi, below: 6 }]');
    await acts(context, { kind: 'settings' });
    expect(lines().map(({ via, changes }) => [via, (changes as { path: string }[]).map(({ path }) => path)])).toEqual([
      ['start', []],
      ['start', expect.arrayContaining(['maintenance.0', 'rules.hot', 'rules.low-psi'])],
      ['start', expect.arrayContaining(['maintenance.0', 'rules.hot'])],
    ]);
    await acts(context, { rule: 'hot' });
    expect(lines().length).toBe(2);
  });

  test('report says a figure a line, with its target', async () => {
    const { context, lines } = await open();
    await alarmReport(context, { from: '2014-03-14', to: '2014-03-14' });
    const figures = lines();
    expect(figures.length).toBe(14);
    expect(figures[0]).toMatchObject({ kpi: 'average-rate', value: 1 / 24, met: true, source: 'ISA-18.2-2016 §16' });
    const people = await open({ json: false });
    await alarmReport(people.context, { from: '2014-03-14', to: '2014-03-14' });
    const said = people.said();
    expect(said).toMatch(/Alarms an hour, on average +0\.0417 alarms\/h +at most 6.*met/);
    expect(said).toMatch(/2014-03-14 to 2014-03-14\n\nMost frequent[^]*A +low-psi +1/);
  });

  test('is called as the help says, by options before and after', async () => {
    const { cwd } = await open();
    const words = ['alarms', 'shelve', 'A', 'low-psi', '--for', '1h', '--reason', 'Testing', '--by', 'anna'];
    const [shelved] = await jsonLines<{ state: string }>(words, { cwd });
    expect(shelved.state).toBe('shelved');
    const wrong = await runCommand(['alarms', '--json', 'ack', 'A', 'lowpsi'], { cwd });
    expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('did you mean low-psi?') as string });
  });
});
