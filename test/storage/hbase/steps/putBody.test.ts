import { expect, test } from 'vitest';
import { MEASURES } from '../../../../domain/reading/measures.ts';
import { readingKey } from '../../../../domain/reading/rowKey.ts';
import { PutBody } from '../../../../storage/hbase/steps/putBody.ts';
import fc from '../../../support/property.ts';
import { type Row, row, stepOf, time } from '../../../support/steps.ts';
import { HIGH_HZ, LOW_PSI } from '../../../support/rules.ts';

interface Body {
  readonly Row: { readonly key: string; readonly Cell: { readonly column: string; readonly timestamp: number; readonly $: string }[] }[];
}

const text = (base64: string) => Buffer.from(base64, 'base64').toString();
const double = (base64: string) => Buffer.from(base64, 'base64').readDoubleBE();

/** The body of a step's rows, as HBase reads it: `[key, timestamp, { column: value }]`. */
function bodyOf(rows: readonly Row[]): [string, number[], Record<string, number>][] {
  const { readings, breaches } = stepOf(rows, { rules: [LOW_PSI, HIGH_HZ] });
  const body = new PutBody(64);
  body.clear();
  rows.forEach((_, index) => body.add(readings, index, breaches.filter((breach) => breach.row === index)));
  const { Row: sent } = JSON.parse(Buffer.from(body.end()).toString()) as Body;
  return sent.map(({ key, Cell }) => [
    text(key),
    [...new Set(Cell.map(({ timestamp }) => timestamp))],
    Object.fromEntries(Cell.map(({ column, $ }) => [text(column), double($)])),
  ]);
}

test('a reading becomes six cells of eight big-endian bytes with its time of receipt', () => {
  expect(bodyOf([row('COHUTTA', '2014-03-10T01:01', 85, 1_700_000_000_123)])).toEqual([
    [
      'COHUTTA_2014-03-10_01:01',
      [1_700_000_000_123],
      { 'data:hz': 10.27, 'data:disp': 1.73, 'data:flo': 881, 'data:sedPPM': 1.56, 'data:psi': 85, 'data:chlPPM': 1.94 },
    ],
  ]);
});

test('a value that is not known has no cell, wherever it stands', () => {
  const [known, ...lacking] = [
    [1, 2, 3, 4, 50, 6],
    [NaN, 2, 3, 4, 50, 6],
    [1, 2, 3, NaN, 0, NaN],
  ].map((values) => ({ ...row('A', '2014-03-10'), values }));
  const cells = bodyOf([known, ...lacking, known]).map(([, , each]) => Object.keys(each));
  const all = MEASURES.map((measure) => `data:${measure}`);
  expect(cells).toEqual([
    all, all.slice(1), ['data:hz', 'data:disp', 'data:flo', 'data:psi', 'alerts:psi', 'alerts:psi:low-psi'], all,
  ]);
});

test('a reading that breaks rules carries the value and each threshold', () => {
  const [[, , cells]] = bodyOf([{ ...row('A', '2014-03-10'), values: [200, 1, 1, 1, 0, 1] }]);
  expect(cells).toMatchObject({ 'alerts:psi': 0, 'alerts:psi:low-psi': 5, 'alerts:hz': 200, 'alerts:hz:high-hz': 100 });
});

test('any rows come out as they went in', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true });
  const rows = fc.array(fc.record({
    pump: fc.constantFrom('A', '泵', '+,*%', '"\\'), time: fc.constantFrom('2014-03-10', '2014-03-10T01:02:03.004', '0000-01-01').map(time),
    receivedAt: fc.constantFrom(1, 12, 1_700_000_000_000), values: fc.array(value, { minLength: 6, maxLength: 6 }),
  }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(rows, (all) => {
    bodyOf(all).forEach(([key, timestamps, cells], index) => {
      const { pump, time: at, receivedAt, values } = all[index];
      expect(key).toBe(readingKey(pump, at));
      expect(timestamps).toEqual([receivedAt]);
      MEASURES.forEach((measure, c) => expect(cells[`data:${measure}`]).toBe(values[c]));
    });
  }));
});
