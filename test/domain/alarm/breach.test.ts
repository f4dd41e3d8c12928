import { expect, test } from 'vitest';
import { raise } from '../../../domain/alarm/breach.ts';
import type { Rule } from '../../../domain/alarm/rule.ts';
import { ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { PSI } from '../../support/measures.ts';
import { LOW_PSI } from '../../support/rules.ts';

function batch(...rows: [pump: string, psi: number][]): ReadingsBuffer {
  const readings = new ReadingsBuffer(rows.length);
  for (const [pump, psi] of rows) {
    readings.pump[readings.length] = readings.pumps.numberOf(pump);
    readings.values[PSI][readings.length] = psi;
    readings.length++;
  }
  return readings;
}

const rowsOf = (rules: Rule[], readings: ReadingsBuffer) => raise(rules, readings).map(({ row, rule }) => `${row}:${rule.id}`);

test('a row with psi exactly 5 raises no alert, the next double below it does', () => {
  const readings = batch(['A', 5], ['A', 4.999999999999999], ['A', 5.000000000000001], ['A', -0]);
  expect(rowsOf([LOW_PSI], readings)).toEqual(['1:low-psi', '3:low-psi']);
});

test('a rule may ask for values above its threshold, strictly', () => {
  expect(rowsOf([{ ...LOW_PSI, id: 'high', comparison: 'above', threshold: 100 }], batch(['A', 100], ['A', 100.5]))).toEqual(['1:high']);
});

test('several rules on one row are several alerts', () => {
  const rules = [LOW_PSI, { ...LOW_PSI, id: 'no-psi', threshold: 1 }];
  expect(rowsOf(rules, batch(['A', 0], ['A', 3]))).toEqual(['0:low-psi', '1:low-psi', '0:no-psi']);
});

test('a pump pattern is taken literally but for its stars', () => {
  const pumps: [string, number][] = [['A.1', 0], ['AX1', 0], ['BAYOU_7', 0], ['bayou_7', 0], ['🛢-7', 0]];
  const matching = (pattern: string) =>
    rowsOf([{ ...LOW_PSI, pumps: pattern }], batch(...pumps)).map((key) => pumps[Number(key.split(':')[0])][0]);
  expect(matching('A.1')).toEqual(['A.1']);
  expect(matching('*_7')).toEqual(['BAYOU_7', 'bayou_7']);
  expect(matching('*7')).toEqual(['BAYOU_7', 'bayou_7', '🛢-7']);
  expect(matching('A*1')).toEqual(['A.1', 'AX1']);
});
