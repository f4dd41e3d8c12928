import { z } from 'zod';
import type { Api } from '../api.ts';
import { lastReadingAnswer, pumpAnswer, pumpDetailAnswer } from '../answers.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { lastReadings, type LastReadingsAnswer, pumpDetail, pumpList } from '../schemas/pumps.ts';
import { pumpIdAsked } from '../schemas/values.ts';
import { PUMP_ORDERS } from '../../../query/pumps/pumpList.ts';
import { flagField, pageFields, searchField, strictQuery, workFields } from './queryFields.ts';

const TAGS = ['pumps'];
const pumpQuery = strictQuery({
  q: searchField,
  ...workFields('any work on it'),
  order: z.enum(PUMP_ORDERS).default('active').meta({
    description: 'active: those with alarms that go on first; worst: then by the priority of these, then those with more alarms lately; name; vendor; psi: the lowest last pressure first',
  }),
  active: flagField.meta({ description: 'true: only pumps with an alarm that goes on' }),
  ...pageFields(500, 100),
});

/**
 * The path of one pump. A client takes the parts `.` and `..` out of a path before it asks, also when they are written as
 * `%2E`; a slash before them, which no pump's id has, keeps them.
 */
export const pumpPath = z.object({
  pump: pumpIdAsked
    .transform((id) => (/^\/\.\.?$/.test(id) ? id.slice(1) : id))
    .meta({ description: 'Pump id, 1 to 64 characters; a pump named . or .. is written %2F. or %2F..', example: 'LAGNAPPE' }),
});

/** `pumps`, those with active alarms first, and `pumps/:pump`. */
export function pumpRoutes(api: Api, { queries }: Pick<DataSources, 'queries'>): void {
  api.get(
    '/pumps',
    {
      schema: {
        tags: TAGS,
        summary: 'Pumps that have readings or that the vendor file lists',
        querystring: pumpQuery,
        response: { 200: pumpList },
      },
    },
    async ({ query: { active, cursor, limit, ...plain } }) => {
      const page = await queries.pumps({ ...plain, activeOnly: active === 'true', after: cursor, limit });
      return { items: page.items.map(pumpAnswer), total: page.total, active: page.active, next: page.next };
    },
  );

  api.get(
    '/last-readings',
    { schema: { tags: TAGS, summary: 'The time and pressure of each pump’s last reading', response: { 200: lastReadings } } },
    async (): Promise<LastReadingsAnswer> => ({ items: (await queries.lastReadings()).map(lastReadingAnswer) }),
  );

  api.get(
    '/pumps/:pump',
    { schema: { tags: TAGS, summary: 'One pump', params: pumpPath, response: { 200: pumpDetail } } },
    async ({ params: { pump } }) => {
      const detail = await queries.pump(pump);
      if (!detail) throw noSuchPump(pump);
      return pumpDetailAnswer(detail);
    },
  );
}

/** For a pump that neither the table nor the vendor file knows. */
export function noSuchPump(pump: string): HttpProblem {
  return new HttpProblem(
    'NOT_FOUND',
    `Expected a pump that has readings or that the vendor file lists, got ${JSON.stringify(pump)}. /api/v1/pumps lists them`,
  );
}
