import { expect, onTestFinished, test } from 'vitest';
import type { AlarmRule } from '../../../domain/alarm/fold/alarmRule.ts';
import type { RuleVersion } from '../../../domain/alarm/fold/versions.ts';
import { type TrialQuestion, tryRules } from '../../../query/alarms/trial.ts';
import { PLAIN } from '../../support/rules.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { openWriter, store } from '../../support/stored.ts';
import { tempDir } from '../../support/tempDir.ts';

const START = parseTime('2014-03-14')!;
const MINUTE = 60_000;

/** Readings a minute apart, of what is given as psi. */
async function tried(values: readonly number[], question: TrialQuestion) {
  const dir = tempDir();
  await store(dir, values.map((psi, i) => `A ${formatTime(START + i * MINUTE)} 9 1 1 1 ${psi} 1`));
  const table = await openWriter(dir);
  onTestFinished(() => table.close());
  return tryRules(table, question);
}

const limit = (threshold: number): AlarmRule => ({
  ...PLAIN, id: 'low', condition: { kind: 'limit', side: 'below', levels: [{ priority: 'high', threshold }] },
});
const always = (...rules: AlarmRule[]): RuleVersion[] => [{ from: 0, rules }];
const figures = (alarms: number, perHour: number | null, chattering = 0) => ({ alarms, perHour, chattering });

test('rules are tried beside those in force: what they would make, gain and lose', async () => {
  //               lost       both             gained
  const values = [80, 4, 80, 2, 2, 80, 80, ...Array.from({ length: 54 }, () => 80)];
  const before = always(limit(5));
  expect(await tried(values, { before, after: [limit(3)] })).toMatchObject([
    { rule: 'low', before: figures(2, 2), after: figures(1, 1), gained: 0, lost: 1, laterMs: 0 },
  ]);
  expect(await tried(values, { before, after: [limit(5), { ...limit(81), id: 'new' }] })).toMatchObject([
    { rule: 'low', before: figures(2, 2), after: figures(2, 2), gained: 0, lost: 0 },
    { rule: 'new', before: figures(0, 0), after: figures(1, 1), gained: 1, lost: 0 },
  ]);
  expect(await tried(values, { before, after: [] })).toMatchObject([{ rule: 'low', after: figures(0, 0), gained: 0, lost: 2 }]);
});

test('counted are alarms that are raised in the range; a delay ends chattering without losing the alarm that lasts', async () => {
  const values = [80, 3, 80, 3, 80, 3, 3, 3, 3, 80];
  const after: AlarmRule[] = [{ ...limit(5), onDelayMs: 2 * MINUTE }];
  expect(await tried(values, { before: always(limit(5)), after })).toMatchObject([
    { before: { alarms: 3 }, after: { alarms: 1 }, gained: 0, lost: 2, laterMs: 2 * MINUTE },
  ]);
  const to = START + 4 * MINUTE;
  expect(await tried(values, { before: always(limit(5)), after, from: START + 2 * MINUTE, to })).toMatchObject([
    { before: { alarms: 1 }, after: { alarms: 0 }, gained: 0, lost: 1 },
  ]);
});

test('an alarm that means nothing because of another one is not counted', async () => {
  const cause: AlarmRule = { ...limit(10), id: 'cause' };
  const quiet: AlarmRule = { ...limit(5), suppressedBy: ['cause'] };
  expect(await tried([80, 4, 80], { before: always(limit(5), cause), after: [quiet, cause] })).toMatchObject([
    { rule: 'low', before: { alarms: 1 }, after: { alarms: 0 }, lost: 1 }, { rule: 'cause', before: { alarms: 1 }, after: { alarms: 1 } },
  ]);
});

test('a rule that is in force no longer is there with what it made', async () => {
  const before: RuleVersion[] = [{ from: 0, rules: [limit(5)] }, { from: START + 5 * MINUTE, rules: [] }];
  expect(await tried([80, 4, 80, 80, 80, 80, 4], { before, after: [] })).toMatchObject([{ rule: 'low', before: { alarms: 1 }, lost: 1 }]);
});
