import type { Alert } from '../../../domain/alarm/alert.ts';
import { ALERT_COLUMNS, alertRow } from '../../export/exportedTables.ts';
import { alertAnswers } from '../answers.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { sendItems } from '../jsonPage.ts';
import { type AlertItem, alertPage, type AlertPage } from '../schemas/alerts.ts';
import { alertFields, jsonOrCsv, pageFields, strictQuery, wallRange } from './queryFields.ts';

const alertQuery = strictQuery({ ...alertFields, ...pageFields(1000, 100) });

/** `alerts`: joined, newest first. */
export function alertRoutes(api: Api, { queries, reference, onLog }: Pick<DataSources, 'queries' | 'reference' | 'onLog'>): void {
  const schema = {
    tags: ['alerts'],
    summary: 'Alerts with vendor and maintenance history, newest first',
    querystring: alertQuery,
    response: jsonOrCsv(alertPage, 'pump,at,rule,measure,value,threshold,known,… of all that match'),
  };
  api.get('/alerts', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const { pump, rule, from, to, cursor, limit } = request.query;
    const asked = { pump, rule, ...wallRange({ from, to }) };
    const known = reference();
    if (wantsCsv(request)) {
      const pages = listPages((page) => queries.alerts({ ...asked, ...page }), (alert) => alertRow(alert, known), cursor);
      return sendCsv(request, reply, { columns: ALERT_COLUMNS, pages }, { name: 'alerts', onLog });
    }
    const { items, total, next } = await queries.alerts({ ...asked, after: cursor, limit });
    return sendItems<Alert, AlertItem, Omit<AlertPage, 'items'>>(reply, { items, answer: alertAnswers(known), rest: { total, next } });
  });
}
