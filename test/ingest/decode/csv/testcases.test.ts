import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatTime } from '../../../../domain/reading/wallClock.ts';
import { readSource } from './parsing.ts';

const FOLDER = join(import.meta.dirname, 'testcases');

/** What a case's `expected.json` holds. Adding a folder with it and `input.csv` adds a test. */
interface Expected {
  readonly rows?: readonly (readonly [string, string, ...number[]])[];
  readonly rejects?: readonly { readonly line: number; readonly reason: string; readonly raw?: string }[];
  readonly refusal?: string;
}

test.each(readdirSync(FOLDER))('%s', (name) => {
  const expected = JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8')) as Expected;
  const { rows, rejects, refusal } = readSource(readFileSync(join(FOLDER, name, 'input.csv')), { source: 'input.csv' });
  expect(rows.map(([pump, time, , ...values]) => [pump, formatTime(time), ...values])).toEqual(expected.rows ?? []);
  expect(rejects).toMatchObject(expected.rejects ?? []);
  expect(rejects).toHaveLength(expected.rejects?.length ?? 0);
  expect(refusal).toEqual(expected.refusal);
});
