import type { AlarmRule, Condition } from '../../../../domain/alarm/fold/alarmRule.ts';
import type { PumpColumns } from '../../../../domain/alarm/fold/columns.ts';
import { parseWhen } from '../../../../domain/alarm/fold/when.ts';
import { MEASURES, measureIndex, UNKNOWN } from '../../../../domain/reading/measures.ts';
import type { Reading } from './naiveFold.ts';
import fc from '../../../support/property.ts';
import { PLAIN } from '../../../support/rules.ts';

const delay = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }));
const side = fc.constantFrom('below' as const, 'above' as const);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('limit' as const), side, one: fc.boolean() }).map(({ kind, side: s, one }) => ({
    kind, side: s,
    levels: (s === 'below' ? [7, 5, 2] : [3, 5, 8])
      .map((threshold, k) => ({ priority: (['low', 'medium', 'high'] as const)[k], threshold }))
      .slice(one ? 2 : 0),
  })) },
  { weight: 2, arbitrary: fc.record({
    kind: fc.constant('change' as const), direction: fc.constantFrom('falls' as const, 'rises' as const),
    by: fc.integer({ min: 1, max: 6 }), withinMs: fc.integer({ min: 1, max: 9 }),
  }) },
  { weight: 2, arbitrary: fc.record({
    kind: fc.constant('stuck' as const), forMs: fc.integer({ min: 2, max: 10 }), tolerance: fc.integer({ min: 0, max: 3 }),
  }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'range' as const, low: 2, high: 8 }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('silent' as const), afterMs: fc.integer({ min: 1, max: 6 }) }) },
);

/** Rules of every kind but deviation, with delays of a few ms. */
export const anyRule: fc.Arbitrary<AlarmRule> = fc.record({
  condition, deadband: fc.integer({ min: 0, max: 2 }), onDelayMs: delay, offDelayMs: delay, holdMs: fc.integer({ min: 1, max: 8 }),
  when: fc.boolean(), afterMs: delay,
  repeated: fc.option(fc.record({ times: fc.integer({ min: 2, max: 3 }), withinMs: fc.integer({ min: 1, max: 30 }) })),
}).map(({ when, repeated, ...rest }) => ({
  ...PLAIN, ...rest,
  measure: rest.condition.kind === 'silent' ? null : 'psi',
  when: when ? parseWhen('hz > 0')! : null,
  afterMs: when ? rest.afterMs : 0,
  repeated: rest.onDelayMs > 0 ? repeated : null,
}));

const cell = fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined, freq: 8 });

/** Readings a few ms apart, no time twice, in order. */
export const anyReadings: fc.Arbitrary<Reading[]> = fc
  .array(fc.record({
    gap: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.integer({ min: 5, max: 40 }) }),
    psi: cell,
    hz: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(0, undefined) }),
  }), { maxLength: 60 })
  .map((gaps) => {
    let time = 0;
    return gaps.map(({ gap, psi, hz }) => ({ time: (time += gap), psi, hz }));
  });

/** Readings as columns. */
export function columnsOf(readings: readonly Reading[]): PumpColumns {
  const values = MEASURES.map(() => new Float64Array(readings.length).fill(1));
  readings.forEach(({ psi, hz }, row) => {
    values[measureIndex.psi][row] = psi ?? UNKNOWN;
    values[measureIndex.hz][row] = hz ?? UNKNOWN;
  });
  return {
    length: readings.length,
    time: Float64Array.from(readings, ({ time }) => time),
    receivedAt: Float64Array.from(readings, ({ time }) => time + 1),
    values,
  };
}
