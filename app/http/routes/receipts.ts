import { z } from 'zod';
import { instantText } from '../../../domain/reading/reject.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { Formats } from '../../../ingest/receivers/formats.ts';
import { type Bringer, tracedCells } from '../../../query/trace.ts';
import { isAskedFor, receiptAnswer, receiptLines } from '../../store/receiptLines.ts';
import { finite } from '../answers.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { receiptPage, type ReceiptPage, trace, type TraceAnswer } from '../schemas/receipts.ts';
import { limitQuery, wallTimeAsked, wholeNumber } from '../schemas/values.ts';
import { pumpPath } from './pumps.ts';

/** Each look reads what waits in the journal. */
const MOST_A_MINUTE = 60;

const receiptsQuery = z.strictObject({
  source: z.string().min(1).optional().meta({ description: 'A file’s name, mqtt: and a topic, or # and a number', example: 'pumps.csv' }),
  before: wholeNumber((whole) => whole.min(1)).optional().meta({ description: 'Only those with a lower number' }),
  limit: limitQuery(1000, 100),
});
const traceQuery = z.strictObject({ at: wallTimeAsked.meta({ description: 'The time of the reading on the site’s wall clock' }) });

/** `receipts`: what came from where. `pumps/:pump/trace`: where a reading came from. */
export function receiptRoutes(api: Api, { config, table }: Pick<DataSources, 'config' | 'table'>): void {
  const schema = {
    tags: ['data quality'],
    summary: 'What came from each file and topic, and what became of it; newest first. They add up to the balance',
    querystring: receiptsQuery,
    response: { 200: receiptPage },
  };
  void api.register(async (own: Api) => {
    const formats = await Formats.of(config.formats, config.site.timezone);
    const rate = own.rateLimit({ max: MOST_A_MINUTE, timeWindow: '1 minute' });
    own.get('/receipts', { schema, onRequest: rate }, async ({ query: { source, before = Infinity, limit } }): Promise<ReceiptPage> => {
      const lines = (await receiptLines(table, config.dataDir, formats)).filter((line) => isAskedFor(line, source)).reverse();
      const shown = before === Infinity ? lines : lines.filter(({ number = 0 }) => number < before);
      return { items: shown.slice(0, limit).map(receiptAnswer), total: lines.length };
    });
  });

  const one = { tags: ['pumps'], summary: 'Where a reading came from', params: pumpPath, querystring: traceQuery, response: { 200: trace } };
  api.get('/pumps/:pump/trace', { schema: one }, async ({ params: { pump }, query: { at } }): Promise<TraceAnswer> => {
    const time = parseTime(at)!;
    const cells = await tracedCells(table, pump, time);
    if (cells.length === 0) throw new HttpProblem('NOT_FOUND', `There is no reading of ${pump} at ${formatTime(time)}`);
    return {
      pump, at: formatTime(time),
      cells: cells.map(({ measure, value, replaced, confirmedBy, ...own }) => ({
        measure, value: finite(value), ...told(own),
        replaced: replaced && { value: finite(replaced.value), ...told(replaced) },
        confirmedBy: confirmedBy.map(told),
      })),
    };
  });
}

function told({ source, number, line, receivedAt }: Bringer) {
  return { source, number, line, receivedAt: instantText(receivedAt ?? undefined) };
}
