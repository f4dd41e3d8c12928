import { describe, expect, test } from 'vitest';
import type { ReceiverName } from '../../../domain/receivers.ts';
import { Pace } from '../../../ingest/pace/pace.ts';

const INTERVAL = 2000;
const LIMITS = { rows: 65_536, capacity: 524_288, maxRate: Infinity };

interface SimulatedBatch {
  readonly index: number;
  rows: number;
  busy: number;
  longest: number;
  /** From when the next one should have begun to when this one was done. */
  overrun: number;
}

/** A store with an endless backlog before it, on a clock of its own: what each of its batches did. */
class Backlog {
  readonly pace: Pace;
  readonly batches: SimulatedBatch[] = [];
  readonly #interval: number;
  #now = 0;

  constructor({ limits = LIMITS, interval = INTERVAL } = {}) {
    this.#interval = interval;
    this.pace = new Pace(limits, interval);
  }

  /** Runs so many batches; `cost` is what a step of so many rows takes, in ms. */
  run(
    count: number,
    cost: (rows: number) => number,
    { receiver = 'directory', outOfOrder = false }: { receiver?: ReceiverName; outOfOrder?: boolean } = {},
  ): SimulatedBatch[] {
    const first = Math.ceil(this.#now / this.#interval);
    while (this.#now < (first + count) * this.#interval) {
      this.#now += this.pace.pauseMs(this.#now);
      const startedAt = this.#now;
      const rows = this.pace.rowsFor(receiver, startedAt);
      const ms = Math.ceil(cost(rows));
      this.#now += ms;
      this.pace.add({ receiver, rows, outOfOrder, startedAt, endedAt: this.#now });
      this.#count(Math.floor(startedAt / this.#interval), rows, ms);
    }
    return this.batches.filter(({ index }) => index >= first && index < first + count);
  }

  #count(index: number, rows: number, ms: number): void {
    let batch = this.batches.find((each) => each.index === index);
    if (!batch) this.batches.push((batch = { index, rows: 0, busy: 0, longest: 0, overrun: 0 }));
    batch.rows += rows;
    batch.busy += ms;
    batch.longest = Math.max(batch.longest, ms);
    batch.overrun = this.#now - (index + 1) * this.#interval;
  }
}

const store = (overhead: number, perRow: number, slower = 1) => (rows: number) => (overhead + rows * perRow) * slower;
const longest = (batches: readonly SimulatedBatch[]) => Math.max(...batches.map((batch) => batch.longest));
const busiest = (batches: readonly SimulatedBatch[]) => Math.max(...batches.map(({ busy }) => busy));
const mean = (batches: readonly SimulatedBatch[]) => batches.reduce((sum, { rows }) => sum + rows, 0) / batches.length;

describe('a store slowed to a tenth', () => {
  test.each([
    ['a quick one', 3, 0.002],
    ['one on the network', 30, 0.05],
    ['a slow one', 5, 1],
  ])('%s: no step outlasts the interval, batches keep within it, and speed comes back', (_, overhead, perRow) => {
    const backlog = new Backlog();
    const before = backlog.run(10, store(overhead, perRow));
    const slowed = backlog.run(20, store(overhead, perRow, 10));
    const after = backlog.run(10, store(overhead, perRow));
    expect(longest(backlog.batches)).toBeLessThanOrEqual(INTERVAL);
    expect(busiest(before)).toBeLessThanOrEqual(INTERVAL);
    expect(busiest(slowed.slice(10))).toBeLessThanOrEqual(INTERVAL);
    expect(busiest(after.slice(5))).toBeLessThanOrEqual(INTERVAL);
    // And none of it by idling: nine tenths of what steps of 200 ms would have done.
    const possible = (slower: number) => (INTERVAL * (200 - Math.min(150, overhead * slower))) / (200 * perRow * slower);
    expect(mean(before.slice(3)) / possible(1)).toBeGreaterThan(0.9);
    expect(mean(slowed.slice(10)) / possible(10)).toBeGreaterThan(0.8);
    expect(mean(after.slice(5)) / mean(before.slice(5))).toBeGreaterThan(0.95);
  });

  test('is no trouble when it was slow from the first step on', () => {
    const batches = new Backlog().run(10, store(30, 0.5));
    expect(longest(batches)).toBeLessThan(INTERVAL);
    expect(busiest(batches)).toBeLessThanOrEqual(INTERVAL);
  });
});

test('overhead longer than the interval does not make steps ever smaller', () => {
  const backlog = new Backlog({ interval: 100 });
  const batches = backlog.run(200, store(300, 0.05));
  expect(mean(batches.slice(10))).toBeGreaterThan(2000);
});

test('overhead that is much of the interval makes steps larger: half of their time is for rows', () => {
  const backlog = new Backlog();
  const batches = backlog.run(30, store(300, 0.01));
  expect(mean(batches.slice(10))).toBeGreaterThan(60_000);
  expect(busiest(batches.slice(10))).toBeLessThanOrEqual(INTERVAL * 1.05);
});

test('the caps hold: rows of a step, rows of a step out of order, rows a second', () => {
  const pace = new Pace({ rows: 100, capacity: 800, maxRate: 50.5 }, INTERVAL);
  expect(pace.rowsFor('directory', 0)).toBe(51);
  const backlog = new Backlog({ limits: { rows: 100, capacity: 800, maxRate: Infinity } });
  backlog.run(2, store(1, 0.0001));
  expect(backlog.pace.rowsFor('directory', 4000)).toBe(100);
  backlog.run(2, store(1, 0.0001), { outOfOrder: true });
  expect(backlog.pace.rowsFor('directory', 8000)).toBe(800);
});

test('rows out of order, which cost by the block, come in larger steps at once, and within the interval', () => {
  const backlog = new Backlog();
  backlog.run(3, store(3, 0.002));
  const outOfOrder = backlog.run(6, store(315, 0.0003), { outOfOrder: true });
  expect(longest(outOfOrder)).toBeLessThan(INTERVAL);
  expect(mean(outOfOrder)).toBeGreaterThan(4 * 65_536);
});

describe('little load', () => {
  test('is never held up, not at the end of a batch either', () => {
    const pace = new Pace(LIMITS, INTERVAL);
    for (let now = 0; now < 20_000; now += 5) {
      expect(pace.pauseMs(now)).toBe(0);
      expect(pace.rowsFor('mqtt', now)).toBeGreaterThan(1);
      pace.add({ receiver: 'mqtt', rows: now % 500 === 0 ? 100 : 0, outOfOrder: false, startedAt: now, endedAt: now + 3 });
    }
  });

  test('does not bound a burst: what single rows take is no rate', () => {
    const backlog = new Backlog();
    const { pace } = backlog;
    for (let now = 0; now < 20_000; now += 500)
      pace.add({ receiver: 'mqtt', rows: 1, outOfOrder: false, startedAt: now, endedAt: now + 5 });
    let [now, rows] = [20_000, 0];
    for (let steps = 0; steps < 5; steps++) {
      rows = pace.rowsFor('mqtt', now);
      pace.add({ receiver: 'mqtt', rows, outOfOrder: false, startedAt: now, endedAt: now + Math.ceil(5 + rows * 0.002) });
      now += Math.ceil(5 + rows * 0.002);
    }
    expect(rows).toBeGreaterThan(50_000);
  });
});

test('while the store is busy a step that was cheap by luck does not make the next one too large', () => {
  const backlog = new Backlog();
  backlog.run(5, store(30, 0.05));
  const { pace } = backlog;
  const usual = pace.rowsFor('directory', 10_100);
  pace.add({ receiver: 'directory', rows: usual, outOfOrder: false, startedAt: 10_100, endedAt: 10_110 });
  expect(pace.rowsFor('directory', 10_110) / usual).toBeLessThan(1.2);
});

test('a batch that had to wait for the one before it lowers the rate of the next, as Spark does', () => {
  const rowsAfter = (delay: number) => {
    const pace = new Pace(LIMITS, INTERVAL);
    // Batches of 1,000 rows a second; the second ends late, or not.
    for (const [startedAt, ms] of [
      [0, 2000],
      [2000, 2000 + delay],
      [4000 + delay, 2000 - delay],
    ])
      pace.add({ receiver: 'mqtt', rows: ms, outOfOrder: false, startedAt, endedAt: startedAt + ms });
    return pace.rowsFor('mqtt', 6000);
  };
  // 1,000 rows/s for 200 ms, and a fifth of the delay's share of the interval less.
  expect(rowsAfter(0)).toBe(200);
  expect(rowsAfter(500)).toBe(190);
});

test('each receiver has steps of its own size', () => {
  const backlog = new Backlog();
  backlog.run(3, store(10, 1), { receiver: 'mqtt' });
  expect(backlog.pace.rowsFor('directory', 8000)).toBe(1000);
  backlog.run(3, store(3, 0.002), { receiver: 'directory' });
  expect(backlog.pace.rowsFor('mqtt', 14_000)).toBeLessThan(250);
  expect(backlog.pace.rowsFor('directory', 14_000)).toBe(65_536);
});

test('a store that was away for an hour is tried with few rows, and is at full speed after a few batches', () => {
  const backlog = new Backlog();
  backlog.run(5, store(30, 0.05));
  backlog.run(1, () => 3_600_000);
  const after = backlog.run(10, store(30, 0.05));
  expect(longest(after)).toBeLessThan(INTERVAL);
  expect(mean(after.slice(4))).toBeGreaterThan(30_000);
});
