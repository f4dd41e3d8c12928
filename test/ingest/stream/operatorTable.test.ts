import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as library from '../../../ingest/stream.ts';

const ROOT = join(import.meta.dirname, '../../..');
const rows = readFileSync(join(ROOT, 'docs/operators.md'), 'utf8').split('\n').filter((line) => /^\|(?!---| Spark \|)/.test(line));
/** What the middle column names as ours. */
const ours = rows.flatMap((row) => Array.from(row.split('|')[2].matchAll(/`([^`]+)`/g), ([, name]) => name));

/** Every name that the library exports, types too. */
function exported(): string[] {
  const source = readFileSync(join(ROOT, 'ingest/stream.ts'), 'utf8');
  const lists = Array.from(source.matchAll(/^export (?:type )?\{([^}]+)\}/gms), ([, list]) => list.split(','));
  return lists.flat().map((name) => name.trim().replace(/^type /, '')).filter((name) => name !== '');
}

test('every operator that the table of Spark’s names as ours is exported', () => {
  expect(ours.length).toBeGreaterThan(80);
  const names = new Set(exported());
  for (const name of ours) {
    const [owner, member] = name.split('.');
    expect(names, name).toContain(owner);
    if (member) expect(member in library.StreamContext || member in library.StreamContext.prototype, name).toBe(true);
  }
});

test('every export is in the table, and what is a value there is one', () => {
  const named = new Set(ours.map((name) => name.split('.')[0]));
  expect(exported().filter((name) => !named.has(name))).toEqual([]);
  expect(Object.keys(library).filter((name) => !named.has(name))).toEqual([]);
});

test('a row without an operator of ours says why', () => {
  for (const row of rows) {
    const [, , here, why] = row.split('|').map((cell) => cell.trim());
    expect(here === 'none' ? why.length > 10 : here.startsWith('`'), row).toBe(true);
  }
});
