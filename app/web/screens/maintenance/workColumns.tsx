import type { WorkItem } from '../../../http/schemas/maintenance.ts';
import { counted, decimal, fixed } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { PumpName } from '../../parts/PumpName.tsx';
import type { Column } from '../../parts/Table.tsx';
import { wallMs, wallShort } from '../../times.ts';
import { comparedLink, MOST_COMPARED } from '../../compared.ts';
import { curvesLink } from '../pump/range.ts';
import { DayLine } from './DayLine.tsx';

const DAY_MS = 86_400_000;
const DAYS_AFTER = 14;

/** The columns of a list of events; each leads to its curves, and to a picture of all that had the same work, shifted onto each other. */
export function workColumns(items: readonly WorkItem[]): readonly Column<WorkItem>[] {
  const top = Math.max(1, ...items.flatMap(({ days, before }) => [...days, before]).filter((mean) => mean !== null));
  return [
    { key: 'date', head: 'Date', class: 'day', sort: ({ date }) => date, cell: (event) => <EventDate event={event} /> },
    { key: 'pump', head: 'Pump', cell: ({ pump }) => <PumpName pump={pump} /> },
    { key: 'vendor', head: 'Vendor', cell: ({ vendor }) => vendor ?? <span class="muted">unknown</span> },
    { key: 'what', head: 'What', class: 'words', cell: ({ description }) => description },
    { key: 'who', head: 'Who', class: 'nowrap', cell: ({ technician }) => technician },
    { key: 'before', head: 'Before', unit: 'psi', numeric: true, cell: ({ before }) => fixed(before, 1) },
    { key: 'curve', head: '14 days after', cell: (event) => <DayLine days={event.days} top={top} label={curveWords(event)} /> },
    { key: 'last', head: 'Last', unit: 'psi', numeric: true, cell: ({ days }) => fixed(lastOf(days), 1) },
    { key: 'change', head: 'Change', unit: 'psi', numeric: true, sort: ({ change }) => change, cell: changeCell },
    { key: 'alarms', head: 'Alarms after', cell: alarmsCell },
    { key: 'same', head: 'The same work', cell: (event) => <Same event={event} items={items} /> },
  ];
}

function lastOf(days: readonly (number | null)[]): number | null {
  return days.slice(1).findLast((mean) => mean !== null) ?? null;
}

/** What a screen reader hears of the curve. */
function curveWords({ days }: WorkItem): string {
  const known = days.filter((mean) => mean !== null);
  return known.length === 0 ? 'No readings' : `Mean pressure by day: ${known.map((mean) => decimal(mean, 0)).join(', ')}`;
}

function changeCell({ change, alarms }: WorkItem) {
  if (change === null) return '–';
  const text = `${change < 0 ? '−' : '+'}${fixed(Math.abs(change), 1)}`;
  return alarms > 0 && change < 0 ? <b class="abnormal-value">▼ {text}</b> : text;
}

function alarmsCell({ alarms, firstAlarm, date }: WorkItem) {
  if (alarms === 0 || firstAlarm === null) return 'none';
  const days = Math.floor((wallMs(firstAlarm) - wallMs(date)) / DAY_MS);
  return <span title={`The first at ${wallShort(firstAlarm)}`}>{counted(alarms, 'alarm')}, {days === 0 ? 'from that day on' : `after ${counted(days, 'day')}`}</span>;
}

/** A date that leads to the days after it, where there are readings. */
function EventDate({ event: { pump, date, days, before } }: { readonly event: WorkItem }) {
  if (before === null && days.every((mean) => mean === null)) return date;
  return <Link to={curvesLink(pump, { from: wallMs(date) - DAY_MS, to: wallMs(date) + (DAYS_AFTER + 1) * DAY_MS })}>{date}</Link>;
}

/** Leads to the pumps at which the same was done by the same, each shifted so that its event falls on that of this one. */
function Same({ event, items }: { readonly event: WorkItem; readonly items: readonly WorkItem[] }) {
  const others = items.filter(({ pump, technician, description, days }) =>
    pump !== event.pump && technician === event.technician && description === event.description && days.some((mean) => mean !== null));
  const first = [...new Map(others.map((other) => [other.pump, other])).values()].slice(0, MOST_COMPARED - 1);
  if (first.length === 0 || event.days.every((mean) => mean === null)) return null;
  const view = { from: wallMs(event.date), to: wallMs(event.date) + (DAYS_AFTER + 1) * DAY_MS };
  return (
    <Link to={comparedLink([event, ...first].map(({ pump, date }) => ({ pump, at: date })), { view })}>
      Compare {counted(first.length + 1, 'pump')}
    </Link>
  );
}
