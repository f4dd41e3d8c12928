import { expect, test } from 'vitest';
import { dateOrderOf } from '../../../../ingest/decode/csv/dateOrder.ts';
import fc from '../../../support/property.ts';
import { readSource } from './parsing.ts';

const orderOf = (dates: readonly string[]) => {
  const bytes = Buffer.from(dates.map((date) => `A,${date},1:01,1,2,3,4,50,6\n`).join(''));
  return dateOrderOf(bytes, 0, bytes.length);
};
const days = (count: number, date: (day: number) => string) => Array.from({ length: count }, (_, i) => date(i + 1));

test.each([
  ['a day beyond 12 in front', ['3/4/26', '25/4/26'], 'dayFirst'],
  ['the same with years of four digits', ['03/04/2026', '25/04/2026'], 'dayFirst'],
  ['a day beyond 12 behind', ['3/4/26', '3/25/26'], 'monthFirst'],
  ['both, which no one order explains', ['25/4/26', '3/25/26'], 'monthFirst'],
  ['an ISO date beside one that is day first', ['25/4/26', '2026-04-25'], 'monthFirst'],
  ['dates that may be either', ['3/4/26', '5/6/26'], 'unknown'],
  ['no date at all', ['x', 'y'], 'unknown'],
])('%s', (_, dates, order) => {
  expect(orderOf(dates)).toBe(order);
});

test('one date among thousands decides', () => {
  const either = days(9000, (i) => `${(i % 12) + 1}/4/26`);
  expect(orderOf([...either, '13/4/26', ...either])).toBe('dayFirst');
  expect(orderOf([...either, '4/13/26', ...either])).toBe('monthFirst');
  expect(orderOf([...either, '13/4/26', ...either, '4/13/26'])).toBe('monthFirst');
});

test('a text proves what its lines prove one by one, wherever their dates stand', () => {
  const date = fc.constantFrom('3/4/26', '3/4/26', '5/6/26', '25/4/26', '3/25/26', '2026-03-25', '3/4/261');
  const field = fc.oneof(date, fc.constantFrom('W-12', '7', 'x', '', 'Š 3/4/26', '"3/25/26"', 'W 25/3/26'));
  const line = fc.tuple(field, fc.oneof(date, field), field).map((fields) => fields.join(','));
  fc.assert(fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, isOpen) => {
    const prove = (text: string) => dateOrderOf(Buffer.from(text), 0, Buffer.byteLength(text));
    const proofs = lines.map(prove);
    const expected = proofs.includes('monthFirst') ? 'monthFirst' : proofs.includes('dayFirst') ? 'dayFirst' : 'unknown';
    // Behind so many lines of no order none of these is in the sample.
    const text = `${'A,3/4/26,1:01\n'.repeat(2000)}${lines.join('\n')}${isOpen ? '' : '\n'}`;
    expect(prove(text)).toBe(expected);
  }), { numRuns: 300 });
});

test('a row whose date is day first is a reject that says so', () => {
  expect(readSource('A,25/3/26,1:01,1,2,3,4,50,6').rejects[0].reason).toMatch(/expected Date month first.*got `25\/3\/26`/);
});
