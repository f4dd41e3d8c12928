import { z } from 'zod';
import { instantText, type Reject } from '../../../domain/reading/reject.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import type { Row } from '../../export/exportedTables.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { type RejectItem, rejectPage } from '../schemas/rejects.ts';
import { jsonOrCsv, pageFields, strictQuery } from './queryFields.ts';

const rejectQuery = strictQuery({
  source: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'The file’s name as it was dropped, or mqtt: and the topic', example: 'bad.csv' }),
  ...pageFields(1000, 100),
});

/** `rejects`: rows that could not be taken, newest first. */
export function rejectRoutes(api: Api, { queries, onLog }: Pick<DataSources, 'queries' | 'onLog'>): void {
  const schema = {
    tags: ['data quality'],
    summary: 'Rows that could not be taken, newest first',
    querystring: rejectQuery,
    response: jsonOrCsv(rejectPage, 'source,line,reason,raw,at of all that match'),
  };
  api.get('/rejects', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const { source, cursor, limit } = request.query;
    if (wantsCsv(request)) {
      const pages = listPages((page) => queries.rejects({ source, ...page }), rejectRow, cursor);
      return sendCsv(request, reply, { columns: REJECT_COLUMNS, pages }, { name: 'rejects', onLog });
    }
    const { items, total, dropped, next } = await queries.rejects({ source, after: cursor, limit });
    return { items: items.map(itemOf), total, dropped, next };
  });
}

const REJECT_COLUMNS: readonly Column[] = [
  { name: 'source', type: 'text' },
  { name: 'line', type: 'count' },
  { name: 'reason', type: 'text' },
  { name: 'raw', type: 'text' },
  { name: 'at', type: 'text', nullable: true },
];

function itemOf({ source, line, reason, raw, receivedAt }: Reject): RejectItem {
  return { source, line, reason, raw, at: instantText(receivedAt) };
}

function rejectRow(reject: Reject): Row {
  const { source, line, reason, raw, at } = itemOf(reject);
  return [source, line, reason, raw, at];
}
