import { z } from 'zod';
import { ALARM_STATES } from '../../../domain/alarm/acts/life.ts';
import { alarmJson } from '../../../query/acts/alarmJson.ts';
import { alarmPage } from '../../../query/alarms/alarmList.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { alarmList } from '../schemas/acts.ts';
import { alertFields, flagField, pageFields, strictQuery, wallRange } from './queryFields.ts';

const alarmQuery = strictQuery({
  ...alertFields,
  state: z.enum(ALARM_STATES).optional().meta({ description: 'Those that are in it' }),
  all: flagField.meta({ description: 'true: the history, those that are over too; so it is with `from` or `to`' }),
  ...pageFields(500, 50),
});

/** `alarms`: those that need somebody, or the history. */
export function alarmRoutes(api: Api, { alarms, desk }: Pick<DataSources, 'alarms' | 'desk'>): void {
  const schema = {
    tags: ['alarms'],
    summary: 'Alarms that need somebody, or their history',
    description:
      'Those that need somebody: unacknowledged ones first, then by priority, the newest first. The history is in order of pump, ' +
      'rule and time. What is shelved, suppressed or out of service is asked for by its state, or with the history.',
    querystring: alarmQuery,
    response: { 200: alarmList },
  };
  api.get('/alarms', { schema }, async ({ query: { state, pump, rule, from, to, all, cursor, limit } }) => {
    await alarms.refresh();
    const question = { state, pump, rule, all: all === 'true', ...wallRange({ from, to }), after: cursor, limit };
    const { items, total, next } = alarmPage(alarms, desk.book, question);
    return { items: items.map(alarmJson), total, next };
  });
}
