import { expect, test } from 'vitest';
import { isPumpId, pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { visible } from '../../../domain/text.ts';

test.each([
  ['\u00a0A', 'A'], ['A\u200b', 'A'], ['\ufeffA\u2060 ', 'A'], ['\u3000A\u2800', 'A'], ['e\u0301', '\u00e9'], ['PUMP 1', 'PUMP 1'],
  ['A\u200bB', 'A\u200bB'], ['\u200b\u00a0', ''], ['A\t', 'A\t'], ['', ''],
])('%j is the id %j', (text, id) => expect(pumpIdOf(text)).toBe(id));

test('an id may hold 64 code points once it is trimmed, and no control character', () => {
  expect(isPumpId(pumpIdOf(`\u200b${'\u{1f6e2}'.repeat(64)}\u200b`))).toBe(true);
  expect(isPumpId('x'.repeat(65))).toBe(false);
  expect(isPumpId(pumpIdOf('A\t'))).toBe(false);
});

test('what nobody sees is shown as an escape, a space is not', () => {
  expect(visible('A \u200bB\u00a0\u0000\u{e0001}')).toBe('A \\u200bB\\u00a0\\u0000\\u{e0001}');
});
