import { expect, test } from 'vitest';
import {
  addTo,
  type EventTimeWindowOptions,
  eventTimeWindow,
  meanOf,
  NO_STATISTICS,
  queue,
  type Statistics,
  type WindowResult,
} from '../../../ingest/stream.ts';
import { collect, contextOf } from './running.ts';
import fc from '../../support/property.ts';

interface Reading {
  readonly pump: string;
  readonly at: number;
  readonly psi: number;
}
const reading = (pump: string, at: number, psi: number): Reading => ({ pump, at, psi });

const OPTIONS: EventTimeWindowOptions<Reading, string, Statistics> = {
  time: ({ at }) => at, key: ({ pump }) => pump, length: 60, slide: 20, lateness: 100,
  zero: NO_STATISTICS, add: (psi, item) => addTo(psi, item.psi), id: ({ pump, at }) => [pump, at],
};

async function windowsOf(batches: readonly (readonly Reading[])[], options: Partial<typeof OPTIONS> = {}) {
  const context = contextOf();
  const windows = context.from(queue(batches)).pipe(eventTimeWindow({ ...OPTIONS, ...options }));
  const results = collect(windows);
  const late = collect(windows.late);
  for (const _ of batches) await context.runBatch();
  return { results, late, lateCount: windows.lateCount(), watermark: windows.watermark() };
}

const short = ({ key, start, end, value, status }: WindowResult<string, Statistics>): string =>
  `${key} ${start}-${end} ${value.count}×${meanOf(value)} ${status}`;

test('provisional results are corrected by a straggler, final ones come once, what is late is handed out', async () => {
  const { results, late, lateCount, watermark } = await windowsOf([
    [reading('a', 10, 80)],
    [reading('a', 125, 90)], //                         watermark 25: the window that ends at 20 is final
    [reading('a', 30, 60), reading('a', 24, 0)], //     30 is in time, 24 is late
    [reading('a', 1000, 70)],
  ], { length: 40, slide: 20 });
  expect(results.map((batch) => batch.map(short))).toEqual([
    ['a -20-20 1×80 provisional', 'a 0-40 1×80 provisional'],
    ['a 100-140 1×90 provisional', 'a 120-160 1×90 provisional', 'a -20-20 1×80 final'],
    ['a 0-40 2×70 provisional', 'a 20-60 1×60 provisional'],
    [
      'a 980-1020 1×70 provisional',
      'a 1000-1040 1×70 provisional',
      'a 0-40 2×70 final',
      'a 20-60 1×60 final',
      'a 100-140 1×90 final',
      'a 120-160 1×90 final',
    ],
  ]);
  expect(late).toEqual([[], [], [reading('a', 24, 0)], []]);
  expect([lateCount, watermark]).toEqual([1, 900]);
});

test('the order within a batch does not matter, not even for what is late', async () => {
  const batch = [reading('a', 500, 1), reading('a', 10, 2)];
  expect((await windowsOf([batch])).late).toEqual([[]]);
  expect((await windowsOf([[...batch].reverse()])).late).toEqual([[]]);
});

test.each([NaN, Infinity, 1e20, 253_402_300_800_000, 0.5])('an item whose time is %s ends the stream with a sentence', async (at) => {
  await expect(windowsOf([[reading('a', at, 1)]])).rejects.toThrow(`expected the time of an event as ms, got ${at}`);
});

test('a window that can not be is refused', () => {
  for (const wrong of [{ slide: 0 }, { length: 10 }, { lateness: -1 }])
    expect(() => eventTimeWindow({ ...OPTIONS, ...wrong })).toThrow('expected whole ms with slide from 1');
});

test('what is later than the lateness is handed out, each once, and counts nowhere else; the rest is in its windows', async () => {
  const item = fc.record({
    pump: fc.constantFrom('a', 'b'),
    at: fc.integer({ min: 0, max: 600 }),
    psi: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  });
  await fc.assert(fc.asyncProperty(fc.array(fc.array(item, { maxLength: 8 }), { minLength: 2, maxLength: 10 }), async (batches) => {
    let watermark = -Infinity;
    const expected = batches.map((batch) => {
      const late = batch.filter(({ at }) => at < watermark);
      watermark = Math.max(watermark, ...batch.map(({ at }) => at - OPTIONS.lateness));
      return late;
    });
    const seen = new Set<string>();
    const inTime = batches.flatMap((batch, i) => batch.filter((each) => !expected[i].includes(each))).filter(({ pump, at }) => {
      const first = !seen.has(`${pump}${at}`); // the first of two with one id is the one that counts
      seen.add(`${pump}${at}`);
      return first;
    });
    const { results, late, lateCount } = await windowsOf([...batches, [reading('end', 10_000, 0)]]);
    expect(late).toEqual([...expected, []]);
    expect(lateCount).toBe(expected.flat().length);
    const finals = results.flat().filter(({ status }) => status === 'final');
    expect(finals.map(toldOf).sort()).toEqual(recomputed(inTime));
  }), { numRuns: 100 });
});

test('final windows are the same to the bit for shuffled, delayed and repeated readings, and those of the sorted ones', async () => {
  const readings = fc.uniqueArray(
    fc.record({
      pump: fc.constantFrom('a', 'b'),
      at: fc.integer({ min: 0, max: 600 }),
      psi: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: 60,
      selector: ({ pump, at }) => `${pump}${at}`,
    },
  );
  const arrivals = readings.chain((all) => fc.record({
    sorted: fc.constant([...all].sort((a, b) => a.at - b.at)),
    // Each comes up to `lateness` after its time, some a second time.
    delays: fc.array(fc.integer({ min: 0, max: OPTIONS.lateness }), { minLength: all.length, maxLength: all.length }),
    again: fc.array(fc.option(fc.integer({ min: 0, max: OPTIONS.lateness })), { minLength: all.length, maxLength: all.length }),
    rowsPerBatch: fc.integer({ min: 1, max: 10 }),
  }));
  await fc.assert(fc.asyncProperty(arrivals, async ({ sorted, delays, again, rowsPerBatch }) => {
    const arriving = sorted.flatMap((item, i) =>
      [delays[i], again[i]].filter((delay) => delay !== null).map((delay) => ({ item, arrival: item.at + delay })),
    );
    const inOrder = arriving.sort((a, b) => a.arrival - b.arrival).map(({ item }) => item);
    const batches: Reading[][] = [];
    for (let i = 0; i < inOrder.length; i += rowsPerBatch) batches.push(inOrder.slice(i, i + rowsPerBatch));

    const { results, lateCount } = await windowsOf([...batches, [reading('end', 10_000, 0)]]);
    const finals = results.flat().filter(({ status }) => status === 'final');
    expect(lateCount).toBe(0);
    expect(finals.map(toldOf).sort()).toEqual(recomputed(sorted));

    for (const { key, end, value } of finals) { // also against the plain sum of the sorted ones
      const psi = inWindow(sorted, key, end);
      const plain = psi.reduce((sum, x) => sum + x, 0) / psi.length;
      expect(Math.abs(meanOf(value) - plain)).toBeLessThanOrEqual(1e-12 * psi.reduce((sum, x) => sum + Math.abs(x), 0));
    }
    // A final result is the last word on its window.
    const seen = results.flat().map(({ key, end, status }) => ({ window: `${key} ${end}`, status }));
    for (const [i, { window, status }] of seen.entries())
      if (status === 'final') expect(seen.findLastIndex((other) => other.window === window)).toBe(i);
  }), { numRuns: 100 });
});

function toldOf({ key, end, value }: WindowResult<string, Statistics>): string {
  return `${key} ${end} ${value.count} ${value.min} ${value.max} ${meanOf(value)}`;
}

function inWindow(sorted: readonly Reading[], pump: string, end: number): number[] {
  return sorted.filter((item) => item.pump === pump && item.at < end && item.at >= end - OPTIONS.length).map(({ psi }) => psi);
}

function recomputed(sorted: readonly Reading[]): string[] {
  const lines: string[] = [];
  for (const pump of ['a', 'b']) {
    for (let end = 20; end <= 680; end += OPTIONS.slide) {
      const psi = inWindow(sorted, pump, end);
      if (psi.length > 0)
        lines.push(`${pump} ${end} ${psi.length} ${Math.min(...psi)} ${Math.max(...psi)} ${meanOf(psi.reduce(addTo, NO_STATISTICS))}`);
    }
  }
  return lines.sort();
}
