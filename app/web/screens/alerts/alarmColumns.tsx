import { SITE } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { counted, lasting, worstText } from '../../format.ts';
import { heardOf } from '../../lastReadings.ts';
import { PumpName } from '../../parts/PumpName.tsx';
import { Severity } from '../../parts/Severity.tsx';
import type { Column } from '../../parts/Table.tsx';
import { WallTime } from '../../parts/When.tsx';
import { Trend } from './Trend.tsx';
import type { ShownAlarm } from '../../shownAlarm.ts';
import { isFresh, lastedMs, wallAge, wallExact, wallMs, wallShort } from '../../times.ts';

/** An alarm in one line: how bad, where, since when, how far, and who knows the pump. */
export const ALARM_COLUMNS: readonly Column<ShownAlarm>[] = [
  {
    key: 'severity',
    head: 'Alarm',
    class: 'name what',
    cell: ({ priority, rule, active, state, flood, others = [] }) => (
      <>
        <Severity priority={priority} quiet={!active} /> <span class="rule">{rule}</span>
        {flood && <span class="small muted below">a flood</span>}
        {state !== undefined && state !== 'normal' && <span class="small muted below">{STATE_WORDS[state]}</span>}
        {others.length > 0 && <span class="small muted below others">and {counted(others.length, 'more rule')}: {others.map((one) => one.rule).join(', ')}</span>}
      </>
    ),
  },
  {
    key: 'pump',
    head: 'Pump',
    class: 'name where',
    cell: ({ pump, known, flood }) => (flood ? <strong class="pump">{counted(flood.length, 'pump')}</strong> : (
      <>
        <PumpName pump={pump} />
        {!known && pump !== SITE && <span class="small muted below">unknown pump</span>}
      </>
    )),
  },
  {
    key: 'now',
    head: 'Now',
    class: 'now',
    cell: ({ pump, measure, flood }) => (flood || pump === SITE ? null : <Trend pump={pump} measure={measure ?? 'psi'} />),
  },
  { key: 'since', head: 'Since', class: 'since', cell: ({ from }) => <WallTime at={from} /> },
  { key: 'until', head: 'Until', class: 'until', cell: (alarm) => <Until alarm={alarm} /> },
  { key: 'worst', head: 'Worst', class: 'worst', numeric: true, cell: (alarm) => <Worst alarm={alarm} /> },
  { key: 'vendor', head: 'Vendor', class: 'name vendor', cell: ({ vendor, flood }) => (flood ? null : vendor?.vendor ?? <span class="muted">–</span>) },
  {
    key: 'maintenance',
    head: 'Work before it',
    class: 'wide',
    cell: (alarm) => (alarm.flood ? null : <WorkBefore alarm={alarm} />),
  },
];

const STATE_WORDS: Readonly<Record<AlarmItem['state'], string>> = {
  'active-unacknowledged': 'unacknowledged',
  'active-acknowledged': 'acknowledged',
  'returned-unacknowledged': 'over, unacknowledged',
  latched: 'over, waits for a reset',
  shelved: 'on the shelf',
  suppressed: 'suppressed',
  'out-of-service': 'out of service',
  pending: 'pending',
  normal: 'over',
};

/** `now` is said only while readings come; otherwise since when its pump is silent. */
function Until({ alarm }: { readonly alarm: ShownAlarm }) {
  const { from, to, active, flood } = alarm;
  const heard = flood ? flood.map(heardOf).reduce((last, one) => (one > last ? one : last)) : heardOf(alarm);
  const lasted = lasting(lastedMs(from, heard));
  if (!active) return <><WallTime at={to} /> {from !== to && <span class="muted small below">after {lasting(wallMs(to) - wallMs(from))}</span>}</>;
  const silent = wallAge(heard);
  if (isFresh(heard)) return <><strong>still active</strong> <span class="muted small below">for {lasted}</span></>;
  return (
    <span title={`last reading ${wallExact(heard)}`}>
      <strong>still active</strong>{' '}
      <span class="muted small below">
        {lasted} in alarm, silent {silent === undefined ? `since ${wallShort(heard)}` : `for ${silent}`}
      </span>
    </span>
  );
}

function Worst({ alarm: { worst, measure, condition } }: { readonly alarm: ShownAlarm }) {
  return <><strong>{worstText(worst, measure)}</strong> {condition !== null && <span class="muted small below">{condition}</span>}</>;
}

/** What was done before it began: the cause may be there. What was done since is told apart. */
function WorkBefore({ alarm: { lastMaintenance: event, since } }: { readonly alarm: ShownAlarm }) {
  const later = since === undefined || since.length === 0 ? null
    : <span class="small muted below">since then: {since.map(({ description }) => description).join(', ')}</span>;
  if (!event) return <><span class="muted">none known</span> {later}</>;
  return <><span class="nowrap">{event.date}</span> {event.description}, <strong class="together">{event.technician}</strong> {later}</>;
}
