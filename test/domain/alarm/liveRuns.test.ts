import { describe, expect, test } from 'vitest';
import { alertOf } from '../../../domain/alarm/alert.ts';
import type { AlertRun } from '../../../domain/alarm/alertRun.ts';
import { LiveRuns, type StoredRun } from '../../../domain/alarm/liveRuns.ts';
import { newRunsOf } from '../../../domain/alarm/newRuns.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { row, type Row, stepOf, time } from '../../support/steps.ts';

const START = time('2014-03-14');
const MINUTE = 60_000;
const RULES = [LOW_PSI, HIGH_HZ];

/** A reading of pump A at a minute, or of another. */
const at = (minute: number, psi: number, pump = 'A'): Row => ({ ...row(pump, '2014-03-14', psi), time: START + minute * MINUTE });
const text = ({ pump, from, to, count }: AlertRun) => `${pump} ${(from - START) / MINUTE}-${(to - START) / MINUTE} ×${count}`;

/** Someone who watches while steps come, and what is stored is looked at now and then. */
function watched() {
  let now = 0;
  const live = new LiveRuns(() => now);
  return {
    live,
    pass: (ms: number) => { now += ms; },
    /** A step; `known` are the numbers of rows of whose alerts somebody was told before. */
    step: (rows: readonly Row[], known: readonly number[] = []) => {
      const { readings, breaches } = stepOf(rows, { rules: RULES });
      return live.add(newRunsOf({ breaches: breaches.filter((breach) => !known.includes(breach.row)), readings, reference: NO_REFERENCE })).map(text);
    },
    stored: (...runs: (readonly [from: number, to: number, count: number, goesOn?: boolean])[]) =>
      live.setStored({ [`A\n${LOW_PSI.id}`]: runs.map(([from, to, count, goesOn = false]): StoredRun =>
        ({ from: START + from * MINUTE, to: START + to * MINUTE, count, worst: 0, goesOn })) }).map(text),
  };
}

describe('alerts are told at once, as a whole', () => {
  test('that goes on from step to step', () => {
    const { step } = watched();
    expect(step([at(1, 80), at(2, 0)])).toEqual(['A 2-2 ×1']);
    expect(step([at(3, 0), at(4, 1)])).toEqual(['A 2-4 ×3']);
    expect(step([at(9, 2)])).toEqual(['A 2-9 ×4']); // a gap in the data ends none
  });

  test('each of a step, in whatever order its rows came', () => {
    expect(watched().step([at(5, 0), at(1, 0), at(3, 80), at(2, 0), at(1, 0, 'B')])).toEqual(['A 1-2 ×2', 'A 5-5 ×1', 'B 1-1 ×1']);
  });

  test('and of a pump that flaps the newest ten', () => {
    const rows = Array.from({ length: 60 }, (_, i) => at(i, i % 2 === 0 ? 0 : 80));
    expect(watched().step(rows)).toEqual(Array.from({ length: 10 }, (_, i) => `A ${40 + 2 * i}-${40 + 2 * i} ×1`));
  });

  test('with the alarm that goes on by what is stored: after a restart from and count go on', () => {
    const { step, stored } = watched();
    expect(stored([1, 8, 8, true])).toEqual([]);
    expect(step([at(9, 0)])).toEqual(['A 1-9 ×9']);
  });

  test('and not with one that is over', () => {
    const { step, stored } = watched();
    stored([1, 8, 8]);
    expect(step([at(9, 0)])).toEqual(['A 9-9 ×1']);
  });

  test('and counted once when rows come again, of a small step that grows or of a message that is sent twice', () => {
    const { step } = watched();
    step([at(1, 0)]);
    expect(step([at(1, 0), at(2, 0)], [0])).toEqual(['A 1-2 ×2']);
    expect(step([at(2, 0)])).toEqual(['A 1-2 ×2']);
  });

  test('and counted once when a correction has another value beyond the limit', () => {
    const { step, stored } = watched();
    step([at(1, 3), at(2, 3)]);
    expect(step([at(2, 1)])).toEqual(['A 1-2 ×2']);
    stored([1, 2, 2, true]);
    expect(step([at(1, 2)])).toEqual(['A 1-2 ×2']);
  });
});

describe('what is stored is looked at later, and then', () => {
  test('nothing is told again that was told so', () => {
    const { step, stored } = watched();
    step([at(1, 0), at(2, 0)]);
    expect(stored([1, 2, 2, true])).toEqual([]);
    expect(step([at(3, 0)])).toEqual(['A 1-3 ×3']);
  });

  test('a reading in limits that came alone has cut it in two', () => {
    const { step, stored } = watched();
    step([at(1, 0)]);
    step([at(2, 80)]);
    expect(step([at(3, 0)])).toEqual(['A 1-3 ×2']); // half a second before it is known
    expect(stored([1, 1, 1], [3, 3, 1, true])).toEqual(['A 1-1 ×1', 'A 3-3 ×1']);
  });

  test('the first look after a start tells where it began', () => {
    const { step, stored } = watched();
    expect(step([at(9, 0)])).toEqual(['A 9-9 ×1']);
    expect(stored([1, 8, 8, true])).toEqual(['A 1-9 ×9']);
    expect(stored([1, 9, 9, true])).toEqual([]);
  });

  test('alerts that were withdrawn are gone', () => {
    const { live, step, stored } = watched();
    step([at(1, 0), at(2, 0)]);
    const { readings, breaches } = stepOf([at(2, 0)], { rules: RULES });
    live.withdraw([alertOf(breaches[0], readings)]);
    expect(step([at(3, 0)])).toEqual(['A 1-3 ×2']);
    expect(stored([1, 1, 1], [3, 3, 1, true])).toEqual(['A 1-1 ×1', 'A 3-3 ×1']);
  });

  test('what was told and is not stored after a minute is forgotten', () => {
    const { step, stored, pass } = watched();
    step([at(1, 0)]);
    pass(61_000);
    expect(stored()).toEqual([]);
    expect(step([at(2, 0)])).toEqual(['A 2-2 ×1']);
  });
});
