import { expect, test } from 'vitest';
import { loadConfig } from '../../../../app/config/load.ts';
import { PumpFold } from '../../../../domain/alarm/fold/pumpFold.ts';
import { spansOf } from '../../../../domain/alarm/fold/versions.ts';
import { columnsOf } from './arbitraries.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAYS = 5;
/** The pump gives way in steps from here on, and fails here. */
const FIRST_STEP = 2 * 24 + 10;
const FAILS = 4 * 24 + 6;

/** Numbers from 0 to 1 that are the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** A reading each 90 s with the noise of real pumps, 75 to 100 psi, which no single reading can be told from; less by `lower` in an hour. */
function readings(seed: number, lower: (hour: number) => number) {
  const next = numbers(seed);
  return Array.from({ length: (DAYS * 24 * HOUR) / (1.5 * MINUTE) }, (_, i) => {
    const time = i * 1.5 * MINUTE;
    const value = 75 + 25 * next();
    const hour = Math.floor(time / HOUR);
    return { time, psi: hour >= FAILS && lower(hour) > 0 ? 0 : value - lower(hour), hz: 10 };
  });
}

function told(pump: string, lower: (hour: number) => number) {
  const spans = spansOf([{ from: 0, rules: loadConfig({ env: {} }).alarms.rules }], pump);
  const fold = new PumpFold(pump, spans);
  const rows = readings(pump.charCodeAt(0) * 7919 + 1, lower);
  fold.take(columnsOf(rows));
  return fold.closeAt(rows[rows.length - 1].time).map(({ rule, raised }) => ({ rule, hoursBefore: FAILS - raised / HOUR }));
}

/** How long before the failure its deviation was first told of, hours. */
function firstOf(alarms: ReturnType<typeof told>): number | undefined {
  return alarms.find(({ rule }) => rule === 'psi-low-for-this-pump')?.hoursBefore;
}

test('a pump that gives way in steps is told of more than a day before it fails, by medians, and no other one ever', () => {
  // Each step is well within what single readings do: they go on between 63 and 100 psi.
  const failing = told('N', (hour) => (hour < FIRST_STEP ? 0 : hour < FIRST_STEP + 6 ? 4 : hour < FIRST_STEP + 18 ? 8 : 12));
  expect(firstOf(failing)).toBeGreaterThanOrEqual(33);
  expect(failing.filter(({ rule }) => rule === 'low-psi')).toEqual([{ rule: 'low-psi', hoursBefore: 0 }]);
  expect(firstOf(told('L', (hour) => (hour < FAILS - 12 ? 0 : 10)))).toBeGreaterThanOrEqual(8);
  for (const pump of 'ABCDEFGH') expect([pump, told(pump, () => 0)]).toEqual([pump, []]);
});
