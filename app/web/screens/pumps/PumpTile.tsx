import { visible } from '../../visible.ts';
import type { Curves } from '../../../http/schemas/curves.ts';
import type { Pump } from '../../../http/schemas/pumps.ts';
import { get, pathOf } from '../../api.ts';
import { episodeOf, MOST_ALARMS, type AlarmsInRange, unknownToOf } from '../../charts/episodes.ts';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { StateStrip } from '../../charts/StateStrip.tsx';
import type { View } from '../../charts/view.ts';
import { count, counted, NO_VALUE, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Severity, Silent } from '../../parts/Severity.tsx';
import { Silence, Since, WallTime } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { limitOf, priorityOf } from '../../rules.ts';
import { isFresh, wallMs, wallText } from '../../times.ts';
import { useSeen } from '../../seen.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** One pump: its pressure against the limit, what was wrong when, and the numbers. Large while something is wrong. */
export function PumpTile({
  pump: { pump, known, vendor, last, lastMaintenance, active, alerts },
  hours,
}: {
  readonly pump: Pump;
  readonly hours: number;
}) {
  const [seen, place] = useSeen<HTMLLIElement>();
  const view = viewUpTo(last?.at, hours);
  const drawn = useResource(seen && view ? `${pump} ${view.from} ${view.to} ${active.length}` : '', (signal) =>
    loadPicture(pump, view!, signal),
  );
  return (
    <li ref={place} class={active.length > 0 ? 'tile panel alarming' : 'tile panel'}>
      <div class="head">
        <h2>
          <Link to={href(['pumps', pump])}>{visible(pump)}</Link>
        </h2>
        <span class={last && !isFresh(last.at) ? 'value old' : 'value'}>{last ? (last.psi === null ? NO_VALUE : withUnit(last.psi, 'psi')) : '–'}</span>
      </div>
      {active.map(({ rule, since }) => (
        <p key={rule}>
          <Severity priority={priorityOf(rule)} /> {rule} <Since at={since} />
        </p>
      ))}
      {active.length > 0 && lastMaintenance && (
        <p class="small">
          {lastMaintenance.date} {lastMaintenance.description}, <strong class="together">{lastMaintenance.technician}</strong>
        </p>
      )}
      <div class="curve">
        {drawn.value && view && <Picture pump={pump} view={view} picture={drawn.value} />}
        {!view && <p class="muted small">No reading yet.</p>}
        {drawn.error && !drawn.value && <p class="problem small">{drawn.error.message}</p>}
      </div>
      <p class="small muted facts-line">
        <span title="Alarms of the last 24 hours and 7 days">
          {alerts.week === 0 ? 'no alerts in 7 d' : `alerts: ${alerts.day} in 24 h, ${alerts.week} in 7 d`}
        </span>
        <span>{vendor?.vendor ?? ''}</span>
        {!known && <strong>unknown pump</strong>}
        {last && !isFresh(last.at) && <Silent />}
        {last && <span>{isFresh(last.at) ? <WallTime at={last.at} /> : <Silence at={last.at} />}</span>}
      </p>
    </li>
  );
}

interface PictureProps {
  readonly pump: string;
  readonly view: View;
  readonly picture: Awaited<ReturnType<typeof loadPicture>>;
}

function Picture({ pump, view, picture: { time, psi, alarms } }: PictureProps) {
  const unknownTo = unknownToOf(alarms);
  return (
    <>
      <Sparkline
        time={time}
        min={psi?.min ?? []}
        max={psi?.max ?? []}
        limit={limitOf(pump, 'psi')}
        from={view.from}
        to={view.to}
        label={`Pressure of ${pump}`}
      />
      <StateStrip view={view} label={stripLabel(alarms)} episodes={alarms.items.map(episodeOf)} unknownTo={unknownTo} />
      {unknownTo !== null && <p class="small muted">More than {count(MOST_ALARMS)} alarms: hatched where it is not known what was wrong.</p>}
    </>
  );
}

/** So many hours up to the last reading, to the next whole minute: not another picture with each reading. */
function viewUpTo(last: string | undefined, hours: number): View | null {
  if (last === undefined) return null;
  const to = Math.ceil(wallMs(last) / MINUTE_MS) * MINUTE_MS;
  return { from: to - hours * HOUR_MS, to };
}

function stripLabel({ items, next }: AlarmsInRange): string {
  return items.length === 0
    ? 'No alerts in this time'
    : `${next === null ? '' : 'more than '}${counted(items.length, 'alarm')} in this time`;
}

async function loadPicture(pump: string, view: View, signal: AbortSignal) {
  const range = { from: wallText(view.from), to: wallText(view.to + 1) };
  const [{ time, psi }, alarms] = await Promise.all([
    get<Curves>(`/pumps${pathOf(pump)}/readings`, { ...range, points: 120, measures: 'psi' }, signal),
    get<AlarmsInRange>('/alarms', { ...range, pump, order: 'newest', limit: MOST_ALARMS }, signal),
  ]);
  return { time, psi, alarms };
}
