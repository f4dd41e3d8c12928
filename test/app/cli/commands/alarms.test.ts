import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { alarms } from '../../../../app/cli/commands/alarms.ts';
import { Output } from '../../../../app/cli/output.ts';
import { loadConfig } from '../../../../app/config/load.ts';
import { recordSettings } from '../../../../app/run/recordSettings.ts';
import { formatDay } from '../../../../domain/reading/wallClock.ts';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { openWriter, store } from '../../../support/stored.ts';
import { tempDir } from '../../../support/tempDir.ts';

const ROWS = [
  'A 2014-03-13T12:00 9 1 800 1 3 1', 'A 2014-03-13T12:01 9 1 800 1 80 1',
  'A 2014-03-14T12:00 9 1 800 1 4 1', 'A 2014-03-14T12:01 9 1 800 1 2 1', 'A 2014-03-14T12:02 9 1 800 1 2 1',
  'B 2014-03-14T12:00 9 1 800 1 80 1',
];

async function site(): Promise<{ cwd: string; ask: (...words: string[]) => Promise<Record<string, unknown>[]> }> {
  const cwd = tempDir();
  await store(join(cwd, 'var'), ROWS);
  return { cwd, ask: (...words) => jsonLines(['alarms', ...words], { cwd }) };
}

test('alarms are those that need somebody; with a range or --all the history, in order of pump, rule and time', async () => {
  const { ask } = await site();
  const active = {
    pump: 'A', rule: 'low-psi', priority: 'high', state: 'active-unacknowledged', from: '2014-03-14T12:00:00',
    raised: '2014-03-14T12:00:00', returned: null, cleared: null, worst: 2, worstAt: '2014-03-14T12:01:00', readings: 3, stale: true, late: false, acknowledged: null,
    shelved: null,
  };
  const over = {
    ...active, state: 'returned-unacknowledged', from: '2014-03-13T12:00:00', raised: '2014-03-13T12:00:00',
    returned: '2014-03-13T12:01:00', cleared: '2014-03-13T12:01:00', worst: 3, worstAt: '2014-03-13T12:00:00', readings: 1, stale: false,
  };
  expect(await ask()).toEqual([active, over]);
  expect(Object.keys((await ask())[0])).toEqual(Object.keys(active));
  expect(await ask('--all')).toEqual([over, active]);
  expect(await ask('--to', '2014-03-13')).toEqual([over]);
  expect(await ask('--from', '2014-03-14')).toEqual([active]);
  expect(await ask('--state', 'returned-unacknowledged')).toEqual([over]);
  expect(await ask('--pump', 'B')).toEqual([]);
  expect(await ask('--rule', 'psi-low-for-this-pump', '--all')).toEqual([]);
});

test('what it has found of days that are over is kept for the next that asks, with the same answer', async () => {
  const { cwd, ask } = await site();
  const before = await ask('--all');
  const table = await openWriter(join(cwd, 'var'));
  expect([...(await table.alarmDays('A')).keys()].map(formatDay)).toEqual(['2014-03-13']);
  await table.close();
  expect(await ask('--all')).toEqual(before);
});

test('what people did is in it, and what is set aside is asked for by its state', async () => {
  const { ask } = await site();
  await ask('ack', 'A', 'low-psi', '--by', 'anna');
  expect(await ask()).toMatchObject([{ state: 'active-acknowledged', acknowledged: { by: 'anna' } }]);
  await ask('shelve', 'A', '--for', '1h', '--reason', 'Testing');
  expect(await ask()).toEqual([]);
  expect(await ask('--state', 'shelved')).toMatchObject([{ pump: 'A', shelved: { reason: 'Testing' } }]);
});

test('readings are judged by the rules of their own time: those of a start hold from then on', async () => {
  const { cwd, ask } = await site();
  const start = (yaml: string) => {
    writeFileSync(join(cwd, 'site.yaml'), yaml);
    return recordSettings(loadConfig({ cwd, env: {}, file: join(cwd, 'site.yaml') }), ({ message }) => { throw new Error(message); });
  };
  await start('');
  await start('rules: [{ id: low-psi, measure: psi, below: 3, priority: high }]');
  expect(await ask('--all', '--config', 'site.yaml')).toMatchObject([{ worst: 3 }, { worst: 2, readings: 3 }]);
});

test('where a rule asks for it, pumps of the vendor file that are silent are listed, and one alarm for all that can be acknowledged', async () => {
  const { cwd, ask } = await site();
  mkdirSync(join(cwd, 'reference'));
  writeFileSync(join(cwd, 'reference/sensorvendor.csv'), ['A', 'B', 'C'].map((id) => `${id},T,5/25/08,9/26/09,V,1,2\n`).join(''));
  writeFileSync(join(cwd, 'reference/sensormaint.csv'), '');
  writeFileSync(join(cwd, 'site.yaml'), 'rules: [{ id: gone, silent: 1s, priority: medium }]');
  const config = ['--config', 'site.yaml'];
  expect(await ask('--pump', 'C', '--all', ...config)).toMatchObject([{ pump: 'C', rule: 'gone', state: 'suppressed', from: '2009-09-26T00:00:00' }]);
  const [whole, ...others] = await ask(...config);
  expect(whole).toMatchObject({ pump: '*', state: 'active-unacknowledged', from: '2014-03-14T12:02:00', cleared: null, worst: null });
  expect(others.every(({ cleared }) => cleared !== null)).toBe(true);
  expect(await ask('ack', '*', 'gone', '--by', 'anna', ...config)).toMatchObject([{ pump: '*', state: 'active-acknowledged' }]);
  expect(await runCommand(['alarms', 'shelve', '*', '--for', '1h', '--reason', 'x', ...config], { cwd })).toMatchObject({ code: 2 });
  expect((await runCommand(['alarms', ...config], { cwd })).stdout).toContain('* (all pumps)');
});

test('for people it is a table that says what to do when there is nothing', async () => {
  const { cwd } = await site();
  expect((await runCommand(['alarms'], { cwd })).stdout).toMatch(
    /^Pump +Rule +Priority +State +From +Until +Readings +Worst\nA +low-psi +high +active-un[a-z]+ +2014-03-14T12:00:00 +unknown +3 +2 psi\n[^]*2 alarms\n$/,
  );
  expect((await runCommand(['alarms', '--pump', 'B'], { cwd })).stderr).toContain('No alarm needs anybody just now');
  expect(await runCommand(['alarms', '--state', 'odd'], { cwd })).toMatchObject({ code: 2, stdout: '' });
  expect(await runCommand(['alarms', 'frobnicate'], { cwd })).toMatchObject({ code: 2, stdout: '' });
});

test('alarms try says what rules of a file would have made, stores nothing, and refuses what is no list of rules', async () => {
  const { cwd, ask } = await site();
  writeFileSync(join(cwd, 'new.yaml'), 'rules: [{ id: low-psi, measure: psi, below: 3 }, { id: fast, measure: hz, above: 8 }]\n');
  const [lowPsi, ...others] = await ask('try', '--rules', join(cwd, 'new.yaml'));
  expect(lowPsi).toEqual({
    rule: 'low-psi', before: { alarms: 2, perHour: 2 / (24 + 2 / 60), chattering: 0 },
    after: { alarms: 1, perHour: 1 / (24 + 2 / 60), chattering: 0 }, gained: 0, lost: 1,
  });
  expect(others).toMatchObject([
    { rule: 'psi-low-for-this-pump', before: { alarms: 0 }, after: { alarms: 0 } }, { rule: 'fast', after: { alarms: 2 }, gained: 2 },
  ]);
  expect((await ask('try')).map(({ gained, lost }) => [gained, lost])).toEqual([[0, 0], [0, 0]]);
  expect(await ask()).toHaveLength(2);
  const { stdout } = await runCommand(['alarms', 'try', '--rules', join(cwd, 'new.yaml'), '--to', '2014-03-13'], { cwd });
  expect(stdout).toMatch(/^Rule +Alarms +would be +Per hour.*\nlow-psi +1 +0 /);
  writeFileSync(join(cwd, 'none.yaml'), 'alarms: { hold: 1m }\n');
  writeFileSync(join(cwd, 'wrong.yaml'), 'rules: [{ id: low-psi, measure: psi }]\n');
  expect(await runCommand(['alarms', 'try', '--rules', join(cwd, 'none.yaml')], { cwd })).toMatchObject({
    code: 2, stdout: '', stderr: expect.stringContaining('expected "rules:"') as string,
  });
  expect(await runCommand(['alarms', 'try', '--rules', join(cwd, 'wrong.yaml')], { cwd })).toMatchObject({
    code: 2, stdout: '', stderr: expect.stringContaining('rules[0]') as string,
  });
});

test('in few columns of a terminal each alarm is told whole: what is wrong, since when, and what was done before', async () => {
  const { cwd } = await site();
  mkdirSync(join(cwd, 'reference'));
  writeFileSync(join(cwd, 'reference/sensormaint.csv'), 'A,3/3/14,E. Simmons,Adjust bearing alignment\nA,3/14/14,D.Pitre,Shutdown\n');
  let text = '';
  const terminal = Object.assign(new Writable({ write: (chunk, _, done) => { text += String(chunk); done(); } }), { isTTY: true, columns: 80 });
  const surface = { json: false, output: new Output(terminal), notes: { isTTY: false, say: () => undefined, progress: () => undefined } };
  expect(await alarms({ ...surface, config: loadConfig({ cwd, env: {} }) }, {})).toBe(0);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'HIGH   A below 5 psi, worst 2 psi',
    '       active, unacknowledged since 2014-03-14 12:00, what is so now is unknown',
    '       before it 2014-03-03 Adjust bearing alignment (E. Simmons)',
  ]);
});
