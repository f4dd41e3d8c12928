import type { Pump } from '../../../http/schemas/pumps.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { useLive } from '../../live.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { href, query } from '../../route.ts';
import { useSoon } from '../pump/useSoon.ts';
import { DailyTools } from './DailyTools.tsx';
import { DayTable } from './DayTable.tsx';
import { HeatMap } from './HeatMap.tsx';
import { monthPeriod, type Period, periodName, periodOf, periodQuery } from './period.ts';
import { choiceOf, loadPumpDays, type PumpDays } from './pumpDay.ts';

/** The daily summary: pumps over days as a heat map, and as rows. Without a period in the address it shows the newest month with readings. */
export function Daily() {
  const newest = useResource('newest month', newestMonth);
  return (
    <>
      <h1>Daily</h1>
      <Loaded resource={newest}>
        {(month) => {
          const period = periodOf(query.value) ?? (month === null ? undefined : monthPeriod(month));
          return period
            ? <Summary period={period} newest={month} />
            : <Empty title="There are no readings yet.">The minimum, mean and maximum of each pump and day are shown here once readings have come and are summarised.</Empty>;
        }}
      </Loaded>
    </>
  );
}

function Summary({ period, newest }: { readonly period: Period; readonly newest: string | null }) {
  const days = useResource(`${period.from} ${period.to}`, (signal) => loadPumpDays(period, signal));
  const soon = useSoon(days.reload, 60_000);
  useLive('batch', ({ outcome }) => { if (outcome.stored > 0) soon(); });
  const choice = choiceOf(query.value);
  return (
    <>
      <DailyTools period={period} choice={choice} />
      <Loaded resource={days} lines={10}>
        {(value) => value.items.length === 0
          ? <NoDays period={period} newest={newest} />
          : (
            <>
              <Showing days={value} period={period} />
              <HeatMap days={value.items} choice={choice} />
              <DayTable days={value.items} choice={choice} sort={query.value.get('sort') ?? '-alerts'} />
            </>
          )}
      </Loaded>
    </>
  );
}

/** What is shown, and what is not summarised. */
function Showing({ days: { items, more }, period }: { readonly days: PumpDays; readonly period: Period }) {
  const pumps = new Set(items.map(({ pump }) => pump)).size;
  const missing = items.filter(({ state }) => state === 'missing').length;
  const late = items.filter(({ state }) => state === 'late').length;
  return (
    <>
      <p class="showing">
        {more && 'The first '}{counted(items.length, 'pump-day')} of {counted(pumps, 'pump')}, {periodName(period)}
        {missing > 0 && `, ${count(missing)} missing`}{late > 0 && `, ${count(late)} late`}
        {more && '. Choose a shorter range to see the others, or take all of them as CSV'}
      </p>
      {missing === items.length && (
        <Empty title="Nothing is summarised yet.">The built-in schedule does it at 00:30 unless it is configured otherwise, or run <code>wellwatch summarize</code>.</Empty>
      )}
    </>
  );
}

function NoDays({ period, newest }: { readonly period: Period; readonly newest: string | null }) {
  return (
    <Empty title={`No pump has a reading in ${periodName(period)}.`}>
      {newest === null
        ? 'Days appear here once readings have come and are summarised.'
        : <>The newest readings are of <Link to={href(['daily'], periodQuery(monthPeriod(newest)))}>{periodName(monthPeriod(newest))}</Link>.</>}
    </Empty>
  );
}

/** `YYYY-MM` of the newest reading among the pumps of the first page; null when none has any. */
async function newestMonth(signal: AbortSignal): Promise<string | null> {
  const { items } = await get<{ items: Pump[] }>('/pumps', { limit: 500 }, signal);
  return items.map(({ last }) => last?.at.slice(0, 7) ?? '').sort().at(-1) || null;
}
