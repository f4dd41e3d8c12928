import { expect, test } from 'vitest';
import { ExportProgress } from '../../../app/export/progress.ts';

test('tells rows so far, and their rate once that says something', () => {
  let now = 5000;
  const progress = new ExportProgress(() => now);
  expect(progress.step(1)).toBe('1 row');
  now += 999;
  expect(progress.step(8191)).toBe('8,192 rows');
  now += 1001;
  expect(progress.step(8192)).toBe('16,384 rows, 8,192 a second');
  expect(progress.rows).toBe(16_384);
});
