import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { tempDir } from '../../../support/tempDir.ts';

const A = 'A,3/10/14,1:00,1,2,3,4,5,6\nA,3/10/14,1:01,x,2,3,4,5,6\nA,3/10/14,1:02,1,2,3,4,1,6\n';
const B = 'A,3/10/14,1:00,1,2,3,4,5,6\nA,3/10/14,1:02,1,2,3,4,9,6\n';
const ENV = { WELLWATCH_HTTP: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' };

interface Line {
  readonly source: string | null;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly pending: number;
  readonly first: string;
}

async function ranOnce(): Promise<string> {
  const dir = tempDir();
  mkdirSync(join(dir, 'inbox'));
  writeFileSync(join(dir, 'inbox', 'a.csv'), A);
  writeFileSync(join(dir, 'inbox', 'b.csv'), B);
  await jsonLines(['run', '--once', '--data-dir', dir], { env: ENV });
  return dir;
}

test('receipts tell of each file what became of its rows; they add up to the balance', async () => {
  const dir = await ranOnce();
  const lines = await jsonLines<Line>(['receipts', '--data-dir', dir]);
  const digest = (text: string) => `crc32:${crc32(text).toString(16).padStart(8, '0')}`;
  expect(lines).toMatchObject([
    { number: 1, source: 'a.csv', received: 3, stored: 2, duplicate: 0, rejected: 1, bytes: A.length, digest: digest(A) },
    { number: 2, source: 'b.csv', received: 2, stored: 1, replaced: 1, duplicate: 1, rejected: 0, bytes: B.length, digest: digest(B) },
  ]);
  for (const { received, stored, duplicate, rejected, pending, first } of lines) {
    expect(received).toBe(stored + duplicate + rejected + pending);
    expect(Date.parse(first)).toBeGreaterThan(0);
  }
  expect(await jsonLines<Line>(['receipts', 'b.csv', '--data-dir', dir])).toHaveLength(1);
  expect(await jsonLines<Line>(['receipts', '#1', '--data-dir', dir])).toMatchObject([{ source: 'a.csv' }]);
  const { stdout } = await runCommand(['receipts', '--data-dir', dir]);
  expect(stdout).toContain('2 sources: 5 rows received = 3 stored + 1 duplicate + 1 rejected + 0 pending.');
});

test('trace tells of each cell which line of which file it came from, and what it replaced', async () => {
  const dir = await ranOnce();
  const of = async (minute: string) => jsonLines<Record<string, unknown>>(['trace', 'A', `2014-03-10T${minute}`, '--data-dir', dir]);
  const first = await of('01:00');
  expect(first).toHaveLength(6);
  expect(first[4]).toMatchObject({
    pump: 'A', at: '2014-03-10T01:00:00', measure: 'psi', value: 5, source: 'a.csv', line: 1, replaced: null,
    confirmedBy: [{ source: 'b.csv', line: 1 }],
  });
  const changed = await of('01:02');
  expect(changed[4]).toMatchObject({ value: 9, source: 'b.csv', line: 2, confirmedBy: [] });
  expect(changed[4].replaced).toMatchObject({ value: 1, source: 'a.csv', line: 3 });
  expect(changed[0]).toMatchObject({ value: 1, source: 'b.csv', line: 2, replaced: null, confirmedBy: [{ source: 'a.csv', line: 3 }] });
  const { stdout, stderr } = await runCommand(['trace', 'A', '2014-03-10T01:02', '--data-dir', dir]);
  expect(stdout).toContain('1 from a.csv, line 3');
  expect(stderr).toBe('');
  const none = await runCommand(['trace', 'A', '2014-03-10T05:00', '--data-dir', dir]);
  expect(none).toMatchObject({ code: 0, stderr: 'There is no reading of A at 2014-03-10T05:00:00.\n' });
});
