import { useState } from 'preact/hooks';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { DayStatsItem } from '../../../http/schemas/stats.ts';
import { columnText } from '../../charts/limits.ts';
import { count, NO_VALUE } from '../../format.ts';
import { PumpName } from '../../parts/PumpName.tsx';
import { Link } from '../../parts/Link.tsx';
import { type Column, type Sort, sorted, Table } from '../../parts/Table.tsx';
import { setQuery } from '../../route.ts';
import { limitsOf } from '../../rules.ts';
import { type Choice, dayLink, type Figure, FIGURES, isAbnormal, stateOf } from './pumpDay.ts';

const PAGE = 500;

interface DayTableProps {
  readonly days: readonly DayStatsItem[];
  readonly choice: Choice;
  readonly sort: Sort;
}

/** Pump-days as rows, what had alerts first unless another order is asked for. */
export function DayTable({ days, choice: { measure }, sort }: DayTableProps) {
  const [shown, setShown] = useState(PAGE);
  const columns: Column<DayStatsItem>[] = [
    { key: 'pump', head: 'Pump', sort: ({ pump }) => pump, cell: ({ pump }) => <PumpName pump={pump} /> },
    {
      key: 'date',
      head: 'Day',
      class: 'day',
      sort: ({ date }) => date,
      cell: ({ pump, date }) => (
        <Link to={dayLink(pump, date)} title={`Curves of ${pump} on ${date}`}>
          {date}
        </Link>
      ),
    },
    { key: 'state', head: 'Summary', sort: (day) => STATES[stateOf(day)], cell: (day) => STATES[stateOf(day)] },
    { key: 'count', head: 'Readings', numeric: true, sort: (day) => day.count, cell: (day) => readingsText(day, measure) },
    ...(Object.keys(FIGURES) as Figure[]).map((figure) => figureColumn(measure, figure)),
    { key: 'alerts', head: 'Readings beyond', numeric: true, sort: ({ alerts }) => alerts, cell: ({ alerts }) => count(alerts) },
  ];
  const rows = sorted(days, columns, sort);
  return (
    <>
      <Table
        caption="Pump-days"
        columns={columns}
        rows={rows.slice(0, shown)}
        rowKey={({ pump, date }) => `${date} ${pump}`}
        sort={sort}
        onSort={(next) => setQuery({ sort: next }, { replace: true })}
      />
      {rows.length > shown && (
        <p>
          <button type="button" onClick={() => setShown(shown + PAGE)}>
            Show {PAGE} more
          </button>{' '}
          <span class="muted">
            {count(shown)} of {count(rows.length)} are shown
          </span>
        </p>
      )}
    </>
  );
}

const STATES = { current: 'current', late: '◐ late', missing: '○ missing', today: 'today, not over' } as const;

/** How many readings a day has; `750 of 958` when only so many have the measure. */
function readingsText(day: DayStatsItem, measure: Choice['measure']): string {
  const own = day[measure]?.count;
  return own === undefined ? count(day.count) : `${count(own)} of ${count(day.count)}`;
}

function figureColumn(measure: Choice['measure'], figure: Figure): Column<DayStatsItem> {
  const { label, unit } = measureFacts[measure];
  const value = (day: DayStatsItem) => day[measure]?.[figure] ?? null;
  return {
    key: figure, head: `${label}, ${FIGURES[figure]}`, unit, numeric: true, sort: value,
    cell: (day) => {
      const text = day[measure]?.count === 0 ? NO_VALUE : columnText(value(day), measure, limitsOf(day.pump)[measure]);
      return isAbnormal(day, { measure, figure }) ? <b class="abnormal-value">▲ {text}</b> : text;
    },
  };
}
