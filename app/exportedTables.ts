import { MEASURES } from '../domain/measures.ts';
import { enrich, type EnrichedAlert, type Reference } from '../domain/reference.ts';
import { parseDay } from '../domain/wallClock.ts';
import type { Column, Value } from '../storage/parquet/columnTypes.ts';
import type { DaySelection, Selection, Table } from '../storage/table.ts';
import { alertPages, readingPages } from './pages.ts';

/** The values of a row, in the order of the columns. */
export type Row = readonly Value[];

/** What goes into a file: typed columns, and the rows in pages. */
export interface ExportedTable {
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<readonly Row[]>;
}

const double = (name: string): Column => ({ name, type: 'double' });

/** `pump,at,hz,disp,flo,sedPPM,psi,chlPPM`, by pump and time. */
export function readingsTable(table: Table, { pump, from, to }: Selection): ExportedTable {
  async function* pages(): AsyncGenerator<Row[]> {
    for (const each of pump === undefined ? await table.pumps() : [pump]) {
      yield* readingPages(table, { pump: each, from, to }, ({ time, values }, row): Row => [each, time[row], ...values.map((column) => column[row])]);
    }
  }
  return { columns: [{ name: 'pump', type: 'text' }, { name: 'at', type: 'wallTime' }, ...MEASURES.map(double)], pages: pages() };
}

/** One row an alert, joined: an unknown pump's vendor columns are empty. `maintenance` holds the whole history, `date description (technician)` separated by `; `. */
export function alertTable(table: Table, selection: Selection, reference: Reference): ExportedTable {
  async function* pages(): AsyncGenerator<Row[]> {
    for await (const page of alertPages(table, selection)) {
      const { pump } = page[0]; // a page is of one pump
      const joined = joinedValues(enrich(page[0], reference));
      yield page.map(({ time, rule, measure, value, threshold }) => [pump, time, rule, measure, value, threshold, ...joined]);
    }
  }
  return { columns: ALERT_COLUMNS, pages: pages() };
}

const ALERT_COLUMNS: readonly Column[] = [
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

/** What the reference says of an alert's pump. */
function joinedValues({ known, vendor, maintenance }: EnrichedAlert): Value[] {
  const facts = vendor
    ? [vendor.type, parseDay(vendor.purchased)!, parseDay(vendor.inService)!, vendor.vendor, vendor.latitude, vendor.longitude]
    : [null, null, null, null, null, null];
  return [known, ...facts, maintenance.map(({ date, description, technician }) => `${date} ${description} (${technician})`).join('; ')];
}

/** `pump,date,count,hz_min,hz_max,hz_avg,…`, by pump and day: the qualifiers of the family `stats`. */
export function statsTable(table: Table, selection: DaySelection): ExportedTable {
  async function* pages(): AsyncGenerator<Row[]> {
    for await (const days of table.stats(selection)) {
      yield days.map(({ pump, day, count, measures }) => [pump, day, count, ...measures.flatMap(({ min, max, avg }) => [min, max, avg])]);
    }
  }
  const measures = MEASURES.flatMap((measure) => [`${measure}_min`, `${measure}_max`, `${measure}_avg`]);
  return { columns: [{ name: 'pump', type: 'text' }, { name: 'date', type: 'date' }, { name: 'count', type: 'count' }, ...measures.map(double)], pages: pages() };
}
