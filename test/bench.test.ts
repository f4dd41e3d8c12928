import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quantile, spread } from './bench/harness.ts';
import { costOf, type Figure, isMet, ratioOf, table } from './bench/report.ts';
import { csv, lines, shuffled, write } from './bench/rows.ts';
import { withGaps } from './bench/shapes.ts';
import { tempDir } from './support/tempDir.ts';

const BARE = join(import.meta.dirname, '../dist/test/bench/bare');

function runBare(script: string, ...args: string[]): { rows: number; sums?: number[] } {
  return JSON.parse(execFileSync(process.execPath, [join(BARE, script), ...args], { encoding: 'utf8' })) as {
    rows: number;
    sums?: number[];
  };
}

test('the bare loop stores every row, and its scan adds up what they hold', () => {
  const dir = tempDir();
  const file = join(dir, 'rows.csv');
  write(file, csv({ rows: 100_000 })); // more than one transaction
  const rows = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
  expect(runBare('files.js', file, dir).rows).toBe(100_000);
  const scanned = runBare('scan.js', dir);
  expect(scanned.rows).toBe(100_000);
  for (let measure = 1; measure <= 6; measure++) {
    const sum = rows.reduce((total, fields) => total + Number(fields[measure + 2]), 0);
    expect(scanned.sums?.[measure]).toBeCloseTo(sum, 3);
  }
});

test('shuffled rows are the same rows in another order, always the same one', () => {
  const texts = (rows: Iterable<Buffer>) => Array.from(rows, String);
  const ordered = texts(lines({ rows: 1000 }));
  const once = texts(shuffled(lines({ rows: 1000 })));
  expect(once).not.toEqual(ordered);
  expect(once.toSorted()).toEqual(ordered.toSorted());
  expect(texts(shuffled(lines({ rows: 1000 })))).toEqual(once);
});

test('rows that follow others have none of their keys', () => {
  const keys = (rows: Iterable<Buffer>) => Array.from(rows, (line) => String(line).split(',').slice(0, 3).join());
  expect(new Set([...keys(lines({ rows: 1000 })), ...keys(lines({ rows: 1000, after: 1000 }))]).size).toBe(2000);
});

const figure = (measured: number, limit: number): Figure => ({
  goal: 'P1', what: 'rows', unit: 'rows/s', measured: spread([measured]),
  limit: { name: 'bare loop', measured: spread([limit]) }, asks: { of: 'ratio', atLeast: 0.6 },
});

test('a figure below its share of the limit misses its goal, and the table says so', () => {
  expect(ratioOf(figure(59, 100))).toBeCloseTo(0.59);
  expect(isMet(figure(59, 100))).toBe(false);
  expect(isMet(figure(60, 100))).toBe(true);
  expect(table([figure(59, 100)])).toMatch(/0\.59 +≥ 0\.6 +MISSED/);
});

test('processor time stands beside a figure as what it costs a site', () => {
  const cost = { rows: 500_000, cpuMs: 1000 };
  expect(costOf(cost)).toEqual({ coreSeconds: 2, millionsADay: 43_200 });
  expect(table([{ ...figure(60, 100), cost }])).toMatch(/ 2\.00 +43,200$/);
});

test('of rows with gaps a quarter of the cells is missing, and none lacks all', () => {
  const values = Array.from(withGaps({ rows: 10_000 }), (line) => String(line).trimEnd().split(',').slice(3));
  expect(values.flat().filter((value) => value === '').length / 60_000).toBeCloseTo(0.25, 1);
  expect(values.every((row) => row.some((value) => value !== ''))).toBe(true);
});

test('a run that takes more than 300 MB is marked', () => {
  expect(table([{ ...figure(60, 100), peakMb: 301 }])).toContain('301 MISSED');
  expect(table([{ ...figure(60, 100), peakMb: 300 }])).not.toContain('MISSED');
});

test('median and quantiles are taken from sorted figures', () => {
  expect(spread([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
  expect(spread([4, 1, 3, 2]).median).toBe(2.5);
  expect(quantile([...Array(100).keys()].reverse(), 0.99)).toBe(99);
});
