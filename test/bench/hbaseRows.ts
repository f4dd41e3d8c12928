import { readFileSync } from 'node:fs';
import { parseTime } from '../../domain/reading/wallClock.ts';

/** A plain line of the generated file: pump, wall time, and six values. */
export interface PlainRow {
  readonly pump: string;
  readonly time: number;
  readonly values: readonly number[];
}

/** The rows of a generated file. */
export function readRows(file: string): PlainRow[] {
  return readFileSync(file, 'latin1').trimEnd().split('\n').map((line) => {
    const [pump, date, clock, ...values] = line.split(',');
    const [month, day, year] = date.split('/').map(Number);
    const two = (number: number) => String(number).padStart(2, '0');
    const time = parseTime(
      `20${two(year)}-${two(month)}-${two(day)}T${clock.padStart(5, '0').padStart(clock.split(':').length === 3 ? 8 : 5, '0')}`,
    );
    if (time === undefined) throw new Error(`expected a generated line, got ${line}`);
    return { pump, time, values: values.map(Number) };
  });
}
