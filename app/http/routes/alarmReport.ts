import { z } from 'zod';
import { formatDay } from '../../../domain/reading/wallClock.ts';
import { kpiJson, reportDays, siteReport } from '../../../query/acts/siteReport.ts';
import { readOutbox } from '../../../storage/outbox/outbox.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { dayRange, dayFields, strictQuery } from './queryFields.ts';

const kpi = z.object({
  kpi: z.string().meta({ example: 'average-rate' }),
  name: z.string(),
  value: z.number().nullable().meta({ description: 'null where it is not known' }),
  unit: z.string(),
  target: z.string().nullable(),
  met: z.boolean().nullable().meta({ description: 'null where there is no target, or nothing is known' }),
  source: z.string().meta({ description: 'Who sets the target' }),
  details: z.record(z.string(), z.unknown()).meta({ description: 'What the figure is made of' }),
});

/** `alarms/report`: how good the alarms are. */
export function alarmReportRoutes(api: Api, { desk: { book, source }, config: { dataDir } }: Pick<DataSources, 'desk' | 'config'>): void {
  const schema = {
    tags: ['alarms'],
    summary: 'The figures of ISA-18.2 and its kin, with their targets',
    description:
      'Of the 30 days up to today, unless others are asked for. What is shelved, suppressed, out of service or found late does not ' +
      'count.',
    querystring: strictQuery({ from: dayFields.from, to: dayFields.to }),
    response: { 200: z.object({ from: z.string(), to: z.string(), items: z.array(kpi) }) },
  };
  api.get('/alarms/report', { schema }, async (request) => {
    const days = reportDays(book, dayRange(request.query));
    const kpis = await siteReport({ book, source, deliveries: readOutbox(dataDir)?.deliveries ?? [] }, days);
    return { from: formatDay(days.fromDay), to: formatDay(days.toDay), items: kpis.map(kpiJson) };
  });
}
