import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import type { Curves } from '../../../http/schemas/curves.ts';
import type { Pump } from '../../../http/schemas/pumps.ts';
import { get, pathOf } from '../../api.ts';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { StateStrip } from '../../charts/StateStrip.tsx';
import type { View } from '../../charts/view.ts';
import { counted, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Severity } from '../../parts/Severity.tsx';
import { WallTime } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { limitOf, priorityOf } from '../../rules.ts';
import { wallMs, wallShort, wallText } from '../../times.ts';

interface PumpTileProps {
  readonly pump: Pump;
  readonly view: View;
  /** Runs of alerts that touch the view. */
  readonly runs: readonly AlertRunItem[];
}

/** One pump: its pressure against the limit, what was wrong when, and the numbers. Large while something is wrong. */
export function PumpTile({ pump: { pump, known, vendor, last, active, alerts }, view, runs }: PumpTileProps) {
  const [seen, place] = useSeen();
  const curve = useResource(seen && last ? `${pump} ${view.from} ${view.to} ${active.length}` : '', (signal) => (
    get<Curves>(`/pumps${pathOf(pump)}/readings`, { from: wallText(view.from), to: wallText(view.to), points: 120, measures: 'psi' }, signal)
  ));
  const { time = [], psi = { min: [], max: [] } } = curve.value ?? {};
  return (
    <li ref={place} class={active.length > 0 ? 'tile panel alarming' : 'tile panel'}>
      <div class="head">
        <h2><Link to={href(['pumps', pump])}>{pump}</Link></h2>
        <span class="value">{last ? withUnit(last.psi, 'psi') : '–'}</span>
      </div>
      {active.map(({ rule, since }) => (
        <p key={rule}><Severity priority={priorityOf(rule)} /> {rule} since <WallTime at={since} /></p>
      ))}
      <div class="curve">
        {last
          ? <Sparkline time={time} min={psi.min} max={psi.max} limit={limitOf(pump, 'psi')} from={view.from} to={view.to} label={`Pressure of ${pump}`} />
          : <p class="muted small">No reading yet.</p>}
      </div>
      <StateStrip view={view} label={runs.length === 0 ? 'No alerts in this time' : `${counted(runs.length, 'run')} of alerts in this time`} episodes={runs.map(episode)} />
      <p class="small muted facts-line">
        <span title="Runs of alerts in the last 24 h / 7 days">{alerts.day} / {alerts.week} in 24 h / 7 d</span>
        <span>{vendor?.vendor ?? ''}</span>
        {!known && <strong>unknown pump</strong>}
        {last && wallMs(last.at) < view.from && <span>last reading {wallShort(last.at)}</span>}
      </p>
    </li>
  );
}

function episode({ rule, priority, from, to }: AlertRunItem) {
  return { from: wallMs(from), to: wallMs(to), severity: priority ?? 'low', title: `${rule} from ${wallShort(from)} to ${wallShort(to)}` } as const;
}

/** Whether something has come into sight. */
function useSeen() {
  const place = useRef<HTMLLIElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting ?? false), { rootMargin: '200px' });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [seen, place] as const;
}
