import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { dropSamples, refuseSignIn, sampleReference } from '../../../app/run/demo.ts';
import { tempDir } from '../../support/tempDir.ts';

test('a demo with users of the broker says that its pumps have no password', () => {
  const load = (env: Readonly<Record<string, string>>) => loadConfig({ cwd: tempDir(), env });
  expect(() => refuseSignIn(load({ WELLWATCH_RECEIVERS_MQTT_USERS: 'users.json' }))).toThrow(
    expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('simulated pumps sign in nowhere') as string }) as Error,
  );
  refuseSignIn(load({}));
});

test('the sample readings end now, with their failures and what was done about them on the same days; an earlier demo keeps its own', () => {
  const dir = tempDir();
  const config = loadConfig({ cwd: dir, env: {}, defaults: { site: { timezone: 'UTC' }, reference: sampleReference() } });
  const demo = dropSamples(config, Date.parse('2027-03-01T08:30:20Z'));
  const inbox = join(dir, 'var', 'inbox');
  const lines = readdirSync(inbox).sort().flatMap((name) => readFileSync(join(inbox, name), 'utf8').trim().split('\n'));
  expect(lines.length).toBe(28_800);
  expect(lines[0]).toMatch(/^TECHE,2\/26\/27,8:31,/);
  expect(lines.at(-1)).toMatch(/^PONTCHARTRAIN,3\/1\/27,8:29,/);
  expect(lines.find((line) => line.startsWith('MERMENTAU,') && line.split(',')[7] === '4.99')).toMatch(/^MERMENTAU,3\/1\/27,3:38,/);
  const work = readFileSync(demo.reference.maintenance, 'utf8');
  expect(work).toContain('MERMENTAU,3/1/27,A. Fontenot,"Shutdown, main feed line failure"');
  expect(demo.alarms.rules.find(({ id }) => id === 'low-psi')?.guidance).toContain('Check suction valve');
  dropSamples(config, Date.parse('2027-03-02T08:30:20Z'));
  expect(readFileSync(demo.reference.maintenance, 'utf8')).toBe(work);
});
