import { z } from 'zod';
import { KEPT_BATCHES } from '../../../ingest/reports/batchHistory.ts';
import type { Config } from '../../config/types.ts';
import { leftOutText } from '../../run/leftOutNews.ts';
import type { Api } from '../api.ts';
import type { LiveState } from '../liveState.ts';
import { HttpProblem } from '../problems.ts';
import {
  type BatchDetail,
  batchDetail as batchDetailSchema,
  batches,
  type BatchItem,
  leftOut,
  type LeftOutAnswer,
  receivers,
  type ReceiverItem,
  statistics,
  type Statistics,
} from '../schemas/streaming.ts';
import { limitQuery, wholeNumber } from '../schemas/values.ts';
import { batchDetail, batchItem, receiverItems, statisticsAnswer } from '../streamingAnswers.ts';

const TAGS = ['streaming'];

const batchesQuery = z.strictObject({ limit: limitQuery(KEPT_BATCHES, KEPT_BATCHES) });
const batchPath = z.object({ id: wholeNumber().meta({ description: '`batchId` of a batch' }) });

/** The running job, as Spark's monitoring API has it. */
export function streamingRoutes(api: Api, { live, config }: { readonly live: LiveState; readonly config: Config }): void {
  api.get(
    '/streaming/statistics',
    { schema: { tags: TAGS, summary: 'What the job has done since its start', response: { 200: statistics } } },
    async (): Promise<Statistics> => statisticsAnswer(live.status, live.history.last(KEPT_BATCHES), config),
  );

  api.get(
    '/streaming/receivers',
    { schema: { tags: TAGS, summary: 'Where rows come from, and how each is', response: { 200: receivers } } },
    async (): Promise<{ items: ReceiverItem[] }> => ({ items: receiverItems(live.status) }),
  );

  api.get(
    '/streaming/left-out',
    { schema: { tags: TAGS, summary: 'What formats leave out without rejecting it, since the job’s start', response: { 200: leftOut } } },
    async (): Promise<LeftOutAnswer> => ({
      items: live.status.leftOut.map((each) => ({ ...each, sentences: leftOutText(each) })),
    }),
  );

  api.get(
    '/streaming/batches',
    {
      schema: {
        tags: TAGS,
        summary: 'The last batches in which something came, newest first',
        querystring: batchesQuery,
        response: { 200: batches },
      },
    },
    async ({ query: { limit } }): Promise<{ items: BatchItem[] }> => ({ items: live.history.last(limit).reverse().map(batchItem) }),
  );

  api.get(
    '/streaming/batches/:id',
    { schema: { tags: TAGS, summary: 'A batch, and what its steps did', params: batchPath, response: { 200: batchDetailSchema } } },
    async ({ params: { id } }): Promise<BatchDetail> => {
      const batch = live.history.last(KEPT_BATCHES).find(({ time }) => time === id);
      if (!batch)
        throw new HttpProblem(
          'NOT_FOUND',
          `There is no batch ${id}; the last ${KEPT_BATCHES.toLocaleString('en')} in which something came are remembered`,
        );
      return batchDetail(batch);
    },
  );
}
