import { useEffect } from 'preact/hooks';
import type { Pump } from '../../../http/schemas/pumps.ts';
import type { DayMatrixAnswer } from '../../../http/schemas/dayMatrix.ts';
import type { DayStatsItem } from '../../../http/schemas/stats.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { dayNews, readingNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { href, query, queryText } from '../../route.ts';
import { me } from '../../session.ts';
import { workQuery } from '../../workNames.ts';
import { DailyTools } from './DailyTools.tsx';
import { DayTable } from './DayTable.tsx';
import { HeatMap } from './HeatMap.tsx';
import { isBroken, monthAfter, monthPeriod, type Period, periodName, periodOf, periodQuery } from './period.ts';
import { type DayState, loadMatrix, stateAt } from './matrix.ts';
import { choiceOf, type Choice, type Grouping, GROUPINGS, loadPumpDays, MOST_LISTED } from './pumpDay.ts';

/**
 * The daily summary: pumps over days as a heat map, and as rows. Without a period in the address it shows the newest
 * month with summaries, or with readings.
 */
export function Daily() {
  const newest = useResource('newest months', newestMonths);
  useEffect(() => { if (newest.value?.readings === null) newest.reload(); }, [readingNews.value]);
  return (
    <>
      <h1>Daily</h1>
      <Loaded resource={newest}>
        {(months) => {
          const month = months.summaries ?? months.readings;
          const period = periodOf(query.value) ?? (month === null ? undefined : monthPeriod(month));
          return period ? (
            <Summary period={period} newest={months} />
          ) : (
            <Empty title="There are no readings yet.">
              The minimum, mean and maximum of each pump and day are shown here once readings have come and are summarised.
            </Empty>
          );
        }}
      </Loaded>
    </>
  );
}

/** `YYYY-MM` of the newest month that has any; null where none has. */
interface Newest {
  readonly readings: string | null;
  readonly summaries: string | null;
}

function Summary({ period, newest }: { readonly period: Period; readonly newest: Newest }) {
  const choice = choiceOf(query.value);
  const filters = queryText({ q: query.value.get('q'), ...workQuery() });
  const { measure, figure, by } = choice;
  const matrix = useResource([period.from, period.to, measure, figure, by, filters, dayNews.value].join(' '), (signal) => loadMatrix(period, choice, signal));
  return (
    <>
      <DailyTools period={period} choice={choice} />
      {isBroken(query.value) && <p role="status">The address has no valid range, so {periodName(period)} is shown.</p>}
      <Loaded resource={matrix} lines={10}>
        {(value) => value.rows.length === 0
          ? filters === '' ? <NoDays period={period} newest={newest.readings} /> : <Empty title="No pump-day fits these filters." />
          : (
            <>
              <Showing matrix={value} by={choice.by} period={period} newest={newest.summaries} />
              <HeatMap matrix={value} choice={choice} />
              <Days period={period} choice={choice} filters={filters} count={daysOf(value)} />
            </>
          )}
      </Loaded>
    </>
  );
}

/** How many pump-days a matrix has at most. */
function daysOf({ total }: DayMatrixAnswer): number {
  return total.pumps * total.values.length;
}

/** The pump-days as rows, as long as these are not too many. */
function Days({ period, choice, filters, count: most }: { readonly period: Period; readonly choice: Choice; readonly filters: string; readonly count: number }) {
  const isMuch = most > MOST_LISTED;
  const days = useResource(isMuch ? '' : [period.from, period.to, filters, dayNews.value].join(' '), (signal) => loadPumpDays(period, signal));
  if (isMuch) return <p class="muted">Up to {count(MOST_LISTED)} pump-days are listed as rows: choose fewer pumps or a shorter range, or take all of them as CSV.</p>;
  return (
    <Loaded resource={days} lines={10}>
      {({ items }) => <DayTable days={items} choice={choice} sort={query.value.get('sort') ?? '-alerts'} />}
    </Loaded>
  );
}

/** What is shown, and what is not summarised. */
function Showing({
  matrix: { days, rows, total },
  by,
  period,
  newest,
}: {
  readonly matrix: DayMatrixAnswer;
  readonly by: Grouping;
  readonly period: Period;
  readonly newest: string | null;
}) {
  const known = rows.reduce((sum, { states }) => sum + states.replaceAll('.', '').length, 0);
  const told = (state: DayState) =>
    rows.reduce((sum, row) => sum + days.filter((date, slot) => stateAt(row, slot, date) === state).length, 0);
  const [missing, late] = [told('missing'), told('late')];
  const nothing = rows.every(({ values }) => values.every((value) => value === null));
  return (
    <>
      <p class="showing" role="status">
        {by === 'pump' ? counted(known, 'pump-day') : `${counted(rows.length, 'row')} by ${GROUPINGS[by].toLowerCase()}`} of{' '}
        {counted(total.pumps, 'pump')}, {periodName(period)}, {counted(total.total.alarms, 'alarm')} began, {counted(total.total.beyond, 'reading')} beyond a limit
        {missing > 0 && `, ${count(missing)} missing`}
        {late > 0 && `, ${count(late)} late`}
        {!nothing && missing + late > 0 && (
          <>
            . <HowSummarised />
          </>
        )}
      </p>
      {nothing && (
        <Empty title={`Nothing of ${periodName(period)} is summarised yet.`}>
          {newest !== null && (
            <>
              The newest summaries are of <MonthLink month={newest} />.{' '}
            </>
          )}
          <HowSummarised />
        </Empty>
      )}
    </>
  );
}

/** When what is missing or late is done. */
function HowSummarised() {
  return (
    <>
      {me.value.summaryAt === null
        ? 'No time is configured for it: run '
        : `Each day is summarised at ${me.value.summaryAt} of the next; to do it now, run `}
      <code>wellwatch summarize</code>.
    </>
  );
}

function NoDays({ period, newest }: { readonly period: Period; readonly newest: string | null }) {
  return (
    <Empty title={`No pump has a reading in ${periodName(period)}.`}>
      {newest === null
        ? 'Days appear here once readings have come and are summarised.'
        : <>The newest readings are of <MonthLink month={newest} />.</>}
    </Empty>
  );
}

function MonthLink({ month }: { readonly month: string }) {
  return <Link to={href(['daily'], periodQuery(monthPeriod(month)))}>{periodName(monthPeriod(month))}</Link>;
}

/** Summaries are looked for in so many months. */
const MONTHS_BACK = 12;

/** By the pumps of the first pages: they are summarised together. */
async function newestMonths(signal: AbortSignal): Promise<Newest> {
  const { items } = await get<{ items: Pump[] }>('/pumps', { limit: 500 }, signal);
  const readings = items.map(({ last }) => last?.at.slice(0, 7) ?? '').sort().at(-1) || null;
  for (let back = 0; readings !== null && back < MONTHS_BACK; back++) {
    const month = monthAfter(readings, -back);
    const { from, to } = monthPeriod(month);
    const page = await get<{ items: DayStatsItem[] }>('/stats', { from, to, limit: 500 }, signal);
    if (page.items.some(({ count: summarised }) => summarised !== null)) return { readings, summaries: month };
  }
  return { readings, summaries: null };
}
