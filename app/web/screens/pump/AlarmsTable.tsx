import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { MOST_ALARMS } from '../../charts/episodes.ts';
import { around, type View } from '../../charts/view.ts';
import { count, counted, lasting, worstText } from '../../format.ts';
import { heardOf } from '../../lastReadings.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty } from '../../parts/Loaded.tsx';
import { Severity } from '../../parts/Severity.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { lastedMs, wallExact, wallMs, wallShort } from '../../times.ts';
import { curvesLink } from './range.ts';

interface AlarmsTableProps {
  readonly pump: string;
  readonly view: View;
  readonly alarms: readonly AlarmItem[];
  /** Whether the range has more than the newest ones that are here. */
  readonly more: boolean;
}

/** The alarms in the view, what goes on first; each leads to its curves. */
export function AlarmsTable({ pump, view, alarms, more }: AlarmsTableProps) {
  const span = `${wallShort(view.from)} – ${wallShort(view.to)}`;
  return (
    <section class="pump-section">
      <div class="head">
        <h2>Alerts in this range</h2>
        <p class="showing">
          {more ? `the newest ${counted(alarms.length, 'alarm')}` : counted(alarms.length, 'alarm')}, {span}, {pump}
        </p>
      </div>
      {more && (
        <p>
          <strong>There are more than {count(MOST_ALARMS)} alarms around here: zoom in to see each.</strong> Where the alerts are hatched it is
          not known what was wrong.
        </p>
      )}
      {alarms.length === 0 ? (
        !more && (
          <Empty title="No rule was broken in this range.">
            Alarms of readings beyond a limit are listed here, each with a link to its curves.
          </Empty>
        )
      ) : (
        <Table
          caption={`Alarms of ${pump}`}
          columns={COLUMNS}
          rows={alarms}
          rowKey={({ rule, from }) => `${rule} ${from}`}
          phone="cards"
        />
      )}
    </section>
  );
}

const COLUMNS: readonly Column<AlarmItem>[] = [
  { key: 'severity', head: 'Severity', cell: ({ priority, active }) => <Severity priority={priority} quiet={!active} /> },
  {
    key: 'rule',
    head: 'Rule',
    cell: ({ rule, condition }) => (condition === null ? rule : `${rule}: ${condition}`),
  },
  {
    key: 'from',
    head: 'From',
    cell: ({ pump, from, to }) => (
      <Link to={curvesLink(pump, around(wallMs(from), wallMs(to)))} title={`Show the curves around ${wallExact(from)}`}>
        {wallShort(from)}
      </Link>
    ),
  },
  { key: 'to', head: 'To', cell: ({ to, active }) => (active ? 'still active' : wallShort(to)) },
  { key: 'duration', head: 'Duration', numeric: true, cell: (alarm) => lasting(alarm.active ? lastedMs(alarm.from, heardOf(alarm)) : wallMs(alarm.to) - wallMs(alarm.from)) },
  { key: 'count', head: 'Readings', numeric: true, cell: ({ readings }) => count(readings) },
  { key: 'worst', head: 'Worst', numeric: true, cell: ({ worst, measure }) => worstText(worst, measure) },
];
