import { isSerial, kindOfTime } from './guessTime.ts';
import type { TableShape } from './tableShape.ts';

/** What the values of a column are like. */
export interface ColumnFacts {
  /** Its name; without a header its number from 1. */
  readonly place: string | number;
  readonly index: number;
  readonly unit: string;
  readonly texts: readonly string[];
  /** Shares of its values that are not empty: numbers with a point or none, numbers with a comma, times. */
  readonly numbers: number;
  readonly commas: number;
  readonly times: 'both' | 'date' | 'clock' | 'epoch' | 'serial' | undefined;
  readonly distinct: ReadonlySet<string>;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const COMMA_NUMBER = /^[+-]?\d*,\d+(?:[eE][+-]?\d{1,3})?$/;
/** Numbers with separators of thousands and perhaps a decimal sign, as 1,081.5 or 1.081,5 or 1 081 has them. */
const GROUPED = /^[+-]?\d{1,3}(?:(?:,\d{3})+\.\d*|(?:\.\d{3})+,\d*|(?:,\d{3}){2,}|(?:\.\d{3}){2,}|(?:[ \u00a0\u2009\u202f'\u2019]\d{3})+(?:[.,]\d*)?)$/;
const TIME_NAME = /zeit|time|stamp|date|datum/;
const EPOCH = /^1\d{9}(\.\d+)?$|^1\d{12}$|^1\d{15}$|^1\d{18}$/;

/** The facts of every column of a table. */
export function factsOf({ rows, names, units }: TableShape): ColumnFacts[] {
  return rows[0].map((_, index) => {
    const texts = rows.map((fields) => fields[index].trim());
    const given = texts.filter((text) => text !== '');
    const share = (test: (text: string) => boolean) => (given.length === 0 ? 0 : given.filter(test).length / given.length);
    return {
      index, texts,
      place: names ? names[index] : index + 1,
      unit: units[0]?.[index]?.trim() ?? '',
      numbers: share((text) => NUMBER.test(text) || GROUPED.test(text)),
      commas: share((text) => COMMA_NUMBER.test(text)),
      times: timesOf(given) ?? (names && TIME_NAME.test(names[index].toLowerCase()) && given.length > 0 && given.every(isSerial) ? 'serial' : undefined),
      distinct: new Set(given),
    };
  });
}

/** Whether a column has numbers in the main. */
export function isNumeric({ numbers, commas }: ColumnFacts): boolean {
  return numbers + commas >= 0.5;
}

function timesOf(given: readonly string[]): ColumnFacts['times'] {
  if (given.length === 0) return undefined;
  const kinds = given.map((text) => kindOfTime(text) ?? (EPOCH.test(text) ? 'epoch' : undefined));
  return kinds.filter((kind) => kind === kinds[0]).length >= given.length * 0.9 ? kinds[0] : undefined;
}

/** A column whose name fits a pattern, of those that pass a test. */
export function named(columns: readonly ColumnFacts[], pattern: RegExp, test: (column: ColumnFacts) => boolean): ColumnFacts | undefined {
  return columns.find((column) => pattern.test(String(column.place).toLowerCase()) && test(column));
}
