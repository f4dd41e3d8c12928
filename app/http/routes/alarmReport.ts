import { formatDay } from '../../../domain/reading/wallClock.ts';
import { kpiJson, reportDays, siteReport } from '../../../query/acts/siteReport.ts';
import { readDeliveries } from '../../store/outboxes.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { alarmReport } from '../schemas/alarmReport.ts';
import { dayRange, dayFields, strictQuery } from './queryFields.ts';

/** `alarms/report`: how good the alarms are. */
export function alarmReportRoutes(api: Api, { desk: { book, source }, config, table }: Pick<DataSources, 'desk' | 'config' | 'table'>): void {
  const schema = {
    tags: ['alarms'],
    summary: 'The figures of ISA-18.2 and its kin, with their targets',
    description:
      'Of the 30 days up to today, unless others are asked for. What is shelved, suppressed, out of service or found late does not ' +
      'count.',
    querystring: strictQuery({ from: dayFields.from, to: dayFields.to }),
    response: { 200: alarmReport },
  };
  api.get('/alarms/report', { schema }, async (request) => {
    const days = reportDays(book, dayRange(request.query));
    const kpis = await siteReport({ book, source, deliveries: await readDeliveries(config, table) }, days);
    return { from: formatDay(days.fromDay), to: formatDay(days.toDay), items: kpis.map(kpiJson) };
  });
}
