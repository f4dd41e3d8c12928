import type { Alert } from '../../domain/alarm/alert.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import { isUnknown, MEASURES } from '../../domain/reading/measures.ts';
import { eventText, type Reference } from '../../domain/pump/reference.ts';
import { parseDay } from '../../domain/reading/wallClock.ts';
import { alertPages } from '../../query/alarms/alertPages.ts';
import { readingPages } from '../../query/pages/readingPages.ts';
import type { Column, Value } from '../../storage/parquet/columnTypes.ts';
import type { DaySelection } from '../../domain/day/pumpDay.ts';
import type { Selection } from '../../domain/reading/selection.ts';
import type { Table } from '../../storage/table/table.ts';

/** The values of a row, in the order of the columns. */
export type Row = readonly Value[];

/** What goes into a file: typed columns, and the rows in pages. */
export interface ExportedTable {
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<readonly Row[]>;
}

const double = (name: string): Column => ({ name, type: 'double' });
/** Numbers, or null where there is none. */
const perhaps = (name: string): Column => ({ name, type: 'double', nullable: true });
const orNull = (value: number): number | null => (isUnknown(value) ? null : value);

/** `pump,at` and the measures, null where a cell is missing, by pump and time. */
export function readingsTable(table: Table, { pump, from, to }: Selection, pageRows?: number): ExportedTable {
  async function* pages(): AsyncGenerator<Row[]> {
    for (const each of pump === undefined ? await table.pumps() : [pump]) {
      yield* readingPages(table, { pump: each, from, to }, ({ time, values }, row): Row => [
          each,
          time[row],
          ...values.map((column) => orNull(column[row])),
        ], pageRows);
    }
  }
  return { columns: [{ name: 'pump', type: 'text' }, { name: 'at', type: 'wallTime' }, ...MEASURES.map(perhaps)], pages: pages() };
}

/**
 * Alerts, joined, a row for each. An unknown pump's vendor columns are empty. `maintenance` holds the whole history, events as
 * `date description (technician)` separated by `; `.
 */
export function alertTable(table: Table, selection: Selection, reference: Reference): ExportedTable {
  async function* pages(): AsyncGenerator<Row[]> {
    for await (const page of alertPages(table, selection)) {
      const { pump } = page[0]; // a page is of one pump
      const joined = joinedValues(pump, reference);
      yield page.map((alert) => [...ownValues(alert), ...joined]);
    }
  }
  return { columns: ALERT_COLUMNS, pages: pages() };
}

/** The columns of an alert, joined. */
export const ALERT_COLUMNS: readonly Column[] = [
  { name: 'pump', type: 'text' },
  { name: 'at', type: 'wallTime' },
  { name: 'rule', type: 'text' },
  { name: 'measure', type: 'text' },
  double('value'),
  double('threshold'),
  { name: 'known', type: 'boolean' },
  { name: 'type', type: 'text', nullable: true },
  { name: 'purchased', type: 'date', nullable: true },
  { name: 'inService', type: 'date', nullable: true },
  { name: 'vendor', type: 'text', nullable: true },
  { ...double('latitude'), nullable: true },
  { ...double('longitude'), nullable: true },
  { name: 'maintenance', type: 'text' },
];

/** An alert in the order of {@link ALERT_COLUMNS}. */
export function alertRow(alert: Alert, reference: Reference): Row {
  return [...ownValues(alert), ...joinedValues(alert.pump, reference)];
}

function ownValues({ pump, time, rule, measure, value, threshold }: Alert): Value[] {
  return [pump, time, rule, measure, value, threshold];
}

/** What the reference says of an alert's pump. */
function joinedValues(pump: string, { pumps, maintenance }: Reference): Value[] {
  const vendor = pumps.get(pump);
  const facts = vendor
    ? [vendor.type, parseDay(vendor.purchased)!, parseDay(vendor.inService)!, vendor.vendor, vendor.latitude, vendor.longitude]
    : [null, null, null, null, null, null];
  return [
    vendor !== undefined,
    ...facts,
    (maintenance.get(pump) ?? []).map(eventText).join('; '),
  ];
}

/** `pump,date,count,hz_min,hz_max,hz_avg,…,hz_count,…`, by pump and day: the qualifiers of the family `stats`, and all counts. */
export function statsTable(table: Table, selection: DaySelection): ExportedTable {
  async function* pages(): AsyncGenerator<Row[]> {
    for await (const days of table.stats(selection)) {
      yield days.map((stats) => [stats.pump, stats.day, ...statsValues(stats), ...countValues(stats)]);
    }
  }
  return { columns: [{ name: 'pump', type: 'text' }, { name: 'date', type: 'date' }, ...STATS_COLUMNS, ...COUNT_COLUMNS], pages: pages() };
}

/** The columns of a day's statistics. */
export const STATS_COLUMNS: readonly Column[] = [
  { name: 'count', type: 'count' },
  ...MEASURES.flatMap((measure) => [`${measure}_min`, `${measure}_max`, `${measure}_avg`]).map(perhaps),
];

/** How many of a day's readings have each measure. */
export const COUNT_COLUMNS: readonly Column[] = MEASURES.map((measure) => ({ name: `${measure}_count`, type: 'count' }));

/** A day's statistics in the order of {@link STATS_COLUMNS}. */
export function statsValues({ count, measures }: DayStats): Value[] {
  return [count, ...measures.flatMap(({ min, max, avg }) => [min, max, avg].map(orNull))];
}

/** The counts by measure, in the order of {@link COUNT_COLUMNS}. */
export function countValues({ measures }: DayStats): Value[] {
  return measures.map(({ count }) => count);
}
