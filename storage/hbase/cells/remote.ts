import type { Alert } from '../../../domain/alarm/alert.ts';
import type { DayStats, MeasureStats } from '../../../domain/day/dayStats.ts';
import { isUnknown, MEASURES, UNKNOWN } from '../../../domain/reading/measures.ts';
import { type Readings, ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { parseDayKey, parseReadingKey } from '../../../domain/reading/rowKey.ts';
import type { DaySelection } from '../../../domain/day/pumpDay.ts';
import type { Selection, TimeRange } from '../../../domain/reading/selection.ts';
import { alertsOf } from './alertCells.ts';
import { COUNT_COLUMN, decodeValue, statsColumn } from './cells.ts';
import { encodeColumn } from '../gateway/rows.ts';
import type { CellRow, HBaseClient } from '../gateway/client.ts';
import { ALL_KEYS, readingKeys } from '../gateway/keyRanges.ts';
import { takeReading } from './storedReadings.ts';

const PAGE_ROWS = 2000;
/** Alerts of a row: a guess for the size of a page, no limit. */
const ALERT_CELLS = 4;
const STATS_CELLS = MEASURES.length * 4 + 1;
const MOST_LAST_ROWS = 1000;

const statsColumns = MEASURES.map((measure) => ({
  min: encodeColumn(statsColumn(measure, 'min')),
  max: encodeColumn(statsColumn(measure, 'max')),
  avg: encodeColumn(statsColumn(measure, 'avg')),
  count: encodeColumn(statsColumn(measure, 'count')),
}));
const countColumn = encodeColumn(COUNT_COLUMN);

/** A pump's readings in order of time, a page at a time, in arrays that are used again. */
export async function* readingsOf(
  client: HBaseClient,
  pump: string,
  range: TimeRange & { readonly expiredBefore: number },
): AsyncIterable<Readings> {
  const rows = new ReadingsBuffer(PAGE_ROWS);
  const cellReceipts = MEASURES.map(() => new Float64Array(PAGE_ROWS));
  const into = { receivedAt: rows.receivedAt, values: rows.values, cellReceipts };
  const scan = { ...readingKeys(pump, range), columns: ['data'], cellsARow: MEASURES.length, rows: PAGE_ROWS };
  for await (const page of client.scan(scan)) {
    // A page is a number of cells: where some are missing it has more rows, which go into the arrays one part after the other.
    for (let from = 0; from < page.length; from += PAGE_ROWS) {
      rows.clear();
      const number = rows.pumps.numberOf(pump);
      for (const row of page.slice(from, from + PAGE_ROWS)) {
        const key = readingOf(row);
        if (key?.pump !== pump || !takeReading(row, into, rows.length, range.expiredBefore)) continue;
        rows.pump[rows.length] = number;
        rows.time[rows.length++] = key.time;
      }
      if (rows.length > 0) yield { ...columnsOf(rows), cellReceipts };
    }
  }
}

function columnsOf({ length, names, pump, time, receivedAt, values }: ReadingsBuffer): Readings {
  return { length, names, pump, time, receivedAt, values };
}

/** The last reading of a pump before a time, as a piece of one row, or undefined. */
export async function lastReadingOf(
  client: HBaseClient,
  pump: string,
  { to, expiredBefore }: { readonly to: number | undefined; readonly expiredBefore: number },
): Promise<Readings | undefined> {
  const reading = new ReadingsBuffer(1);
  const range = readingKeys(pump, { to });
  let high = range.to;
  for (let limit = 1; ; limit = Math.min(8 * limit, MOST_LAST_ROWS)) {
    const rows = await client.lastRows(range.from, high, ['data'], limit);
    for (const row of rows) {
      const key = readingOf(row);
      if (key?.pump !== pump || !takeReading(row, reading, 0, expiredBefore)) continue;
      reading.pump[0] = reading.pumps.numberOf(pump);
      reading.time[0] = key.time;
      reading.length = 1;
      return reading;
    }
    const last = rows.at(-1);
    if (!last || rows.length < limit) return undefined;
    high = Buffer.from(last.key, 'base64');
  }
}

/** The pumps that have rows with cells of some columns, in order of their ids' bytes. Goes through all of those rows. */
export async function pumpsWith(client: HBaseClient, columns: readonly string[]): Promise<string[]> {
  const pumps = new Set<string>();
  for await (const page of client.scan({ ...ALL_KEYS, columns, cellsARow: ALERT_CELLS })) {
    for (const row of page) {
      const key = readingOf(row) ?? pumpDayOf(row);
      if (key) pumps.add(key.pump);
    }
  }
  return [...pumps].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Alerts by pump, time and rule, from the `alerts` family. */
export async function* alertsFrom(
  client: HBaseClient,
  selection: Selection & { readonly expiredBefore: number },
): AsyncIterable<readonly Alert[]> {
  const pumps = selection.pump === undefined ? await pumpsWith(client, ['alerts']) : [selection.pump];
  for (const pump of pumps) {
    for await (const page of client.scan({ ...readingKeys(pump, selection), columns: ['alerts'], cellsARow: ALERT_CELLS })) {
      yield page.flatMap((row) => {
        const key = readingOf(row);
        return key?.pump === pump ? alertsOf(pump, key.time, row).filter(({ receivedAt }) => receivedAt > selection.expiredBefore) : [];
      });
    }
  }
}

/** Daily statistics by pump, then day, from the `stats` family. */
export async function* statsFrom(
  client: HBaseClient,
  { pump: only, fromDay = -Infinity, toDay = Infinity }: DaySelection,
): AsyncIterable<readonly DayStats[]> {
  const pumps = only === undefined ? await pumpsWith(client, [COUNT_COLUMN]) : [only];
  for (const pump of pumps) {
    for await (const page of client.scan({ ...readingKeys(pump, {}), columns: ['stats'], cellsARow: STATS_CELLS })) {
      yield page.flatMap((row) => {
        const key = pumpDayOf(row);
        const stats = key?.pump === pump && key.day >= fromDay && key.day <= toDay ? statsIn(key, row) : undefined;
        return stats ? [stats] : [];
      });
    }
  }
}

/** Pump and time of a reading's row, or undefined when it is another. */
export function readingOf(row: CellRow): { pump: string; time: number } | undefined {
  return parseReadingKey(Buffer.from(row.key, 'base64').toString());
}

/** Pump and day of a pump-day's row, or undefined when it is another. */
function pumpDayOf(row: CellRow): { pump: string; day: number } | undefined {
  return parseDayKey(Buffer.from(row.key, 'base64').toString());
}

function statsIn(key: { pump: string; day: number }, { Cell }: CellRow): DayStats | undefined {
  const values = new Map(Cell.map(({ column, $ }) => [column, decodeValue($)]));
  const value = (column: string) => values.get(column) ?? UNKNOWN;
  const count = value(countColumn);
  const measures = statsColumns.map(({ min, max, avg, count: own }): MeasureStats => {
    const known = isUnknown(value(avg)) ? 0 : count;
    return { count: values.get(own) ?? known, min: value(min), max: value(max), avg: value(avg) };
  });
  const whole = Number.isFinite(count) && measures.some(isKnown) && measures.every((stats) => isKnown(stats) || hasNone(stats));
  return whole ? { ...key, count, measures } : undefined;
}

/** A mean may be infinite: its sum overflowed. */
function isKnown({ min, max, avg }: MeasureStats): boolean {
  return Number.isFinite(min) && Number.isFinite(max) && !isUnknown(avg);
}

/** Whether there is no cell of the measure: no reading of that day has it. */
function hasNone({ min, max, avg }: MeasureStats): boolean {
  return isUnknown(min) && isUnknown(max) && isUnknown(avg);
}
