import { z } from 'zod';
import { ACT_KINDS, type Act } from '../../../domain/alarm/acts/act.ts';
import { actText } from '../../../domain/alarm/acts/actText.ts';
import { actItem } from '../../../query/acts/actItem.ts';
import { actPage as pageOfActs } from '../../../query/acts/actPages.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import type { Row } from '../../export/exportedTables.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { actPage } from '../schemas/acts.ts';
import { alertFields, jsonOrCsv, pageFields, strictQuery, wallRange } from './queryFields.ts';

const actQuery = strictQuery({
  ...alertFields,
  by: z.string().min(1).max(64).optional().meta({ description: 'Who did it' }),
  kind: z.enum(ACT_KINDS).optional(),
  ...pageFields(1000, 100),
});

/** `acts`: who did what, the newest first. */
export function actRoutes(api: Api, { desk: { book }, onLog }: Pick<DataSources, 'desk' | 'onLog'>): void {
  const schema = {
    tags: ['alarms'],
    summary: 'Who did what about alarms, and changes of rules, newest first',
    querystring: actQuery,
    response: jsonOrCsv(actPage, 'number,at,by,verified,via,kind,pump,rule,said of all that match'),
  };
  api.get('/acts', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const { pump, rule, from, to, by, kind, cursor, limit } = request.query;
    const asked = { pump, rule, by, kind, ...wallRange({ from, to }) };
    const pageAt = (page: { readonly after: string | undefined; readonly limit: number }) =>
      pageOfActs(book.all(), { ...asked, ...page }, book.clock);
    if (wantsCsv(request)) {
      const pages = listPages(async (page) => pageAt(page), actRow, cursor);
      return sendCsv(request, reply, { columns: ACT_COLUMNS, pages }, { name: 'acts', onLog });
    }
    const { items, total, next } = pageAt({ after: cursor, limit });
    return { items: items.map(actItem), total, next };
  });
}

const ACT_COLUMNS: readonly Column[] = [
  { name: 'number', type: 'count' },
  { name: 'at', type: 'instant' },
  { name: 'by', type: 'text' },
  { name: 'verified', type: 'boolean' },
  { name: 'via', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'pump', type: 'text', nullable: true },
  { name: 'rule', type: 'text', nullable: true },
  { name: 'said', type: 'text' },
];

function actRow(act: Act): Row {
  const { number, by, verified, via, kind, pump, rule } = actItem(act);
  return [number, act.at, by, verified, via, kind, pump, rule, actText(act)];
}
