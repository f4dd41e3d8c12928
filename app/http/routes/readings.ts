import { z } from 'zod';
import { type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import type { CurveQuestion } from '../../../query/curves/curves.ts';
import type { TableQueries } from '../../../query/tableQueries.ts';
import { readingsTable } from '../../export/exportedTables.ts';
import type { Api } from '../api.ts';
import { bounded } from '../bounded.ts';
import { sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { JSON_TYPE } from '../negotiation.ts';
import { HttpProblem } from '../problems.ts';
import { curves } from '../schemas/curves.ts';
import { measure, wallFrom, wallTo, wholeNumber } from '../schemas/values.ts';
import { noSuchPump, pumpPath } from './pumps.ts';
import { jsonOrCsv, strictQuery, wallRange } from './queryFields.ts';

const MOST_CSV_ROWS = 5_000_000;
const MOST_CURVES = 100;
/** As long as the client reads nothing, so many rows or a few more of its file are in memory. */
const PAGE_ROWS = 1024;
/** Counting readings takes no curve. */
const ONLY_COUNT = { points: 10, measures: [] };

const measures = z.string().min(2).max(64).transform((text) => text.split(',')).pipe(z.array(measure).max(MEASURES.length)).optional()
  .meta({ description: `Of ${MEASURES.join(', ')}, separated by commas; all by default`, example: 'psi,flo' });
const readingsQuery = strictQuery({
  from: wallFrom('; by default 24 h before the end'),
  to: wallTo('; by default the pump’s last reading is in'),
  points: wholeNumber((whole) => whole.min(10).max(5000))
    .default(800)
    .meta({ description: 'How many entries at most, 10 to 5000, beside those that stand for gaps; CSV has each reading' }),
  measures,
});

/** `pumps/:pump/readings`: its curves, or as CSV each reading. */
export function readingRoutes(
  api: Api,
  {
    table,
    queries,
    onLog,
    mostCsvRows = MOST_CSV_ROWS,
    mostCurves = MOST_CURVES,
  }: Pick<DataSources, 'table' | 'queries' | 'onLog' | 'mostCsvRows' | 'mostCurves'>,
): void {
  const curvesOf = bounded((question: CurveQuestion) => queries.curves(question), { most: mostCurves, what: 'curves' });
  const schema = {
    tags: ['pumps'],
    summary: 'Curves of a pump, or its readings',
    description:
      `Curves are made one after the other. While ${mostCurves} questions wait for theirs, further ones are refused with TOO_BUSY, ` +
      `status 503, and \`Retry-After\`.`,
    params: pumpPath,
    querystring: readingsQuery,
    response: jsonOrCsv(curves, `pump,at,${MEASURES.join(',')} of each reading`),
  };
  api.get('/pumps/:pump/readings', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const {
      params: { pump },
      query,
      signal,
    } = request;
    const range = wallRange(query);
    if (wantsCsv(request)) {
      const { from, to, rows } = await curvesOf({ pump, ...range, ...ONLY_COUNT, signal });
      if (rows === 0) await requirePump(queries, pump);
      if (rows > mostCsvRows)
        throw new HttpProblem(
          'TOO_LARGE',
          `Expected a range of at most ${mostCsvRows} readings, got one of ${rows}. Ask for less at a time, or use "wellwatch ` +
          'export readings FILE --pump …"',
        );
      return sendCsv(request, reply, readingsTable(table, { pump, from, to }, PAGE_ROWS), { name: `readings-${pump}`, onLog });
    }
    const asked: readonly Measure[] = query.measures ?? MEASURES;
    const data = await curvesOf({ pump, ...range, points: query.points, measures: asked, signal });
    if (data.rows === 0) await requirePump(queries, pump);
    // Dense series are written as they are: looking through each number once more would cost more than making it did.
    return reply.type(`${JSON_TYPE}; charset=utf-8`).send(JSON.stringify(data));
  });
}

async function requirePump(queries: TableQueries, pump: string): Promise<void> {
  if (!(await queries.pump(pump))) throw noSuchPump(pump);
}
