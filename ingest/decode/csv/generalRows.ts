import { parse as parseCsv } from 'csv-parse/sync';
import { isPumpId, MAX_PUMP_ID, pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { futureReason, type Receipt } from '../../../domain/reading/receipt.ts';
import { isUnknown, UNKNOWN } from '../../../domain/reading/measures.ts';
import type { ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { DAY_MS } from '../../../domain/reading/wallClock.ts';
import { dayFirstReason, isDayFirst } from './dateOrder.ts';
import { isNoValue, parseDate, parseNumber, parseTimeOfDay, quoteField, trimSpaces } from './fields.ts';
import { type FieldPositions, FIELDS, FIRST_MEASURE } from './header.ts';

/** The fields of well-framed records of CSV, record by record; quotes are removed, spaces are not. */
export function splitFields(records: readonly string[]): string[][] {
  const text = records.join('\n');
  if (!text.includes('"')) return records.map((record) => record.split(',')); // one call of csv-parse costs as much as 50 of these
  return parseCsv(text, { record_delimiter: '\n', relax_column_count: true });
}

/**
 * Appends a row from its fields, of which there are as many as columns, or says what was expected and what came. An empty field
 * is a missing cell; a row needs one that is not.
 */
export function appendRow(
  fields: readonly string[],
  columns: FieldPositions,
  into: { readonly readings: ReadingsBuffer; readonly receipt: Receipt; readonly line: number },
): string | undefined {
  // A position that was stored before a measure was added lacks that one.
  const texts = FIELDS.map((_, field) => trimSpaces(fields[columns.positions[field]] ?? ''));
  const [pump, date, clock] = texts;
  const id = pumpIdOf(pump);
  if (!isPumpId(id))
    return `expected ResourceID to be 1 to ${MAX_PUMP_ID} characters without control characters or "/", got ${quoteField(pump)}`;
  const day = parseDate(date);
  if (day === undefined) return isDayFirst(date) ? dayFirstReason(date) : 'expected Date to be a date like 3/14/14 or 2014-03-14, got ' +
    `${quoteField(date)}`;
  const timeOfDay = parseTimeOfDay(clock);
  if (timeOfDay === undefined) return timeReason(clock);
  const { readings, receipt: { receivedAt, latest } } = into;
  const time = day * DAY_MS + timeOfDay;
  if (latest && time > latest.time) return futureReason(time, latest);

  const row = readings.length;
  let known = 0;
  for (const [measure, column] of readings.values.entries()) {
    const text = texts[FIRST_MEASURE + measure];
    const value = text === '' ? UNKNOWN : parseNumber(text);
    if (value === undefined) return `expected ${FIELDS[FIRST_MEASURE + measure]} to be a number, got ${quoteField(text)}`;
    column[row] = isNoValue(value) ? UNKNOWN : value;
    if (!isUnknown(column[row])) known++;
  }
  if (known < readings.values.length) readings.origins.whole = false;
  if (known === 0) return `expected a value of at least one of ${FIELDS.slice(FIRST_MEASURE).join(', ')}, got none`;
  readings.pump[row] = readings.pumps.numberOf(id);
  readings.time[row] = time;
  readings.receivedAt[row] = receivedAt;
  readings.origins.line[row] = into.line;
  readings.length = row + 1;
  return undefined;
}

function timeReason(clock: string): string {
  const digits = /\.\d{4,}$/.test(clock) ? ' with at most three digits of a second' : '';
  return `expected Time to be a time of day like 1:01 or 13:05:30${digits}, got ${quoteField(clock)}`;
}
