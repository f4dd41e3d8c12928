import { MEASURES } from '../domain/measures.ts';
import { enrich, type Reference } from '../domain/reference.ts';
import { formatDay, formatTime } from '../domain/wallClock.ts';
import type { DaySelection, Selection, Table } from '../storage/table.ts';
import { csvLine, textCell } from './csv.ts';
import { numberText } from './jsonLines.ts';
import { alertPages, readingPages } from './pages.ts';

/** What goes into a CSV file: the line of names, and the lines of the rows in pages. */
export interface ExportedTable {
  readonly head: string;
  readonly pages: AsyncIterable<readonly string[]>;
}

/** `pump,at,hz,disp,flo,sedPPM,psi,chlPPM`, by pump and time. */
export function readingsTable(table: Table, { pump, from, to }: Selection): ExportedTable {
  async function* pages(): AsyncGenerator<string[]> {
    for (const each of pump === undefined ? await table.pumps() : [pump]) {
      const name = textCell(each);
      yield* readingPages(table, { pump: each, from, to }, ({ time, values }, row) => {
        let line = `${name},${formatTime(time[row])}`;
        for (const column of values) line += `,${numberText(column[row])}`;
        return line;
      });
    }
  }
  return { head: csvLine(['pump', 'at', ...MEASURES]), pages: pages() };
}

/** One line an alert, joined: an unknown pump's vendor columns are empty. `maintenance` holds the whole history, `date description (technician)` separated by `; `. */
export function alertTable(table: Table, selection: Selection, reference: Reference): ExportedTable {
  async function* pages(): AsyncGenerator<string[]> {
    for await (const page of alertPages(table, selection)) {
      const { pump, known, vendor, maintenance } = enrich(page[0], reference); // a page is of one pump
      const name = textCell(pump);
      const facts = vendor ? [vendor.type, vendor.purchased, vendor.inService, vendor.vendor, vendor.latitude, vendor.longitude] : ['', '', '', '', '', ''];
      const history = maintenance.map(({ date, description, technician }) => `${date} ${description} (${technician})`).join('; ');
      const joined = csvLine([String(known), ...facts, history]);
      yield page.map(({ time, rule, measure, value, threshold }) => `${name},${csvLine([formatTime(time), rule, measure, value, threshold])},${joined}`);
    }
  }
  return { head: csvLine(['pump', 'at', 'rule', 'measure', 'value', 'threshold', 'known', 'type', 'purchased', 'inService', 'vendor', 'latitude', 'longitude', 'maintenance']), pages: pages() };
}

/** `pump,date,count,hz_min,hz_max,hz_avg,…`, by pump and day: the qualifiers of the family `stats`. */
export function statsTable(table: Table, selection: DaySelection): ExportedTable {
  async function* pages(): AsyncGenerator<string[]> {
    for await (const days of table.stats(selection)) {
      yield days.map(({ pump, day, count, measures }) => csvLine([pump, formatDay(day), count, ...measures.flatMap(({ min, max, avg }) => [min, max, avg])]));
    }
  }
  return { head: csvLine(['pump', 'date', 'count', ...MEASURES.flatMap((measure) => [`${measure}_min`, `${measure}_max`, `${measure}_avg`])]), pages: pages() };
}
