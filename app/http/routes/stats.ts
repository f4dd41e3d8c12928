import type { DayFacts } from '../../../query/facts.ts';
import { workTest } from '../../../query/pumps/work.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import { type Row, COUNT_COLUMNS, countValues, STATS_COLUMNS, statsValues } from '../../export/exportedTables.ts';
import { dayAnswer } from '../answers.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { sendItems } from '../jsonPage.ts';
import { type DayStatsItem, statsPage, type StatsPage } from '../schemas/stats.ts';
import { dayFields, dayRange, jsonOrCsv, pageFields, strictQuery, workFields } from './queryFields.ts';

const statsQuery = strictQuery({ ...dayFields, ...workFields('the last work before the day'), ...pageFields(5000, 500) });

/** `stats`: pump-days by pump and day, also those that were never summarised. */
export function statsRoutes(api: Api, { queries, reference, onLog }: Pick<DataSources, 'queries' | 'reference' | 'onLog'>): void {
  const vendorOf = (pump: string) => reference().pumps.get(pump)?.vendor ?? null;
  const schema = {
    tags: ['stats'],
    summary: 'Daily statistics by pump and day',
    querystring: statsQuery,
    response: jsonOrCsv(statsPage, 'pump,date,count,hz_min,hz_max,hz_avg,…,state,alerts,hz_count,…,vendor of all that match'),
  };
  api.get('/stats', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const { pump, from, to, vendor, technician, work, cursor, limit } = request.query;
    const asked = { pump, ...dayRange({ from, to }), isWanted: workTest({ vendor, technician, work }, reference()) };
    if (wantsCsv(request)) {
      const pages = listPages((page) => queries.stats({ ...asked, ...page }), (day) => [...dayRow(day), vendorOf(day.pump)], cursor);
      return sendCsv(request, reply, { columns: DAY_COLUMNS, pages }, { name: 'stats', onLog });
    }
    const { items, next } = await queries.stats({ ...asked, after: cursor, limit });
    return sendItems<DayFacts, DayStatsItem, Omit<StatsPage, 'items'>>(reply, { items, answer: dayAnswer, rest: { next } });
  });
}

const DAY_COLUMNS: readonly Column[] = [
  { name: 'pump', type: 'text' },
  { name: 'date', type: 'date' },
  ...STATS_COLUMNS,
  { name: 'state', type: 'text' },
  { name: 'alerts', type: 'count' },
  ...COUNT_COLUMNS,
  { name: 'vendor', type: 'text', nullable: true },
];

function dayRow({ pump, day, stats, state, alerts }: DayFacts): Row {
  const [values, counts] = stats ? [statsValues(stats), countValues(stats)] : [STATS_COLUMNS.map(() => null), COUNT_COLUMNS.map(() => null)];
  return [pump, day, ...values, state, alerts, ...counts];
}
