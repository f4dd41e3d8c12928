import { useEffect } from 'preact/hooks';
import type { Pump } from '../../../http/schemas/pumps.ts';
import type { DayStatsItem } from '../../../http/schemas/stats.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { dayNews, readingNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { href, query } from '../../route.ts';
import { me } from '../../session.ts';
import { DailyTools } from './DailyTools.tsx';
import { DayTable } from './DayTable.tsx';
import { HeatMap } from './HeatMap.tsx';
import { isBroken, monthAfter, monthPeriod, type Period, periodName, periodOf, periodQuery } from './period.ts';
import { choiceOf, loadPumpDays, type PumpDays, stateOf } from './pumpDay.ts';

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
  const days = useResource(`${period.from} ${period.to} ${dayNews.value}`, (signal) => loadPumpDays(period, signal));
  const choice = choiceOf(query.value);
  return (
    <>
      <DailyTools period={period} choice={choice} />
      {isBroken(query.value) && <p role="status">The address has no valid range, so {periodName(period)} is shown.</p>}
      <Loaded resource={days} lines={10}>
        {(value) => value.items.length === 0
          ? <NoDays period={period} newest={newest.readings} />
          : (
            <>
              <Showing days={value} period={period} newest={newest.summaries} />
              <HeatMap days={value.items} choice={choice} />
              <DayTable days={value.items} choice={choice} sort={query.value.get('sort') ?? '-alerts'} />
            </>
          )}
      </Loaded>
    </>
  );
}

/** What is shown, and what is not summarised. */
function Showing({
  days: { items, more },
  period,
  newest,
}: {
  readonly days: PumpDays;
  readonly period: Period;
  readonly newest: string | null;
}) {
  const pumps = new Set(items.map(({ pump }) => pump)).size;
  const missing = items.filter((day) => stateOf(day) === 'missing').length;
  const late = items.filter((day) => stateOf(day) === 'late').length;
  const nothing = items.every(({ count: readings }) => readings === null);
  return (
    <>
      <p class="showing">
        {more && 'The first '}
        {counted(items.length, 'pump-day')} of {counted(pumps, 'pump')}, {periodName(period)}
        {missing > 0 && `, ${count(missing)} missing`}
        {late > 0 && `, ${count(late)} late`}
        {more && '. Choose a shorter range to see the others, or take all of them as CSV'}
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
