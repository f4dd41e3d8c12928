import { visible } from '../../visible.ts';
import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { count, duration, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Severity } from '../../parts/Severity.tsx';
import type { Column } from '../../parts/Table.tsx';
import { WallTime } from '../../parts/When.tsx';
import { href } from '../../route.ts';
import { isFresh, wallExact, wallMs, wallShort } from '../../times.ts';

/** A run of alerts in one line: how bad, where, since when, how far, and who knows the pump. */
export const RUN_COLUMNS: readonly Column<AlertRunItem>[] = [
  {
    key: 'severity',
    head: 'Alert',
    class: 'name',
    cell: ({ priority, rule, active }) => (
      <>
        <Severity priority={priority} quiet={!active} /> <span class="rule">{rule}</span>
      </>
    ),
  },
  {
    key: 'pump',
    head: 'Pump',
    class: 'name',
    cell: ({ pump, known }) => (
      <>
        <Link class="pump" to={href(['pumps', pump])}>
          {visible(pump)}
        </Link>
        {!known && <span class="small muted below">unknown pump</span>}
      </>
    ),
  },
  { key: 'since', head: 'Since', cell: ({ from }) => <WallTime at={from} /> },
  { key: 'until', head: 'Until', cell: (run) => <Until run={run} /> },
  { key: 'count', head: 'Readings', numeric: true, cell: ({ count: readings }) => count(readings) },
  { key: 'worst', head: 'Worst', numeric: true, cell: (run) => <Worst run={run} /> },
  { key: 'vendor', head: 'Vendor', class: 'name vendor', cell: ({ vendor }) => vendor?.vendor ?? <span class="muted">–</span> },
  {
    key: 'maintenance',
    head: 'Last maintenance',
    class: 'wide',
    cell: ({ lastMaintenance }) => <LastMaintenance event={lastMaintenance} />,
  },
];

/** `now` is said only while readings come; otherwise the last one's time. */
function Until({ run: { from, to, active } }: { readonly run: AlertRunItem }) {
  const lasted = duration(wallMs(to) - wallMs(from));
  if (!active) return <><WallTime at={to} /> {from !== to && <span class="muted small below">after {lasted}</span>}</>;
  const fresh = isFresh(to);
  return (
    <span title={`last reading ${wallExact(to)}`}>
      <strong>{fresh ? 'now' : 'goes on'}</strong>{' '}
      <span class="muted small below">{fresh ? `for ${lasted}` : `last ${wallShort(to)}`}</span>
    </span>
  );
}

function Worst({ run: { worst, measure, threshold } }: { readonly run: AlertRunItem }) {
  return <><strong>{withUnit(worst, measure)}</strong> <span class="muted small below">limit {withUnit(threshold, measure)}</span></>;
}

function LastMaintenance({ event }: { readonly event: AlertRunItem['lastMaintenance'] }) {
  if (!event) return <span class="muted">none known</span>;
  return <><span class="nowrap">{event.date}</span> {event.description}, <strong class="together">{event.technician}</strong></>;
}
