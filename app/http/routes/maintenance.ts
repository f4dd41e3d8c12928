import { z } from 'zod';
import { maintenanceEvent } from '../../../domain/pump/reference.ts';
import { formatTime, parseDay } from '../../../domain/reading/wallClock.ts';
import { workNames as namesOf } from '../../../query/pumps/work.ts';
import type { WorkItem as Item } from '../../../query/maintenance/workList.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import type { Row } from '../../export/exportedTables.ts';
import { finite } from '../answers.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { type WorkItem, workList, workNames } from '../schemas/maintenance.ts';
import { measure } from '../schemas/values.ts';
import { dayFields, dayRange, jsonOrCsv, pageFields, searchField, strictQuery, workFields } from './queryFields.ts';

const listQuery = strictQuery({
  ...dayFields,
  q: searchField,
  ...workFields('it'),
  measure: measure.default('psi'),
  order: z.enum(['newest', 'fell']).default('newest').meta({ description: 'fell: first those after which the measure fell most' }),
  ...pageFields(500, 100),
});

/** `maintenance`: what was done to all pumps, and what became of them; `work-names`: whom and what can be asked for. */
export function maintenanceRoutes(api: Api, { queries, reference, onLog }: Pick<DataSources, 'queries' | 'reference' | 'onLog'>): void {
  const schema = {
    tags: ['pumps'],
    summary: 'Maintenance over all pumps, and what became of a measure afterwards',
    description: 'Means are those of the daily summaries; of days that were not summarised yet, those of their readings.',
    querystring: listQuery,
    response: jsonOrCsv(workList, 'pump,vendor,date,technician,description,before,last,change,alarms,firstAlarm of all that match'),
  };
  api.get('/maintenance', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const { from, to, cursor, limit, ...plain } = request.query;
    const asked = { ...plain, ...dayRange({ from, to }) };
    if (wantsCsv(request)) {
      const pages = listPages((page) => queries.maintenance({ ...asked, ...page }), workRow, cursor);
      return sendCsv(request, reply, { columns: WORK_COLUMNS, pages }, { name: 'maintenance', onLog });
    }
    const { items, ...page } = await queries.maintenance({ ...asked, after: cursor, limit });
    return { items: items.map(workAnswer), ...page };
  });
  api.get(
    '/work-names',
    { schema: { tags: ['pumps'], summary: 'The vendors, technicians and kinds of work that filters take', response: { 200: workNames } } },
    async () => {
      const { vendors, technicians, works } = namesOf(reference());
      return { vendors: [...vendors], technicians: [...technicians], works: [...works] };
    },
  );
}

function workAnswer({ event, vendor, before, days, change, alarms, firstAlarm }: Item): WorkItem {
  return {
    pump: event.pump, vendor, ...maintenanceEvent(event), before, days: [...days],
    change: change === null ? null : finite(change),
    alarms, firstAlarm: firstAlarm === null ? null : formatTime(firstAlarm),
  };
}

const WORK_COLUMNS: readonly Column[] = [
  { name: 'pump', type: 'text' },
  { name: 'vendor', type: 'text', nullable: true },
  { name: 'date', type: 'date' },
  { name: 'technician', type: 'text' },
  { name: 'description', type: 'text' },
  { name: 'before', type: 'double', nullable: true },
  { name: 'last', type: 'double', nullable: true },
  { name: 'change', type: 'double', nullable: true },
  { name: 'alarms', type: 'count' },
  { name: 'firstAlarm', type: 'text', nullable: true },
];

function workRow({ event, vendor, before, days, change, alarms, firstAlarm }: Item): Row {
  const last = days.slice(1).findLast((mean) => mean !== null) ?? null;
  return [
    event.pump, vendor, parseDay(event.date)!, event.technician, event.description, before, last, change, alarms,
    firstAlarm === null ? null : formatTime(firstAlarm),
  ];
}
