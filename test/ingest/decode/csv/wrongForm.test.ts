import { expect, test } from 'vitest';
import { wrongForm } from '../../../../ingest/decode/csv/wrongForm.ts';
import { readSource } from './parsing.ts';

test.each([
  ['JSON', '{"pump":"A","psi":3}', 'got JSON'],
  ['an array of JSON', ' [{"pump":"A"}]', 'got JSON'],
  ['XML', '<?xml version="1.0"?>', 'got XML or HTML'],
  ['a login page', '<html><body>', 'got XML or HTML'],
  ['semicolons', 'A;10/8/26;0:06;1,5;2;3;4;50;6', 'got semicolons'],
  ['tabs', 'A\t10/8/26\t0:06\t1\t2\t3\t4\t50\t6', 'got tabs'],
  ['line ends of CR alone', 'A,10/8/26,0:08,1,2,3,4,50,6\rA,10/8/26,0:09,1,2,3,4,50,6', 'got CR alone'],
])('%s is named', (_, line, reason) => {
  expect(wrongForm(Buffer.from(line))).toContain(reason);
  expect(readSource(`${line}\n`).rejects[0].reason).toContain(reason);
});

test('a line of CSV that lacks a field is that, and no other form', () => {
  for (const line of ['COHUTTA,3/10/14,1:01', 'a;b', '[x],1', '{x}', 'free text; really', '1 < 2,3'])
    expect(wrongForm(Buffer.from(line))).toBeUndefined();
});

test('a second of more than three digits is named', () => {
  expect(readSource('A,3/10/14,1:01:05.1234,1,2,3,4,50,6').rejects[0].reason).toContain('at most three digits of a second');
});

test('a block of NULs, as a power loss leaves it, is one reject', () => {
  const row = 'A,3/10/14,1:01,1,2,3,4,50,6\n';
  for (const size of [4096, 200_000]) {
    const { rows, rejects } = readSource(`${row}${'\0'.repeat(size)}${row}${row}`);
    expect(rows.length).toBe(2);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([[2, 'expected text, got a block of NULs']]);
  }
});
