import { expect, test } from 'vitest';
import { type Alert, alertFrom } from '../../../domain/alarm/alert.ts';
import type { Alarm } from '../../../domain/alarm/fold/alarm.ts';
import { alertGroups } from '../../../query/alarms/alertGroups.ts';
import { collect } from '../../support/steps.ts';

const alert = (pump: string, time: number, value = 0, rule = 'low-psi') =>
  alertFrom({ pump, time, rule, measure: 'psi', value, threshold: 5, receivedAt: 0 });
const alarm = (from: number, cleared: number | null, rule = 'low-psi') => ({ rule, from, cleared }) as Alarm;

/** `A low-psi 0-2 ×3 worst` for each. */
async function groups(pages: readonly (readonly Alert[])[], alarms: readonly Alarm[] = []): Promise<string[]> {
  const from = async function* () { yield* pages; };
  return (await collect(alertGroups(from(), { alarmsOf: () => alarms, closeMs: 5 }))).flat()
    .map(({ first, last, count, worst }) => `${first.pump} ${first.rule} ${first.time}-${last.time} ×${count} ${worst}`);
}

test('alerts of one alarm are one, also across pages and what is within its deadband, and cut by a range', async () => {
  const pages = [[alert('A', 10, 3), alert('A', 50, 1)], [alert('A', 90, 2), alert('A', 100, 4)]];
  expect(await groups(pages, [alarm(0, 5), alarm(7, 95), alarm(100, null)])).toEqual(['A low-psi 10-90 ×3 1', 'A low-psi 100-100 ×1 4']);
});

test('each rule and pump has its own, in order of beginning', async () => {
  const pages = [[alert('A', 1, 2, 'other'), alert('A', 1, 3), alert('A', 2, 2, 'other')], [alert('B', 1)]];
  expect(await groups(pages, [alarm(1, null), alarm(1, null, 'other')])).toEqual([
    'A low-psi 1-1 ×1 3', 'A other 1-2 ×2 2', 'B low-psi 1-1 ×1 0',
  ]);
});

test('those of no alarm are listed too, one line where they follow each other', async () => {
  const pages = [[alert('A', 1), alert('A', 6), alert('A', 12), alert('A', 15), alert('A', 17)]];
  expect(await groups(pages, [alarm(14, 16)])).toEqual(['A low-psi 1-6 ×2 0', 'A low-psi 12-12 ×1 0', 'A low-psi 15-15 ×1 0', 'A low-psi 17-17 ×1 0']);
});
