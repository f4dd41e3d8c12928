import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../../app/config/load.ts';
import { recordSettings } from '../../../../app/run/recordSettings.ts';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { store } from '../../../support/stored.ts';
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

test('for people it is a table that says what to do when there is nothing', async () => {
  const { cwd } = await site();
  expect((await runCommand(['alarms'], { cwd })).stdout).toMatch(
    /^Pump +Rule +Priority +State +From +Until +Readings +Worst\nA +low-psi +high +active-un[a-z]+ +2014-03-14T12:00:00 +unknown +3 +2 psi\n[^]*2 alarms\n$/,
  );
  expect((await runCommand(['alarms', '--pump', 'B'], { cwd })).stderr).toContain('No alarm needs anybody just now');
  expect(await runCommand(['alarms', '--state', 'odd'], { cwd })).toMatchObject({ code: 2, stdout: '' });
  expect(await runCommand(['alarms', 'frobnicate'], { cwd })).toMatchObject({ code: 2, stdout: '' });
});
