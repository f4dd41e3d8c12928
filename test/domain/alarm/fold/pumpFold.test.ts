import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../../domain/alarm/fold/alarm.ts';
import type { AlarmRule } from '../../../../domain/alarm/fold/alarmRule.ts';
import { PumpFold, type PumpState } from '../../../../domain/alarm/fold/pumpFold.ts';
import { type RuleSpan, spansOf } from '../../../../domain/alarm/fold/versions.ts';
import { parseWhen } from '../../../../domain/alarm/fold/when.ts';
import { anyReadings, anyRule, columnsOf } from './arbitraries.ts';
import { PLAIN } from '../../../support/rules.ts';
import { naiveAlarms, type Reading } from './naiveFold.ts';
import fc from '../../../support/property.ts';

const spans = (rule: AlarmRule): readonly RuleSpan[] => spansOf([{ from: 0, rules: [rule] }], 'TECHE');

/** Folds the readings cut at some of them, with the state written and read again at each cut. */
function folded(rule: AlarmRule, readings: readonly Reading[], { known = 0, cuts = [] as readonly number[] } = {}): Alarm[] {
  const edges = [0, ...cuts.map((cut) => cut % (readings.length + 1)).sort((a, b) => a - b), readings.length];
  let state: PumpState | undefined;
  const alarms: Alarm[] = [];
  edges.slice(1).forEach((end, i) => {
    const fold = new PumpFold('TECHE', spans(rule), state);
    fold.take(columnsOf(readings.slice(edges[i], end)));
    alarms.push(...fold.takeEnded());
    state = JSON.parse(JSON.stringify(fold.state())) as PumpState;
  });
  return [...alarms, ...new PumpFold('TECHE', spans(rule), state).closeAt(Math.max(known, readings.at(-1)?.time ?? 0))];
}

const shown = ({ from, raised, returned, cleared, worst, worstAt, readings, priority }: Alarm) =>
  ({ from, raised, returned, cleared, worst, worstAt, readings, priority });

/** A value each second, from 0 on. */
function each(seconds: number, values: readonly (number | undefined)[], hz: readonly number[] = []): Reading[] {
  return values.map((psi, i) => ({ time: i * seconds * 1000, psi, hz: hz[i] ?? 1 }));
}

describe('the fold', () => {
  test('gives what the contract says, for any rule and readings, however they are cut', () => {
    fc.assert(fc.property(anyRule, anyReadings, fc.array(fc.nat(60), { maxLength: 4 }), fc.nat(10), (rule, readings, cuts, more) => {
      const known = (readings.at(-1)?.time ?? 0) + more;
      expect(folded(rule, readings, { known, cuts }).map(shown)).toEqual(naiveAlarms(rule, readings, known));
    }), { numRuns: 600 });
  });
});

describe('delays', () => {
  const rule = { ...PLAIN, onDelayMs: 30_000, offDelayMs: 60_000, deadband: 2 };

  test('one that is reached at the very moment of the next reading is reached', () => {
    expect(folded(rule, each(30, [80, 3, 80, 80, 80])).map(shown)).toEqual([
      { from: 30_000, raised: 60_000, returned: 60_000, cleared: 120_000, worst: 3, worstAt: 30_000, readings: 1, priority: 'high' },
    ]);
    expect(folded(rule, each(29, [80, 3, 80, 80, 80]))).toEqual([]);
  });

  test('count known time only: a reading holds for five minutes, then the clocks stand still', () => {
    const slow = { ...PLAIN, onDelayMs: 600_000 };
    expect(folded(slow, each(3600, [3, 3, 3, 80])).map(({ raised }) => raised)).toEqual([3_900_000]);
  });

  test('a breach that begins again within the off-delay goes on, and one that is neither beyond nor back returns nothing', () => {
    expect(folded({ ...rule, onDelayMs: 0 }, each(30, [3, 80, 4, 6, 7, 80, 80])).map(shown)).toEqual([
      { from: 0, raised: 0, returned: 120_000, cleared: 180_000, worst: 3, worstAt: 0, readings: 2, priority: 'high' },
    ]);
  });

  test('nothing is cleared by what is missing', () => {
    const ends = (readings: readonly Reading[]) =>
      folded(rule, readings, { known: 1e9 }).map(({ returned, cleared }) => [returned, cleared]);
    expect(ends(each(60, [3, 3, 80]))).toEqual([[120_000, 180_000]]);
    expect(ends(each(60, [3, 3, undefined]))).toEqual([[null, null]]);
  });
});

test('levels make one alarm: its priority is that of the level it is at, and of the worst one once it is over', () => {
  const levels = [{ priority: 'medium', threshold: 20 }, { priority: 'high', threshold: 5 }] as const;
  const rule: AlarmRule = { ...PLAIN, condition: { kind: 'limit', side: 'below', levels } };
  const [alarm] = folded(rule, each(60, [80, 15, 3, 10]));
  expect(alarm).toMatchObject({
    priority: 'medium', levels: [{ priority: 'medium', raised: 60_000 }, { priority: 'high', raised: 120_000 }],
  });
  expect(folded(rule, each(60, [80, 15, 3, 10, 80]))[0].priority).toBe('high');
});

test('repeated breaches are one alarm though none lasts', () => {
  const rule = { ...PLAIN, onDelayMs: 60_000, repeated: { times: 3, withinMs: 300_000 } };
  expect(folded(rule, each(30, [3, 80, 2, 80, 4, 80])).map(shown)).toEqual([
    { from: 0, raised: 120_000, returned: 150_000, cleared: 150_000, worst: 2, worstAt: 60_000, readings: 3, priority: 'high' },
  ]);
});

test('a rule counts while `when` has held long enough; then a value that is still wrong begins an alarm', () => {
  const rule = { ...PLAIN, when: parseWhen('hz > 0')!, afterMs: 120_000 };
  expect(folded(rule, each(60, [0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 0])).map(shown)).toEqual([
    { from: 180_000, raised: 180_000, returned: 300_000, cleared: 300_000, worst: 0, worstAt: 180_000, readings: 2, priority: 'high' },
  ]);
});

describe('versions of the rules', () => {
  const at = (from: number, ...rules: AlarmRule[]) => ({ from, rules });
  const stricter: AlarmRule = { ...PLAIN, condition: { kind: 'limit', side: 'below', levels: [{ priority: 'high', threshold: 20 }] } };
  const alarmsOf = (versions: Parameters<typeof spansOf>[0], readings: readonly Reading[]) => {
    const fold = new PumpFold('TECHE', spansOf(versions, 'TECHE'));
    fold.take(columnsOf(readings));
    return fold.closeAt(readings.at(-1)!.time).map(({ from, cleared, ruleEnded }) => [from, cleared, ruleEnded]);
  };

  test('a reading is judged by the version of its own time, the first reaching back for ever', () => {
    expect(alarmsOf([at(1e12, PLAIN), at(120_000, stricter)], each(60, [10, 80, 10, 80]))).toEqual([[120_000, 180_000, false]]);
  });

  test('a change ends what goes on, unless it changes nothing of what is judged', () => {
    expect(alarmsOf([at(0, PLAIN), at(90_000, stricter)], each(60, [80, 3, 3, 80]))).toEqual([
      [60_000, 90_000, true], [120_000, 180_000, false],
    ]);
    expect(alarmsOf([at(0, PLAIN), at(90_000, { ...PLAIN, guidance: 'Close the valve' })], each(60, [80, 3, 3, 80]))).toEqual([
      [60_000, 180_000, false],
    ]);
    expect(alarmsOf([at(0, PLAIN), at(90_000)], each(60, [80, 3]))).toEqual([[60_000, 90_000, true]]);
  });
});
