import { z } from 'zod';
import { ALARM_STATES } from '../../../domain/alarm/acts/life.ts';
import { alarmPage } from '../../../query/alarms/alarmList.ts';
import { workTest } from '../../../query/pumps/work.ts';
import { ALARM_COLUMNS, alarmRow, listedAlarmOf } from '../alarmAnswers.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { priority } from '../schemas/acts.ts';
import { alarmList } from '../schemas/alarms.ts';
import { alertFields, flagField, jsonOrCsv, pageFields, searchField, strictQuery, wallRange, workFields } from './queryFields.ts';

const alarmQuery = strictQuery({
  ...alertFields,
  state: z.enum(ALARM_STATES).optional().meta({ description: 'Those that are in it' }),
  priority: priority.optional(),
  all: flagField.meta({ description: 'true: the history, those that are over too; so it is with `from` or `to`' }),
  active: flagField.meta({ description: 'true: only those that go on; false: only those that are over' }),
  late: flagField.meta({ description: 'true: only those that were found long after their time; false: only the others' }),
  q: searchField,
  ...workFields('the last work before the day on which it began'),
  order: z.enum(['newest']).optional().meta({
    description: 'Those that go on first, by their beginning, then the others by their end, the newest first',
  }),
  ...pageFields(500, 50),
});

const DESCRIPTION =
  'Those that need somebody: unacknowledged ones first, then by priority, the newest first. The history is in order of pump, ' +
  'rule and time. What is shelved, suppressed or out of service is asked for by its state, or with the history. An alarm whose state ' +
  'changes between two pages may change its place: it may be on both, or on neither. Pages of the history have each alarm once.';

/** `alarms`: those that need somebody, or the history. */
export function alarmRoutes(api: Api, sources: Pick<DataSources, 'alarms' | 'desk' | 'config' | 'reference' | 'onLog'>): void {
  const { alarms, desk, config, reference, onLog } = sources;
  const schema = {
    tags: ['alarms'],
    summary: 'Alarms that need somebody, or their history',
    description: DESCRIPTION,
    querystring: alarmQuery,
    response: jsonOrCsv(alarmList, 'pump,rule,priority,state,from,raised,returned,cleared,… of all that match'),
  };
  const former = { ...schema, summary: 'The former name of alarms: the same answer', deprecated: true };
  for (const [path, told] of [['/alarms', schema], ['/alert-runs', former]] as const)
    api.get(path, { schema: told, config: { forms: LIST_FORMS } }, async (request, reply) => {
      const { from, to, all, active, late, order, vendor, technician, work, cursor, limit, ...plain } = request.query;
      const asked = {
        ...plain, ...wallRange({ from, to }), all: all === 'true', active: flagOf(active), late: flagOf(late), newestFirst: order === 'newest',
        isWanted: workTest({ vendor, technician, work }, reference()),
      };
      const joined = listedAlarmOf(config.alarms.rules, reference());
      await alarms.refresh();
      if (wantsCsv(request)) {
        const pages = listPages((page) => alarmPage(alarms, desk.book, { ...asked, ...page }), (one) => alarmRow(joined(one)), cursor);
        return sendCsv(request, reply, { columns: ALARM_COLUMNS, pages }, { name: 'alarms', onLog });
      }
      const { items, ...page } = await alarmPage(alarms, desk.book, { ...asked, after: cursor, limit });
      return { items: items.map(joined), ...page };
    });
}

function flagOf(text: 'true' | 'false' | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}
