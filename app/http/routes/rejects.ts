import { z } from 'zod';
import { instantText } from '../../../domain/reading/reject.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import type { NumberedReject } from '../../../storage/table/rejects.ts';
import type { Row } from '../../export/exportedTables.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { fieldsOf, isWhole } from '../../mend/mendFile.ts';
import { HttpProblem } from '../problems.ts';
import { type RejectItem, reject as rejectSchema, rejectPage } from '../schemas/rejects.ts';
import { jsonOrCsv, pageFields, strictQuery } from './queryFields.ts';

const rejectQuery = strictQuery({
  source: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'The file’s name as it was dropped, or mqtt: and the topic', example: 'bad.csv' }),
  ...pageFields(1000, 100),
});

const rejectParams = z.strictObject({ number: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** `rejects`: rows that could not be taken, newest first. */
export function rejectRoutes(api: Api, { queries, onLog }: Pick<DataSources, 'queries' | 'onLog'>): void {
  const schema = {
    tags: ['data quality'],
    summary: 'Rows that could not be taken, newest first',
    querystring: rejectQuery,
    response: jsonOrCsv(rejectPage, 'source,line,reason,raw,at,replayedBy,replayedAt of all that match'),
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

  const one = { tags: ['data quality'], summary: 'A row that could not be taken', params: rejectParams, response: { 200: rejectSchema } };
  // Digits only: `/rejects/replays` is a path of its own.
  api.get('/rejects/:number(^\\d+$)', { schema: one }, async ({ params: { number } }) => {
    const found = await queries.reject(number);
    if (!found) throw new HttpProblem('NOT_FOUND', `Expected the number of a reject that is listed, got ${number}`);
    return itemOf(found);
  });
}

const REJECT_COLUMNS: readonly Column[] = [
  { name: 'source', type: 'text' },
  { name: 'line', type: 'count' },
  { name: 'reason', type: 'text' },
  { name: 'raw', type: 'text' },
  { name: 'at', type: 'text', nullable: true },
  { name: 'replayedBy', type: 'text', nullable: true },
  { name: 'replayedAt', type: 'text', nullable: true },
];

function itemOf(reject: NumberedReject): RejectItem {
  const { number, source, line, reason, raw, receivedAt, attempt = null, replayed } = reject;
  return {
    number, source, line, reason, raw, at: instantText(receivedAt), attempt,
    fields: fieldsOf(reject) ?? null,
    whole: isWhole(reject),
    replayed: replayed ? { ...replayed, at: new Date(replayed.at).toISOString() } : null,
  };
}

function rejectRow({ source, line, reason, raw, receivedAt, replayed }: NumberedReject): Row {
  return [source, line, reason, raw, instantText(receivedAt), replayed ? (replayed.by ?? replayed.source) : null, instantText(replayed?.at)];
}
