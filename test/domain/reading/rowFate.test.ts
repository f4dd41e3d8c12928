import { describe, expect, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { Columns } from '../../../storage/lmdb/columns.ts';
import { MERGED, NO_ROW } from '../../../domain/reading/keyCells.ts';
import { DUPLICATE, OUTDATED, STORED, StepFates, SUPERSEDED } from '../../../domain/reading/rowFate.ts';
import fc from '../../support/property.ts';

/** A row of one key: its time of receipt, and the value of all its measures. */
interface Row {
  readonly receivedAt: number;
  readonly value: number;
}

function rowsOf(rows: readonly Row[]): ReadingsBuffer {
  const readings = new ReadingsBuffer(rows.length);
  readings.length = rows.length;
  rows.forEach(({ receivedAt, value }, row) => {
    readings.receivedAt[row] = receivedAt;
    for (const column of readings.values) column[row] = value;
  });
  return readings;
}

/** The fates of rows that come to a key, and what it holds in the end: a row of theirs, or `held`. */
function settled(rows: readonly Row[], held?: Row): { fates: number[]; holds: number | 'held' } {
  const fates = new StepFates();
  fates.begin(rows.length, rowsOf(rows));
  const winner = fates.settle(rowsOf(held ? [held] : []), held ? 0 : NO_ROW, 0, rows.length);
  return { fates: [...fates.byPlace.subarray(0, rows.length)], holds: winner >= 0 ? 'held' : ~winner };
}

describe('a row that comes to a key', () => {
  test('is stored where the key is free', () => {
    expect(settled([{ receivedAt: 1, value: 80 }])).toEqual({ fates: [STORED], holds: 0 });
  });

  test('is a duplicate of an equal one, whenever it was received', () => {
    for (const receivedAt of [1, 5, 9])
      expect(settled([{ receivedAt, value: 80 }], { receivedAt: 5, value: 80 })).toEqual({ fates: [DUPLICATE], holds: 'held' });
  });

  test('is a correction of another that was received before it, or at the same time', () => {
    for (const receivedAt of [5, 6])
      expect(settled([{ receivedAt, value: 3 }], { receivedAt: 5, value: 80 })).toEqual({ fates: [STORED], holds: 0 });
  });

  test('leaves one alone that was received later', () => {
    expect(settled([{ receivedAt: 4, value: 3 }], { receivedAt: 5, value: 80 })).toEqual({ fates: [OUTDATED], holds: 'held' });
  });

  test('counts as replaced where it comes to other values, whichever stays, and nowhere else', () => {
    const counted = (rows: readonly Row[], held?: Row) => {
      const fates = new StepFates();
      fates.begin(rows.length, rowsOf(rows));
      fates.settle(rowsOf(held ? [held] : []), held ? 0 : NO_ROW, 0, rows.length);
      const replacing = fates.replacingByRow(Uint32Array.from(rows.keys()).reverse());
      return { replaced: fates.replaced, replacing: replacing && [...replacing] };
    };
    expect(counted([{ receivedAt: 1, value: 80 }])).toEqual({ replaced: 0, replacing: undefined });
    expect(counted([{ receivedAt: 6, value: 80 }], { receivedAt: 5, value: 80 })).toEqual({ replaced: 0, replacing: undefined });
    expect(counted([{ receivedAt: 4, value: 3 }], { receivedAt: 5, value: 80 })).toEqual({ replaced: 1, replacing: [1] });
    // By place: stored, duplicate, replaces; by row number the other way round.
    expect(counted([80, 80, 3].map((value) => ({ receivedAt: 1, value })))).toEqual({ replaced: 1, replacing: [1, 0, 0] });
  });

  test('-0 is another value than 0', () => {
    expect(settled([{ receivedAt: 6, value: -0 }], { receivedAt: 5, value: 0 }).fates).toEqual([STORED]);
  });

  test.each(MEASURES.map((measure, index) => ({ measure, index })))('differs by $measure alone', ({ index }) => {
    const held = rowsOf([{ receivedAt: 1, value: 80 }]);
    const rows = rowsOf([{ receivedAt: 2, value: 80 }]);
    const fates = new StepFates();
    const fate = () => {
      fates.begin(1, rows);
      fates.settle(held, 0, 0, 1);
      return fates.byPlace[0];
    };
    expect(fate()).toBe(DUPLICATE);
    rows.values[index][0] = NaN;
    expect(fate()).toBe(DUPLICATE);
    rows.values[index][0] = 81;
    expect(fate()).toBe(STORED);
  });
});

describe('rows that lack cells', () => {
  /** Rows of one key: the first measures' values, NaN for the others. */
  const parts = (rows: readonly (readonly number[])[], receipts: readonly number[]) => {
    const readings = rowsOf(receipts.map((receivedAt) => ({ receivedAt, value: NaN })));
    rows.forEach((values, row) => values.forEach((value, c) => (readings.values[c][row] = value)));
    return readings;
  };

  test('are merged: each cell is that of the later receipt, and each row that has one is stored', () => {
    const fates = new StepFates();
    const rows = parts([[1, NaN, 5], [NaN, 2], [3]], [1, 2, 3]);
    fates.begin(3, rows);
    expect(fates.settle(rows, NO_ROW, 0, 3)).toBe(MERGED);
    expect([...fates.byPlace.subarray(0, 3)]).toEqual([STORED, STORED, STORED]);
    expect([0, 1, 2].map((place) => [0, 1, 2].filter((c) => fates.holds(place, c) && !Number.isNaN(rows.values[c][place])))).toEqual(
      [[2], [1], [0]]);
    expect([fates.replaced, fates.hasLost(0, 0), fates.hasLost(0, 2)]).toEqual([1, true, false]);
    const merged = new Columns(rows.values.length, 1);
    fates.writeMerged(merged, 0);
    expect([0, 1, 2].map((c) => [merged.values[c][0], merged.cellReceipts?.[c][0]])).toEqual([[3, 3], [2, 2], [5, 1]]);
    expect([merged.values[3][0], merged.receivedAt[0]]).toEqual([NaN, 3]);
  });

  test('have no receipts of their own where all came at the same time', () => {
    const fates = new StepFates();
    const rows = parts([[1], [NaN, 2]], [7, 7]);
    fates.begin(2, rows);
    fates.settle(rows, NO_ROW, 0, 2);
    const merged = new Columns(rows.values.length, 1);
    fates.writeMerged(merged, 0);
    expect([merged.receivedAt[0], merged.cellReceipts]).toEqual([7, undefined]);
  });
});

describe('rows of a step with one key', () => {
  test('a later one replaces an earlier one, which counts as stored all the same', () => {
    expect(settled([{ receivedAt: 1, value: 80 }, { receivedAt: 2, value: 70 }])).toEqual({ fates: [SUPERSEDED, STORED], holds: 1 });
  });

  test('a value that comes back is stored again', () => {
    const rows = [80, 70, 80].map((value, index) => ({ receivedAt: index, value }));
    expect(settled(rows)).toEqual({ fates: [SUPERSEDED, SUPERSEDED, STORED], holds: 2 });
  });

  test('fates are those of rows that came one by one', () => {
    const rows = fc.array(fc.record({ receivedAt: fc.integer({ min: 0, max: 4 }), value: fc.constantFrom(0, -0, 80) }), { maxLength: 12 });
    fc.assert(fc.property(rows, fc.option(fc.record({ receivedAt: fc.constant(2), value: fc.constant(80) })), (unordered, held) => {
      const rows = [...unordered].sort((a, b) => a.receivedAt - b.receivedAt);
      expect(settled(rows, held ?? undefined)).toEqual(oneByOne(rows, held ?? undefined));
    }));
  });
});

/** The law in the plainest way: each row comes to what the ones before have left. */
function oneByOne(rows: readonly Row[], held: Row | undefined): { fates: number[]; holds: number | 'held' } {
  const fates: number[] = [];
  let holder = held;
  let holds: number | 'held' = 'held';
  rows.forEach((row, index) => {
    if (holder && Object.is(holder.value, row.value)) fates.push(DUPLICATE);
    else if (holder && holder.receivedAt > row.receivedAt) fates.push(OUTDATED);
    else {
      if (holds !== 'held') fates[holds] = SUPERSEDED;
      fates.push(STORED);
      holder = row;
      holds = index;
    }
  });
  return { fates, holds: rows.length === 0 && !held ? ~NO_ROW : holds };
}

test('rows that came in another order are found through it', () => {
  const readings = rowsOf([{ receivedAt: 1, value: 70 }, { receivedAt: 1, value: 80 }, { receivedAt: 2, value: 80 }]);
  readings.time.set([60_000, 0, 0]);
  const order = Uint32Array.of(1, 2, 0);
  const fates = new StepFates();
  fates.begin(3, readings, { order });
  expect(fates.settle(readings, NO_ROW, 0, 2)).toBe(~0);
  expect(fates.settle(readings, NO_ROW, 2, 3)).toBe(~2);
  expect([...fates.byPlace]).toEqual([STORED, DUPLICATE, STORED]);
  expect([...fates.duplicatesByRow(order)]).toEqual([0, 0, 1]);
  expect(fates.count({ from: 0, to: 3 }, 0)).toEqual({ stored: 2, outOfOrder: 1 });
});

test('a step begins with clean fates', () => {
  const fates = new StepFates();
  const equal = rowsOf([{ receivedAt: 1, value: 80 }, { receivedAt: 2, value: 80 }]);
  fates.begin(2, equal);
  fates.settle(equal, NO_ROW, 0, 2);
  fates.begin(1, equal);
  expect(fates.count({ from: 0, to: 1 }, -Infinity)).toEqual({ stored: 1, outOfOrder: 0 });
});
