import { useEffect } from 'preact/hooks';
import { valueRange } from '../../../charts/valueScale.ts';
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
import { alarmClass, bySeverity, priorityOf, thresholdsOf } from '../../rules.ts';
import { isFresh, wallMs, wallText } from '../../times.ts';
import { useSeen } from '../../seen.ts';
import type { TileScale } from './tileScale.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NOTHING = { min: [], max: [] };

interface PumpTileProps {
  readonly pump: Pump;
  readonly hours: number;
  /** Whether it says that no file lists it: where none is listed that is said once. */
  readonly tellsUnknown: boolean;
  /** The scale of all tiles, as far as they are drawn. */
  readonly scale: TileScale;
}

/** One pump: its pressure against the limit, what was wrong when, and the numbers. Large while something is wrong. */
export function PumpTile({
  pump: { pump, known, vendor, last, lastMaintenance, active, alerts },
  hours,
  tellsUnknown,
  scale,
}: PumpTileProps) {
  const [seen, place] = useSeen<HTMLLIElement>();
  const view = viewUpTo(last?.at, hours);
  const drawn = useResource(seen && view ? `${pump} ${view.from} ${view.to} ${active.length}` : '', (signal) =>
    loadPicture(pump, view!, signal),
  );
  return (
    <li ref={place} class={`tile panel ${alarmClass(active)}`}>
      <div class="head">
        <h2>
          <Link to={href(['pumps', pump])}>{visible(pump)}</Link>
        </h2>
        <span class={last && !isFresh(last.at) ? 'value old' : 'value'}>{last ? (last.psi === null ? NO_VALUE : withUnit(last.psi, 'psi')) : '–'}</span>
      </div>
      {bySeverity(active).map(({ rule, since }) => (
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
        {drawn.value && view && <Picture pump={pump} view={view} picture={drawn.value} scale={scale} />}
        {!view && <p class="muted small">No reading yet.</p>}
        {drawn.error && !drawn.value && <p class="problem small">{drawn.error.message}</p>}
      </div>
      <p class="small muted facts-line">
        <span title="Alarms of the last 24 hours and 7 days">
          {alerts.week === 0 ? 'no alarm in 7 d' : `alarms: ${alerts.day} in 24 h, ${alerts.week} in 7 d`}
        </span>
        <span>{vendor?.vendor ?? ''}</span>
        {!known && tellsUnknown && <strong>unknown pump</strong>}
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
  readonly scale: TileScale;
}

function Picture({ pump, view, picture: { time, psi, alarms }, scale }: PictureProps) {
  const unknownTo = unknownToOf(alarms);
  const limits = thresholdsOf(pump, 'psi');
  const band = psi ?? NOTHING;
  useEffect(() => scale.tell(pump, valueRange(band, limits)), [time, band]);
  return (
    <>
      <Sparkline
        time={time}
        {...band}
        limits={limits}
        scale={scale.range.value}
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
    ? 'No alarm in this time'
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
