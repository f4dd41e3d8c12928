import { describe, expect, test } from 'vitest';
import { laterHeard, siteSilences, timelyIn } from '../../../../domain/alarm/fold/silence.ts';

const MINUTE = 60_000;
const columns = (rows: readonly (readonly [time: number, receivedAt: number])[]) => ({
  length: rows.length, values: [],
  time: Float64Array.from(rows, ([time]) => time * MINUTE),
  receivedAt: Float64Array.from(rows, ([, receivedAt]) => receivedAt * MINUTE),
});
const clock = { wallTimeAt: (instant: number) => instant + 60 * MINUTE, withinMs: 10 * MINUTE };

test('a reading is timely by the clock of the site when it was taken, and the one that came last counts', () => {
  expect(timelyIn(columns([[60, 0], [61, 3], [62, 2], [500, 4]]), clock)).toEqual({ at: 3 * MINUTE, time: 61 * MINUTE });
  expect(timelyIn(columns([[1, 0], [500, 4]]), clock)).toBeUndefined();
  expect(laterHeard({ at: 1, time: 9 }, { at: 2, time: 8 })).toEqual({ at: 2, time: 8 });
});

describe('the silence of a site', () => {
  const silent = (from: number, cleared: number | null, raised = from + 10) => ({ from, raised, cleared });

  test('is when all pumps are silent, from the last reading of any to the first', () => {
    expect(siteSilences([[silent(0, 30), silent(40, null)], [silent(5, 28), silent(44, null)]])).toEqual([silent(5, 28), silent(44, null)]);
  });

  test('is none while one is heard, nor of a single pump, nor before anybody was', () => {
    expect(siteSilences([[silent(0, 30)], [silent(5, 28)], []])).toEqual([]);
    expect(siteSilences([[silent(0, 12)], [silent(5, 28)]])).toEqual([]);
    expect(siteSilences([[silent(0, null)]])).toEqual([]);
    expect(siteSilences([[silent(-Infinity, 5)], [silent(-Infinity, 7)]])).toEqual([]);
    expect(siteSilences([[silent(-Infinity, null)], [silent(-Infinity, null)]])).toEqual([silent(-Infinity, null)]);
  });
});
