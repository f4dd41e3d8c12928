import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DURATIONS } from './slowFirst.ts';

test('every file whose duration is recorded exists', () => {
  const isThere = (name: string) => existsSync(fileURLToPath(new URL(`../${name}`, import.meta.url)));
  expect(Object.keys(DURATIONS).filter((name) => !isThere(name))).toEqual([]);
  expect(Object.keys(DURATIONS).length).toBeGreaterThan(5);
});
