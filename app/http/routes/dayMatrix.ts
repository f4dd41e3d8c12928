import { z } from 'zod';
import { formatDay, parseDay } from '../../../domain/reading/wallClock.ts';
import { DAY_FIGURES, type DayRow } from '../../../query/pumps/dayRow.ts';
import { type DayMatrix, GROUPINGS } from '../../../query/pumps/dayMatrix.ts';
import { workTest } from '../../../query/pumps/work.ts';
import { finite } from '../answers.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { dayMatrix, type DayMatrixAnswer, type DayMatrixRow } from '../schemas/dayMatrix.ts';
import { dateQuery, measure } from '../schemas/values.ts';
import { searchField, strictQuery, workFields } from './queryFields.ts';

/** Eleven years. */
const MOST_DAYS = 4018;

const matrixQuery = strictQuery({
  from: dateQuery,
  to: dateQuery.meta({ description: 'The last date, which is included, YYYY-MM-DD' }),
  measure: measure.default('psi'),
  figure: z.enum(DAY_FIGURES).default('avg').meta({ description: 'Which figure of a day' }),
  by: z.enum(GROUPINGS).default('pump').meta({ description: 'What a row is. By technician or work, each pump-day is in the row of the last work before it' }),
  q: searchField,
  ...workFields('the last work before the day'),
});

/** `stats/by-day`: pumps, or groups of them, side by side over days. */
export function dayMatrixRoutes(api: Api, { queries, reference }: Pick<DataSources, 'queries' | 'reference'>): void {
  const schema = {
    tags: ['stats'],
    summary: 'Pumps, or groups of them, over days',
    description: 'One figure of each day, the readings beyond a limit and the alarms that began, with the totals of rows and columns.',
    querystring: matrixQuery,
    response: { 200: dayMatrix },
  };
  api.get('/stats/by-day', { schema }, async ({ query: { from, to, vendor, technician, work, ...plain } }) => {
    const [fromDay, toDay] = [parseDay(from)!, parseDay(to)!];
    if (toDay - fromDay >= MOST_DAYS)
      throw new HttpProblem('TOO_LARGE', `Expected at most ${MOST_DAYS} days, got ${toDay - fromDay + 1}. Ask for fewer, or for /api/v1/stats`);
    return matrixAnswer(await queries.dayMatrix({ ...plain, fromDay, toDay, isWanted: workTest({ vendor, technician, work }, reference()) }));
  });
}

/** Without the days at both ends of which nothing is known. */
function matrixAnswer({ fromDay, rows, total }: DayMatrix): DayMatrixAnswer {
  const states = total.states();
  const known = [...states].map((letter, slot) => letter !== '.' || total.alarms[slot] > 0);
  const [first, end] = [Math.max(0, known.indexOf(true)), known.lastIndexOf(true) + 1];
  return {
    days: Array.from({ length: end - first }, (_, i) => formatDay(fromDay + first + i)),
    rows: [...rows].map(([name, row]) => rowAnswer(name, row, first, end)),
    total: rowAnswer('', total, first, end),
  };
}

function rowAnswer(name: string, row: DayRow, first: number, end: number): DayMatrixRow {
  const { value, ...counts } = row.total();
  return {
    name,
    pumps: row.pumps,
    values: row.values().slice(first, end).map((one) => one === null ? null : rounded(one)),
    states: row.states().slice(first, end),
    beyond: row.beyond.slice(first, end),
    alarms: row.alarms.slice(first, end),
    total: { value: value === null ? null : finite(rounded(value)), ...counts },
  };
}

/** Nine digits are enough to be looked at, and half as many bytes. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
