import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertOf } from '../../../domain/alarm/alert.ts';
import type { Occurrence } from '../../../domain/alarm/occurrence.ts';
import { PieceFold } from '../../../domain/alarm/pieceFold.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import { LiveOccurrences } from '../../../ingest/alarms/liveOccurrences.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';
import { row, type Row, stepOf, time } from '../../support/steps.ts';

const START = time('2014-03-14');
const MINUTE = 60_000;
const RULES = [LOW_PSI, HIGH_HZ];

/** A reading of pump A at a minute, or of another. */
const at = (minute: number, psi: number, pump = 'A'): Row => ({ ...row(pump, '2014-03-14', psi), time: START + minute * MINUTE });

/** Someone who watches while steps come. */
function watched() {
  const live = new LiveOccurrences();
  const take = (rows: readonly Row[], { kind, duplicates = [] }: { kind: 'preview' | 'step'; duplicates?: readonly number[] }) => {
    const { readings, breaches } = stepOf(rows, { rules: RULES });
    const flags = Uint8Array.from(rows, (_, i) => Number(duplicates.includes(i)));
    if (kind === 'preview') live.previewed(readings, { batch: 0, breaches });
    else live.decided(readings, flags, { batch: 0, breaches });
    return live.of({ breaches: breaches.filter((breach) => flags[breach.row] === 0), readings, reference: NO_REFERENCE });
  };
  return {
    live,
    preview: (...rows: Row[]) => take(rows, { kind: 'preview' }).map(text),
    step: (rows: readonly Row[], duplicates: readonly number[] = []) => {
      const news = take(rows, { kind: 'step', duplicates });
      live.committed();
      return news.map(text);
    },
  };
}

const text = ({ pump, from, to, count }: Occurrence) => `${pump} ${(from - START) / MINUTE}-${(to - START) / MINUTE} ×${count}`;

describe('an occurrence is told as a whole', () => {
  test('while it goes on from step to step', () => {
    const { step } = watched();
    expect(step([at(1, 80), at(2, 0)])).toEqual(['A 2-2 ×1']);
    expect(step([at(3, 0), at(4, 1)])).toEqual(['A 2-4 ×3']);
    expect(step([at(9, 2)])).toEqual(['A 2-9 ×4']); // a gap in the data ends none
  });

  test('until a reading in limits comes, also in a step without alerts', () => {
    const { step } = watched();
    step([at(1, 0)]);
    expect(step([at(2, 80), at(1, 80, 'B')])).toEqual([]);
    expect(step([at(3, 0)])).toEqual(['A 3-3 ×1']);
  });

  test('once for each in a step, in whatever order the rows came', () => {
    expect(watched().step([at(5, 0), at(1, 0), at(3, 80), at(2, 0), at(1, 0, 'B')])).toEqual(['A 1-2 ×2', 'A 5-5 ×1', 'B 1-1 ×1']);
  });

  test('and of a pump that flaps the newest ten', () => {
    const rows = Array.from({ length: 60 }, (_, i) => at(i, i % 2 === 0 ? 0 : 80));
    expect(watched().step(rows)).toEqual(Array.from({ length: 10 }, (_, i) => `A ${40 + 2 * i}-${40 + 2 * i} ×1`));
  });
});

test('alerts whose readings were replaced in their step are told as they were, and nothing goes on with them', () => {
  const { live, step } = watched();
  const { readings, breaches } = stepOf([at(1, 2), at(2, 1), at(1, 80), at(2, 81), at(1, 3, 'B')], { rules: RULES });
  live.decided(readings, new Uint8Array(5), { batch: 0, breaches });
  const gone = live.of({ breaches: breaches.slice(0, 2), readings, reference: NO_REFERENCE, replaced: true });
  expect(gone.map((one) => [text(one), one.worst, one.active])).toEqual([['A 1-2 ×2', 1, false]]);
  live.withdrawn(gone.map(() => alertOf(breaches[0], readings)));
  live.committed();
  expect(step([at(3, 0), at(4, 0, 'B')])).toEqual(['A 3-3 ×1', 'B 1-4 ×2']);
});

describe('a small step that waits for more', () => {
  test('is told before it is in the table, and counts once', () => {
    const { preview, step } = watched();
    step([at(1, 0)]);
    expect(preview(at(2, 0))).toEqual(['A 1-2 ×2']);
    expect(preview(at(2, 0), at(3, 0))).toEqual(['A 1-3 ×3']);
    expect(step([at(2, 0), at(3, 0), at(4, 0)])).toEqual(['A 1-4 ×4']);
  });

  test('may correct itself: of two rows of one time the later holds', () => {
    expect(watched().step([at(1, 0), at(2, 0), at(1, 80)])).toEqual(['A 2-2 ×1']);
  });
});

describe('late readings', () => {
  test('within an occurrence that goes on belong to it', () => {
    const { step } = watched();
    step([at(1, 3), at(9, 3)]);
    expect(step([at(5, 0)])).toEqual(['A 1-9 ×3']);
    expect(step([at(10, 3)])).toEqual(['A 1-10 ×4']);
  });

  test('of an old file make occurrences of their own, over several steps, and touch nothing that goes on', () => {
    const { step } = watched();
    step([at(1000, 0)]);
    expect(step([at(1, 80), at(2, 0)])).toEqual(['A 2-2 ×1']);
    expect(step([at(3, 0), at(4, 80)])).toEqual(['A 2-3 ×2']);
    expect(step([at(1001, 0)])).toEqual(['A 1000-1001 ×2']);
  });

  test('that are duplicates change nothing', () => {
    const { step } = watched();
    step([at(1, 0), at(2, 0)]);
    expect(step([at(1, 0), at(2, 0), at(3, 0)], [0, 1])).toEqual(['A 1-3 ×3']);
  });

  test('that correct an alert away make the occurrence shorter', () => {
    const { live, step } = watched();
    step([at(1, 0), at(2, 0), at(3, 0)]);
    const { readings, breaches } = stepOf([at(2, 0)]);
    const correction = stepOf([at(2, 80)]);
    live.decided(correction.readings, new Uint8Array(1), { batch: 0, breaches: [] });
    live.withdrawn([alertOf(breaches[0], readings)]);
    live.committed();
    expect(step([at(4, 0)])).toEqual(['A 1-4 ×3']);
  });
});

test('rows in order are folded to the same, however they are cut into steps', () => {
  const rows = fc
    .array(fc.constantFrom(0, 3, 80), { minLength: 1, maxLength: 40 })
    .map((values) => values.map((psi, minute) => at(minute, psi)));
  fc.assert(fc.property(rows, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 40, maxLength: 40 }), (all, sizes) => {
    const { readings, breaches } = stepOf(all, { rules: RULES });
    const plain = new PieceFold(breaches.map((breach) => alertOf(breach, readings)));
    plain.take(readings.time, readings.length);
    const { step } = watched();
    const told = new Map<string, string>(); // the last that was told of each
    for (let from = 0, i = 0; from < all.length; from += sizes[i++])
      for (const one of step(all.slice(from, from + sizes[i]))) told.set(one.split('-')[0], one);
    expect([...told.values()]).toEqual(plain.end().map(text));
  }));
});
