import { medianOf } from '../../../../domain/alarm/fold/baseline.ts';
import { describe, expect, test } from 'vitest';
import type { AlarmRule } from '../../../../domain/alarm/fold/alarmRule.ts';
import { baselineOf } from '../../../../domain/alarm/fold/baseline.ts';
import { PumpFold, type PumpState } from '../../../../domain/alarm/fold/pumpFold.ts';
import { spansOf } from '../../../../domain/alarm/fold/versions.ts';
import { columnsOf } from './arbitraries.ts';
import { PLAIN } from '../../../support/rules.ts';
import { naiveAlarms, type Reading } from './naiveFold.ts';
import fc from '../../../support/property.ts';

const HOUR = 3_600_000;
const deviates = { kind: 'deviates', factor: 4, side: 'below', overMs: HOUR, days: 14, inARow: 2 } as const;
const rule: AlarmRule = { ...PLAIN, id: 'psi-low-for-this-pump', priority: 'low', condition: deviates };

/** Three readings an hour whose median is the hour's value; an hour without one has no reading. */
function hours(medians: readonly (number | null)[]): Reading[] {
  return medians.flatMap((median, hour) =>
    median === null ? [] : [-1, 0, 7].map((offset, i) => ({ time: hour * HOUR + i * 600_000, psi: median + offset, hz: 1 })));
}

function folded(of: AlarmRule, readings: readonly Reading[], cuts: readonly number[] = []) {
  const spans = spansOf([{ from: 0, rules: [of] }], 'TECHE');
  const edges = [0, ...cuts.map((cut) => cut % (readings.length + 1)).sort((a, b) => a - b), readings.length];
  let state: PumpState | undefined;
  const alarms = edges.slice(1).flatMap((end, i) => {
    const fold = new PumpFold('TECHE', spans, state);
    fold.take(columnsOf(readings.slice(edges[i], end)));
    const over = fold.takeEnded();
    state = JSON.parse(JSON.stringify(fold.state())) as PumpState;
    return over;
  });
  return [...alarms, ...new PumpFold('TECHE', spans, state).closeAt(readings.at(-1)?.time ?? 0)].map(
    ({ from, raised, returned, cleared, worst, worstAt, readings: count, priority }) =>
      ({ from, raised, returned, cleared, worst, worstAt, readings: count, priority }),
  );
}

const usual = Array.from({ length: 24 }, (_, hour) => 80 + (hour % 5));

describe('deviation from the past of the pump itself', () => {
  test('is one when two hours in a row are too low for what the days before were, and ends with the first hour that is not', () => {
    expect(folded(rule, hours([...usual, 81, 70, 82, 70, 69, 71, 82, 82]))).toEqual([
      {
        from: 27 * HOUR, raised: 29 * HOUR, returned: 31 * HOUR, cleared: 31 * HOUR, worst: 69, worstAt: 29 * HOUR, readings: 9,
        priority: 'low',
      },
    ]);
  });

  test('needs a day of twenty medians before, which only later days are measured by', () => {
    expect(folded(rule, hours([...usual.slice(0, 19), 70, 70, 70, 70, 70]))).toEqual([]);
    expect(folded(rule, hours([...usual.slice(0, 19), null, null, null, null, null, 60, 60, 60]))).toEqual([]);
    expect(folded(rule, hours([...usual.slice(0, 20), null, null, null, null, 60, 60, 60]))).toHaveLength(1);
  });

  test('an hour without readings neither ends a row nor counts', () => {
    expect(folded(rule, hours([...usual, 70, null, 70, 82])).map(({ from, raised }) => [from, raised])).toEqual([[24 * HOUR, 27 * HOUR]]);
  });

  test('gives what the contract says, however the readings are cut', () => {
    const value = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 78, max: 84 }) },
      { weight: 1, arbitrary: fc.integer({ min: 60, max: 95 }) },
    );
    const median = fc.option(value, { freq: 15 });
    const condition = fc.record({
      kind: fc.constant('deviates' as const), side: fc.constantFrom('below' as const, 'above' as const, 'both' as const),
      factor: fc.integer({ min: 1, max: 4 }), days: fc.integer({ min: 1, max: 3 }), inARow: fc.integer({ min: 1, max: 3 }),
      overMs: fc.constantFrom(HOUR, HOUR / 2),
    });
    fc.assert(fc.property(condition, fc.array(median, { minLength: 24, maxLength: 130 }), fc.constantFrom(0, 1, 2),
      fc.tuple(fc.constantFrom(0, HOUR, 3 * HOUR), fc.constantFrom(0, 2 * HOUR)), fc.array(fc.nat(400), { maxLength: 3 }),
      (what, medians, deadband, [onDelayMs, offDelayMs], cuts) => {
        const of = { ...rule, condition: what, deadband, onDelayMs, offDelayMs };
        const readings = hours(medians);
        expect(folded(of, readings, cuts)).toEqual(naiveAlarms(of, readings, readings.at(-1)?.time ?? 0));
      }), { numRuns: 100 });
  });

  test('the band of a day can be drawn: it is fixed when the day begins', () => {
    const medians = usual.map((value, hour) => [hour * HOUR, value] as const);
    expect(baselineOf(medians, 1, deviates)).toEqual({ median: 82, reach: 4 * 1.4826 });
    expect(baselineOf([...medians, [24 * HOUR, 0]], 1, deviates)).toEqual(baselineOf(medians, 1, deviates));
    expect(baselineOf(medians, 15, deviates)).toBeNull();
  });
});

test('a median is that of sorting', () => {
  const sortedMedian = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  };
  fc.assert(fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 70 }), (values) => {
    expect(medianOf([...values])).toBe(sortedMedian(values));
  }));
});
