import { pumpMatcher } from '../../../domain/alarm/pumpPattern.ts';
import type { AlarmRule } from '../../../domain/alarm/fold/alarmRule.ts';
import { byMeasure, type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import { formatDay, formatTime, parseRangeEnd, parseTime } from '../../../domain/reading/wallClock.ts';
import type { Figures } from '../../../query/curves/figures.ts';
import type { Deviates } from '../../../query/curves/usual.ts';
import { finite } from '../answers.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { rangeFigures, type RangeFigures, usual } from '../schemas/curves.ts';
import { measure, wallTimeAsked } from '../schemas/values.ts';
import { noSuchPump, pumpPath } from './pumps.ts';
import { strictQuery } from './queryFields.ts';

const range = {
  from: wallTimeAsked.meta({ description: 'From this time on the site’s wall clock on, YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss[.mmm]]' }),
  to: wallTimeAsked.meta({ description: 'Up to this time, which is not included; a date alone includes its day' }),
};

/** What is judged by where no rule of deviation watches the measure. */
const PLAIN: Deviates = { kind: 'deviates', factor: 4, side: 'both', overMs: 3_600_000, days: 14, inARow: 2 };

/** `pumps/:pump/figures`: a range added up; `pumps/:pump/usual`: what is usual by the pump's own past. */
export function figuresRoutes(api: Api, { queries, config }: Pick<DataSources, 'queries' | 'config'>): void {
  api.get(
    '/pumps/:pump/figures',
    {
      schema: {
        tags: ['pumps'],
        summary: 'Lowest, highest and mean of a range, beside as long a time before it',
        params: pumpPath,
        querystring: strictQuery(range),
        response: { 200: rangeFigures },
      },
    },
    async ({ params: { pump }, query, signal }): Promise<RangeFigures> => {
      const [from, to] = [parseTime(query.from)!, parseRangeEnd(query.to)!];
      const asked = { pump, measures: MEASURES, signal };
      const now = await queries.figures({ ...asked, from, to });
      const before = await queries.figures({ ...asked, from: from - (to - from), to: from });
      if (now.rows === 0 && before.rows === 0 && !(await queries.pump(pump))) throw noSuchPump(pump);
      return { pump, from: formatTime(from), to: formatTime(to), ...figuresAnswer(now), before: figuresAnswer(before) };
    },
  );
  api.get(
    '/pumps/:pump/usual',
    {
      schema: {
        tags: ['pumps'],
        summary: 'What is usual at a pump by its own past, day by day',
        description: 'Of at most 62 days. As the rule of deviation has it that watches the measure; without one, by hours over 14 days.',
        params: pumpPath,
        querystring: strictQuery({ ...range, measure: measure.default('psi') }),
        response: { 200: usual },
      },
    },
    async ({ params: { pump }, query, signal }) => {
      const rule = ruleOf(config.alarms.rules, pump, query.measure);
      const condition = rule?.condition.kind === 'deviates' ? rule.condition : PLAIN;
      const asked = { from: parseTime(query.from)!, to: parseRangeEnd(query.to)! };
      const days = await queries.usual({ pump, measure: query.measure, condition, ...asked, signal });
      return { pump, rule: rule?.id ?? null, items: days.map(({ day, median, reach }) => ({ date: formatDay(day), median, reach })) };
    },
  );
}

/** The rule of deviation that watches a measure of a pump. */
function ruleOf(rules: readonly AlarmRule[], pump: string, asked: Measure): AlarmRule | undefined {
  return rules.find(({ condition, pumps, measure: own }) => condition.kind === 'deviates' && own === asked && pumpMatcher(pumps)(pump));
}

function figuresAnswer({ rows, measures }: Figures): RangeFigures['before'] {
  return {
    rows,
    ...byMeasure((_, column) => {
      const own = measures[column];
      return own && { count: own.count, min: finite(own.min), max: finite(own.max), avg: finite(own.avg) };
    }),
  };
}
