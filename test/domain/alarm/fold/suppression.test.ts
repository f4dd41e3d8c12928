import { expect, test } from 'vitest';
import type { Alarm } from '../../../../domain/alarm/fold/alarm.ts';
import type { AlarmRule } from '../../../../domain/alarm/fold/alarmRule.ts';
import { isSuppressed, suppressionsOf } from '../../../../domain/alarm/fold/suppression.ts';
import { PLAIN } from '../../../support/rules.ts';

const noPower: AlarmRule = { ...PLAIN, id: 'no-power', measure: 'hz' };
const badPsi: AlarmRule = { ...PLAIN, id: 'bad-psi', condition: { kind: 'range', low: 0, high: 500 } };
const lowPsi: AlarmRule = { ...PLAIN, suppressedBy: ['no-power'] };
const rules = [noPower, badPsi, lowPsi];

function alarm(rule: AlarmRule, from: number, raised: number, cleared: number | null): Alarm {
  return {
    pump: 'TECHE', rule: rule.id, measure: rule.measure, priority: 'high', levels: [], from, raised, returned: cleared, cleared,
    ruleEnded: false, worst: 0, worstAt: from, readings: 1, last: from, foundAt: 0,
  };
}

test('an alarm means nothing while its cause is there, though the cause was raised later', () => {
  const low = alarm(lowPsi, 10, 10, null);
  const found = suppressionsOf(low, [low, alarm(noPower, 9, 30, 50)], rules);
  expect(found).toEqual([{ rule: 'no-power', from: 9, to: 50 }]);
  expect([isSuppressed(low, found, 20), isSuppressed(low, found, 50)]).toEqual([true, false]);
});

test('an instrument that is broken suppresses what its measure says, and nothing else', () => {
  const broken = alarm(badPsi, 5, 5, 90);
  expect(suppressionsOf(alarm(lowPsi, 10, 10, 20), [broken], rules)).toHaveLength(1);
  expect(suppressionsOf(alarm(noPower, 10, 10, 20), [broken], rules)).toEqual([]);
});

test('an alarm that is over was suppressed when all of it was', () => {
  const before = alarm(noPower, 0, 0, 15);
  const over = alarm(lowPsi, 5, 10, 20);
  const suppressed = (others: readonly Alarm[]) => isSuppressed(over, suppressionsOf(over, others, rules), 100);
  expect(suppressed([before])).toBe(false);
  expect(suppressed([before, alarm(noPower, 15, 16, 20)])).toBe(true);
  expect(suppressed([before, alarm(noPower, 16, 16, 20)])).toBe(false);
});
