import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSpool, SpoolFile } from '../../../storage/parquet/spool.ts';
import { tempDir } from '../../support/tempDir.ts';
import { readingsOf } from '../../support/stored.ts';

const STEP = readingsOf(['A 2014-03-14T12:00 1 2 3 4 5 6', 'Ä_B 2014-03-14T12:00 -0 2 3 4 5 6', 'A 2014-03-14T12:01 7 8 9 10 11 12']);
const LONG = readingsOf(Array.from({ length: 40_000 }, (_, i) => `P${i % 3} 2014-03-14T12:00 ${i} 2 3 4 5 6`));
const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);

/** Rows of a spool as `pump hz`. */
function contents(path: string, bytes: number): string[] {
  return [...readSpool(path, bytes)].flatMap(({ names, pump, values: [hz], length }) =>
    Array.from({ length }, (_, row) => `${names[pump[row]]} ${Object.is(hz[row], -0) ? '-0' : hz[row]}`));
}

function spool(): { path: string; file: SpoolFile } {
  const path = join(tempDir(), 'x.spool');
  return { path, file: SpoolFile.create(path) };
}

test('gives the chosen rows of each append, in order', () => {
  const { path, file } = spool();
  const first = file.append(0, STEP, Uint32Array.of(0, 1));
  const second = file.append(first, STEP, Uint32Array.of(2));
  file.close();
  expect(contents(path, second)).toEqual(['A 1', 'Ä_B -0', 'A 7']);
  expect(contents(path, first)).toEqual(['A 1', 'Ä_B -0']);
  expect(contents(path, 0)).toEqual([]);
});

test('an append at the same place takes the place of the one before, longer or shorter', () => {
  const { path, file } = spool();
  const first = file.append(0, STEP, Uint32Array.of(0));
  file.append(first, LONG, all(40_000));
  file.close();
  const again = SpoolFile.open(path);
  const end = again.append(first, STEP, Uint32Array.of(2));
  again.close();
  expect(contents(path, end)).toEqual(['A 1', 'A 7']);
  expect(statSync(path).size).toBeGreaterThan(end);
});

test('what one who reads holds at once is bounded, however large the step was', () => {
  const { path, file } = spool();
  const end = file.append(0, LONG, all(40_000));
  file.close();
  expect([...readSpool(path, end)].map(({ length }) => length)).toEqual([16_384, 16_384, 7232]);
  expect(contents(path, end)).toEqual(Array.from({ length: 40_000 }, (_, i) => `P${i % 3} ${i}`));
});

describe('is refused as damaged, with file and byte, when', () => {
  const damaged = (change: (path: string, end: number) => void) => {
    const { path, file } = spool();
    const end = file.append(file.append(0, STEP, all(3)), STEP, all(3));
    file.close();
    change(path, end);
    return () => contents(path, end);
  };

  test('a bit has changed', () => {
    for (const at of [1, 6, 9, 13, 20, 300]) {
      const read = damaged((path) => {
        const bytes = readFileSync(path);
        bytes[at] ^= 4;
        writeFileSync(path, bytes);
      });
      expect(read, `byte ${at}`).toThrow(
        expect.objectContaining({
          code: 'STORE_DAMAGED',
          message: expect.stringMatching(/at byte \d+ of \d+ in .*x\.spool/) as string,
        }) as Error,
      );
    }
  });

  test('it is shorter than what was committed', () => {
    for (const cut of [1, 100, 500]) expect(damaged((path, end) => truncateSync(path, end - cut))).toThrow(/expected a block of rows/);
  });
});
