import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { GzipBytes } from '../../../../ingest/receivers/directory/gzipBytes.ts';
import { tempDir } from '../../../support/tempDir.ts';

const text = Array.from({ length: 60_000 }, (_, i) => `A,3/10/14,1:01,${i},${(i * 7919) % 1000},3,4,50,6\n`).join('');

/** The text that a file gives from an offset on, and what it throws at the end. */
async function readAll(bytes: Buffer, offset = 0): Promise<{ text: string; error?: string }> {
  const path = join(tempDir(), 'x.csv.gz');
  writeFileSync(path, bytes);
  const source = await GzipBytes.open(path, offset);
  const into = Buffer.alloc(100_000);
  const parts: string[] = [];
  try {
    for (let count = await source.read(into, 0); count > 0; count = await source.read(into, 0))
      parts.push(into.toString('latin1', 0, count));
    return { text: parts.join('') };
  } catch (error) {
    return { text: parts.join(''), error: (error as NodeJS.ErrnoException).code ?? String(error) };
  } finally {
    source.close();
  }
}

const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] ^= 0x55;
  return copy;
};

test('a whole file gives its text, from any offset on', async () => {
  const whole = gzipSync(text);
  expect((await readAll(whole)).text === text).toBe(true);
  expect((await readAll(whole, 777_777)).text === text.slice(777_777)).toBe(true);
  expect(await readAll(whole, text.length)).toEqual({ text: '' });
});

test('several members are one text', async () => {
  expect((await readAll(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))).text).toBe('a\nb\n');
});

test('a wrong check sum costs no row, of a long file and of one row', async () => {
  for (const content of [text, 'A,3/10/14,1:01,1,2,3,4,50,6\n']) {
    const whole = gzipSync(content);
    const read = await readAll(flipped(whole, whole.length - 6));
    expect(read.text === content).toBe(true);
    expect(read.error).toBe('Z_DATA_ERROR');
  }
});

test('rubbish behind the end costs no row', async () => {
  for (const rubbish of ['rubbish', '\u001f\u008b and more', 'x'.repeat(200_000)]) {
    const read = await readAll(Buffer.concat([gzipSync(text), Buffer.from(rubbish, 'latin1')]));
    expect(read.text === text).toBe(true);
    expect(read.error).toBe('Z_DATA_ERROR');
  }
});

test('a file that was cut gives what stands before the cut', async () => {
  const whole = gzipSync(text);
  const read = await readAll(whole.subarray(0, whole.length >> 1));
  expect(read.error).toBe('Z_BUF_ERROR');
  expect(read.text.length).toBeGreaterThan(text.length / 4);
  expect(text.startsWith(read.text)).toBe(true);
  expect((await readAll(whole.subarray(0, whole.length - 3))).text === text).toBe(true);
});

test('a file that is no gzip throws', async () => {
  expect(await readAll(Buffer.from('this is no gzip'))).toEqual({ text: '', error: 'Z_DATA_ERROR' });
});
