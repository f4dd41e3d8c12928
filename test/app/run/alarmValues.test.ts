import { expect, onTestFinished, test } from 'vitest';
import { AlarmValues } from '../../../app/run/alarmValues.ts';
import { alarm } from '../../domain/notify/world.ts';
import { openWriter, store } from '../../support/stored.ts';
import { tempDir } from '../../support/tempDir.ts';

const FROM = { from: '2026-03-02T12:00:00', raised: '2026-03-02T12:00:00' };

test('what a pump showed before an alarm and shows now, where somebody may be told of it', async () => {
  const dir = tempDir();
  await store(dir, [
    'TECHE 2026-03-02T11:58 9 1 800 1 81 1', 'TECHE 2026-03-02T11:59 9 1 800 1 NaN 1',
    'TECHE 2026-03-02T12:00 9 1 800 1 0 1', 'TECHE 2026-03-02T12:01 9 1 800 1 2 1',
    'FRESH 2026-03-02T11:50 9 1 800 1 77 1',
  ]);
  const table = await openWriter(dir);
  onTestFinished(() => table.close());
  const values = new AlarmValues(table, (rule) => (rule === 'low-psi' ? 'psi' : null));
  const alarms = [alarm(FROM), alarm({ ...FROM, pump: 'FRESH' }), alarm({ ...FROM, rule: 'silence' }), alarm({ ...FROM, state: 'shelved' })];
  const [teche, fresh, silence, shelved] = await values.withValues(alarms);
  expect(teche).toEqual({ ...alarms[0], before: { at: '2026-03-02T11:58:00', value: 81 }, last: { at: '2026-03-02T12:01:00', value: 2 } });
  expect(fresh).toEqual({ ...alarms[1], before: { at: '2026-03-02T11:50:00', value: 77 } }); // its own readings are not stored yet
  expect([silence, shelved]).toEqual([alarms[2], alarms[3]]);
});
