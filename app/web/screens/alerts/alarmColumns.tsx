import { SITE } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { count, counted, lasting, worstText } from '../../format.ts';
import { PumpName } from '../../parts/PumpName.tsx';
import { Severity } from '../../parts/Severity.tsx';
import type { Column } from '../../parts/Table.tsx';
import { WallTime } from '../../parts/When.tsx';
import type { ShownAlarm } from '../../shownAlarm.ts';
import { isFresh, lastedMs, wallAge, wallExact, wallMs, wallShort } from '../../times.ts';

/** An alarm in one line: how bad, where, since when, how far, and who knows the pump. */
export const ALARM_COLUMNS: readonly Column<ShownAlarm>[] = [
  {
    key: 'severity',
    head: 'Alarm',
    class: 'name',
    cell: ({ priority, rule, active, state, others = [] }) => (
      <>
        <Severity priority={priority} quiet={!active} /> <span class="rule">{rule}</span>
        {state !== undefined && state !== 'normal' && <span class="small muted below">{STATE_WORDS[state]}</span>}
        {others.length > 0 && <span class="small muted below">and {counted(others.length, 'more rule')}: {others.map((one) => one.rule).join(', ')}</span>}
      </>
    ),
  },
  {
    key: 'pump',
    head: 'Pump',
    class: 'name',
    cell: ({ pump, known }) => (
      <>
        <PumpName pump={pump} />
        {!known && pump !== SITE && <span class="small muted below">unknown pump</span>}
      </>
    ),
  },
  { key: 'since', head: 'Since', cell: ({ from }) => <WallTime at={from} /> },
  { key: 'until', head: 'Until', cell: (alarm) => <Until alarm={alarm} /> },
  { key: 'count', head: 'Readings', numeric: true, cell: ({ readings }) => count(readings) },
  { key: 'worst', head: 'Worst', numeric: true, cell: (alarm) => <Worst alarm={alarm} /> },
  { key: 'vendor', head: 'Vendor', class: 'name vendor', cell: ({ vendor }) => vendor?.vendor ?? <span class="muted">–</span> },
  {
    key: 'maintenance',
    head: 'Work before it',
    class: 'wide',
    cell: (alarm) => <WorkBefore alarm={alarm} />,
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
function Until({ alarm: { from, to, active } }: { readonly alarm: ShownAlarm }) {
  const lasted = lasting(lastedMs(from, to));
  if (!active) return <><WallTime at={to} /> {from !== to && <span class="muted small below">after {lasting(wallMs(to) - wallMs(from))}</span>}</>;
  const silent = wallAge(to);
  if (isFresh(to)) return <><strong>still active</strong> <span class="muted small below">for {lasted}</span></>;
  return (
    <span title={`last reading ${wallExact(to)}`}>
      <strong>still active</strong>{' '}
      <span class="muted small below">
        {lasted} in alarm, silent {silent === undefined ? `since ${wallShort(to)}` : `for ${silent}`}
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
