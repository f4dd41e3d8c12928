import { expect, test } from 'vitest';
import { holdsAt, parseWhen, whenText } from '../../../../domain/alarm/fold/when.ts';
import { MEASURES, measureIndex, UNKNOWN } from '../../../../domain/reading/measures.ts';

function holds(text: string, cells: Partial<Record<'hz' | 'flo' | 'disp', number>>): boolean | undefined {
  const values = MEASURES.map(() => new Float64Array([1]));
  for (const [name, value] of Object.entries(cells)) values[measureIndex[name as 'hz']][0] = value;
  return holdsAt(parseWhen(text)!, values, 0);
}

test('`and` binds closer than `or`', () => {
  expect(holds('hz > 5 or flo > 5 and disp > 5', { hz: 9, flo: 0, disp: 0 })).toBe(true);
  expect(holds('hz > 5 or flo > 5 and disp > 5', { hz: 0, flo: 9, disp: 0 })).toBe(false);
});

test('a missing cell decides nothing where the others do', () => {
  expect(holds('hz > 5 or flo > 5', { hz: UNKNOWN, flo: 9 })).toBe(true);
  expect(holds('hz > 5 or flo > 5', { hz: UNKNOWN, flo: 0 })).toBeUndefined();
  expect(holds('hz > 5 and flo > 5', { hz: UNKNOWN, flo: 0 })).toBe(false);
  expect(holds('hz > 5 and flo > 5', { hz: UNKNOWN, flo: 9 })).toBeUndefined();
});

test.each([
  ['hz>=5', 5, true], ['hz <= 5', 5.5, false], ['hz = 5', 5, true], ['hz == 5', 4, false], ['hz != 5', 4, true], ['hz < -1.5e1', -16, true],
])('%s at %d is %s', (text, hz, is) => expect(holds(text, { hz })).toBe(is));

test.each([
  '', 'hz', 'hz >', 'hz > 0 and', 'hz > 0 xor flo > 1', 'pressure > 0', 'hz > 1e999', 'hz > 0)', 'toString > 1', 'hz > 0 or or flo > 1',
])('%j is none', (text) => expect(parseWhen(text)).toBeUndefined());

test('is shown as it is written', () => {
  expect(whenText(parseWhen('hz>0 and  flo<10 or disp>=2')!)).toBe('hz > 0 and flo < 10 or disp >= 2');
});
