import { expect, test } from 'vitest';
import { looksLikeText } from '../../../../ingest/decode/csv/looksLikeText.ts';

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
