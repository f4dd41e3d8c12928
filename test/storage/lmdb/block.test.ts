import { describe, expect, test } from 'vitest';
import { MAX_BLOCK_ROWS, PAGE_BYTES } from '../../../storage/lmdb/block.ts';
import { BlockReader } from '../../../storage/lmdb/blockReader.ts';
import { BlockEncoder } from '../../../storage/lmdb/blockEncoder.ts';
import { Columns } from '../../../storage/lmdb/columns.ts';
import fc from '../../support/property.ts';

interface Line {
  readonly time: number;
  readonly receivedAt: number;
  readonly values: readonly number[];
}

function columnsOf(lines: readonly Line[], measures: number): Columns {
  const rows = new Columns(measures, lines.length);
  lines.forEach((line, index) => {
    rows.time[index] = line.time;
    rows.receivedAt[index] = line.receivedAt;
    line.values.forEach((value, measure) => (rows.values[measure][index] = value));
  });
  rows.length = lines.length;
  return rows;
}

function linesOf(rows: Columns): Line[] {
  return Array.from({ length: rows.length }, (_, row) => ({
    time: rows.time[row], receivedAt: rows.receivedAt[row], values: rows.values.map((column) => column[row]),
  }));
}

/** Packs all rows, and gives the blocks. */
function pack(rows: Columns, measures: number, limit = PAGE_BYTES): Uint8Array[] {
  const encoder = new BlockEncoder(measures, limit);
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < rows.length;) {
    const count = encoder.fit(rows, from, rows.length);
    blocks.push(encoder.write(rows, from, count).slice());
    from += count;
  }
  return blocks;
}

function unpack(blocks: readonly Uint8Array[], measures: number, rows: number): Line[] {
  const reader = new BlockReader(measures);
  const out = new Columns(measures, rows);
  for (const block of blocks) {
    expect(reader.load(block)).toBeUndefined();
    reader.decode(out, 0, reader.rows);
  }
  return linesOf(out);
}

/** Rows a minute apart with one value each, received at the same time. */
function minutes(values: readonly number[]): Columns {
  return columnsOf(values.map((value, index) => ({ time: index * 60_000, receivedAt: 5, values: [value] })), 1);
}

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1000, max: 1000 }),
  fc
    .record({ mantissa: fc.maxSafeInteger(), exponent: fc.integer({ min: 0, max: 22 }) })
    .map(({ mantissa, exponent }) => mantissa / 10 ** exponent),
  fc.integer({ min: -5000, max: 5000 }).map((mantissa) => mantissa / 100),
  fc.constantFrom(0, -0, 5e-324, 1e300, 2 ** 50, 2 ** 50 + 1, -(2 ** 53), 0.1 + 0.2, 1e-15, 1e-16),
);
/** Columns of one kind of value are as likely as mixed ones. */
const column = fc.oneof(
  fc.array(value, { minLength: 60, maxLength: 60 }),
  fc.tuple(fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { minLength: 60, maxLength: 60 }), fc.integer({ min: 0, max: 6 }))
    .map(([mantissas, exponent]) => mantissas.map((mantissa) => mantissa / 10 ** exponent)),
  value.map((same) => Array.from({ length: 60 }, () => same)),
);
const gap = fc.oneof(
  fc.constant(60_000), fc.integer({ min: 1, max: 100 }).map((seconds) => seconds * 1000), fc.integer({ min: 1, max: 2 ** 33 }),
);
const rowsOf = (measures: number): fc.Arbitrary<Line[]> => fc.record({
  start: fc.integer({ min: -62_167_219_200_000, max: 200_000_000_000_000 }),
  gaps: fc.array(gap, { minLength: 1, maxLength: 60 }),
  receipts: fc.array(fc.oneof(fc.constantFrom(7, 8), fc.integer({ min: 0, max: 2 ** 45 })), { minLength: 60, maxLength: 60 }),
  values: fc.array(column, { minLength: measures, maxLength: measures }),
}).map(({ start, gaps, receipts, values }) => {
  let time = start;
  return gaps.map((ms, index) => ({ time: time += ms, receivedAt: receipts[index], values: values.map((one) => one[index]) }));
});

describe('a block', () => {
  test('gives back every row to the bit, whatever the values', () => {
    fc.assert(fc.property(rowsOf(6), fc.constantFrom(300, 700, PAGE_BYTES), (lines, limit) => {
      expect(unpack(pack(columnsOf(lines, 6), 6, limit), 6, lines.length)).toEqual(lines);
    }), { numRuns: 500 });
  });

  test('gives back what is missing as missing, and the receipts of its cells, whatever the values', () => {
    const gaps = fc.array(fc.array(fc.nat(9), { minLength: 6, maxLength: 6 }), { minLength: 60, maxLength: 60 });
    fc.assert(fc.property(rowsOf(6), gaps, fc.constantFrom(2, 7, 10), fc.boolean(), fc.constantFrom(300, 700, PAGE_BYTES),
      (full, marks, share, together, limit) => {
        const lines = full.map((line, row) => ({ ...line, values: line.values.map((one, c) => (marks[row][c] < share ? one : NaN)) }));
        const rows = columnsOf(lines, 6);
        const lag = (row: number, c: number) => (marks[row][c] % 3 === 0 || together ? 0 : 5 ** marks[row][c]);
        if (!together) rows.openCells().forEach((column, c) => lines.forEach((line, row) => (column[row] = line.receivedAt - lag(row, c))));
        const blocks = pack(rows, 6, limit);
        for (const block of blocks) expect(block.length).toBeLessThanOrEqual(limit);
        const reader = new BlockReader(6);
        const out = new Columns(6, lines.length);
        for (const block of blocks) {
          expect(reader.load(block)).toBeUndefined();
          const middle = Math.floor(reader.rows / 2);
          reader.decode(out, 0, middle);
          reader.decode(out, middle, reader.rows);
        }
        expect(linesOf(out)).toEqual(lines);
        lines.forEach(({ values, receivedAt }, row) => values.forEach((one, c) => {
          if (!Number.isNaN(one)) expect(out.cellReceipts?.[c][row] ?? receivedAt).toBe(receivedAt - lag(row, c));
        }));
      }), { numRuns: 300 });
  });

  test('of whole rows is what it was before cells could be missing', () => {
    const rows = minutes([1, 2.5, 3]);
    const [block] = pack(rows, 1);
    expect(block[4]).toBe(1);
    rows.openCells();
    expect(pack(rows, 1)[0]).toEqual(block);
    rows.values[0][1] = NaN;
    expect([pack(rows, 1)[0][4], pack(rows, 1)[0].length - block.length]).toEqual([2, 6]);
  });

  test('with a measure that no row has costs no byte a row for it', () => {
    const lines = Array.from({ length: 500 }, (_, i) => ({ time: i * 60_000, receivedAt: 5, values: [i % 200, NaN] }));
    expect(pack(columnsOf(lines, 2), 2)[0].length).toBeLessThan(pack(minutes(lines.map(({ values: [one] }) => one)), 1)[0].length + 20);
  });

  test('gives back a part of its rows', () => {
    fc.assert(fc.property(rowsOf(2), fc.nat(60), fc.nat(60), (lines, a, b) => {
      const reader = new BlockReader(2);
      reader.load(pack(columnsOf(lines, 2), 2)[0]);
      const to = Math.min(reader.rows, Math.max(a, b));
      const from = Math.min(to, a, b);
      const out = new Columns(2, MAX_BLOCK_ROWS);
      reader.decode(out, from, to);
      expect(linesOf(out)).toEqual(lines.slice(from, to));
    }), { numRuns: 300 });
  });

  test('finds the first row at or after a time', () => {
    fc.assert(fc.property(rowsOf(1), fc.nat(59), fc.integer({ min: -1, max: 1 }), (lines, index, off) => {
      const reader = new BlockReader(1);
      reader.load(pack(columnsOf(lines, 1), 1)[0]);
      const time = lines[Math.min(index, lines.length - 1)].time + off;
      const found = lines.slice(0, reader.rows).findIndex((line) => line.time >= time);
      expect(reader.rowAt(time)).toBe(found === -1 ? reader.rows : found);
    }));
  });

  test('says in its header from when to when it reaches and was received', () => {
    const reader = new BlockReader(1);
    reader.load(pack(columnsOf([{ time: 5, receivedAt: 9, values: [1] }, { time: 70, receivedAt: 3, values: [2] }], 1), 1)[0]);
    expect(reader).toMatchObject({ rows: 2, first: 5, last: 70, oldest: 3, newest: 9 });
  });

  test('never outgrows its limit, and wastes little of it', () => {
    fc.assert(fc.property(rowsOf(6), fc.constantFrom(300, 700, PAGE_BYTES), (lines, limit) => {
      const blocks = pack(columnsOf(lines, 6), 6, limit);
      for (const block of blocks) expect(block.length).toBeLessThanOrEqual(limit);
    }), { numRuns: 200 });
    const uneven = minutes(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 10_000));
    for (const block of pack(uneven, 1).slice(0, -1)) expect(block.length).toBeGreaterThan(PAGE_BYTES - 16);
  });

  test('packs readings of two decimals into a few bytes each, whatever their size', () => {
    const values = Array.from({ length: 1000 }, (_, index) => 1_000_000 + (index % 250) / 100);
    expect(pack(minutes(values), 1)[0].length).toBeLessThan(1000 * 3 + 100);
  });

  test('ends before a value that would make it twice as wide', () => {
    const values = Array.from({ length: 500 }, (_, index) => (index < 450 ? index % 200 : 0.1 + 0.2));
    const [first] = pack(minutes(values), 1, 1500);
    const reader = new BlockReader(1);
    reader.load(first);
    expect(reader.rows).toBe(450);
  });

  test('of constant readings stays readable at once: its rows are bounded', () => {
    const reader = new BlockReader(1);
    reader.load(pack(minutes(Array.from({ length: 3000 }, () => 5)), 1)[0]);
    expect(reader.rows).toBe(MAX_BLOCK_ROWS);
  });

  test('with any byte changed, cut or added is refused', () => {
    const [block] = pack(minutes([1, 2.5, 3]), 1);
    const reader = new BlockReader(1);
    for (let at = 0; at < block.length; at++) {
      const damaged = block.slice();
      damaged[at] ^= 0x10;
      expect(reader.load(damaged)).toBeTypeOf('string');
    }
    expect(reader.load(block.subarray(0, -1))).toMatch(/should have/);
    expect(reader.load(Buffer.concat([block, Buffer.from([0])]))).toMatch(/should have/);
    expect(reader.load(new Uint8Array(0))).toBe('0 bytes are no block');
  });

  test('of fewer columns than there are now has the others unknown; one of more is refused', () => {
    const lines = [{ time: 60_000, receivedAt: 5, values: [1.5, 2] }, { time: 120_000, receivedAt: 7, values: [0.1 + 0.2, 3] }];
    const [block] = pack(columnsOf(lines, 2), 2);
    const reader = new BlockReader(3);
    expect(reader.load(block)).toBeUndefined();
    const rows = new Columns(3, 4);
    rows.values[2].fill(9);
    reader.decode(rows, 1, 2);
    reader.decode(rows, 0, 1);
    expect(linesOf(rows)).toEqual([lines[1], lines[0]].map((line) => ({ ...line, values: [...line.values, NaN] })));
    expect(new BlockReader(1).load(block)).toBe('layout 1 with 2 columns is none');
  });
});
