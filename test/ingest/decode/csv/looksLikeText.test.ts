import { expect, test } from 'vitest';
import { looksLikeText, noTextReason } from '../../../../ingest/decode/csv/looksLikeText.ts';

test('text with tabs and line ends is text, and so is nothing at all', () => {
  expect(looksLikeText(Buffer.from('a\tb\r\nGröße 泵\n'))).toBe(true);
  expect(looksLikeText(Buffer.from('\t\r\n'.repeat(100)))).toBe(true);
  expect(looksLikeText(Buffer.alloc(0))).toBe(true);
});

test('a tenth of control bytes is text still, one more is none', () => {
  expect(looksLikeText(Buffer.from(`${'\0'.repeat(10)}${'x'.repeat(90)}`))).toBe(true);
  expect(looksLikeText(Buffer.from(`${'\0'.repeat(11)}${'x'.repeat(89)}`))).toBe(false);
  expect(looksLikeText(Buffer.from(`${'\u007f'.repeat(11)}${'x'.repeat(89)}`))).toBe(false);
});

test('UTF-16 is none', () => {
  expect(looksLikeText(Buffer.from('COHUTTA,3/10/14', 'utf16le'))).toBe(false);
});

test('a block of NULs in a text counts for nothing, but NULs alone are no text', () => {
  const row = 'A,3/10/14,1:01,1,2,3,4,50,6\n';
  expect(looksLikeText(Buffer.from(row + '\0'.repeat(4096) + row))).toBe(true);
  expect(looksLikeText(Buffer.alloc(4096))).toBe(false);
});

test.each([
  ['UTF-16 with a mark', Buffer.from('\ufeffA,3/10/14', 'utf16le'), 'UTF-16'],
  ['UTF-16 without a mark', Buffer.from('A,3/10/14,1:01', 'utf16le'), 'UTF-16'],
  ['UTF-16, the other way round', Buffer.from('A,3/10/14,1:01', 'utf16le').swap16(), 'UTF-16'],
  ['gzip', Buffer.of(0x1f, 0x8b, 8, 0, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41), 'gzip'],
  ['a spreadsheet', Buffer.from('PK\u0003\u0004xxxxxxxxxxxxxxxxxxxxxxxxx'), 'spreadsheet'],
  ['other bytes', Buffer.from('\u0001\u0002\u0003'), 'control bytes'],
])('%s is named', (_, bytes, named) => {
  expect(noTextReason(bytes)).toContain(named);
});

test('a text has no such reason', () => {
  expect(noTextReason(Buffer.from('A,3/10/14,1:01\n'))).toBeUndefined();
});
