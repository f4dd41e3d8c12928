import type { MaintenanceEvent, PumpDetail } from '../../../http/schemas/pumps.ts';
import type { View } from '../../charts/view.ts';
import { counted } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty } from '../../parts/Loaded.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { wallMs } from '../../times.ts';
import { curvesLink } from './range.ts';

const DAY_MS = 86_400_000;

/** Everything that was done to a pump, newest first. */
export function MaintenanceTable({ detail: { pump, maintenance, from, last } }: { readonly detail: PumpDetail }) {
  const events = [...maintenance].reverse();
  const data = from && last ? { from: wallMs(from), to: wallMs(last.at) } : undefined;
  const columns: Column<MaintenanceEvent>[] = [
    { key: 'date', head: 'Date', class: 'day', cell: ({ date }) => <EventDate pump={pump} date={date} data={data} /> },
    { key: 'description', head: 'What', cell: ({ description }) => description },
    { key: 'technician', head: 'Who', cell: ({ technician }) => technician },
  ];
  return (
    <section class="pump-section">
      <div class="head">
        <h2>Maintenance</h2>
        <p class="showing">{counted(events.length, 'event')}, newest first</p>
      </div>
      {events.length === 0 ? (
        <Empty always title="No maintenance is recorded for this pump.">
          Events of the maintenance file that name it are listed here.
        </Empty>
      ) : (
        <Table caption={`Maintenance of ${pump}`} columns={columns} rows={events} rowKey={(event) => JSON.stringify(event)} />
      )}
    </section>
  );
}

/** A date that leads to the curves of the three days around it, where there are readings. */
function EventDate({ pump, date, data }: { readonly pump: string; readonly date: string; readonly data: View | undefined }) {
  const view = { from: wallMs(date) - DAY_MS, to: wallMs(date) + 2 * DAY_MS };
  return data && view.from < data.to && view.to > data.from ? <Link to={curvesLink(pump, view)}>{date}</Link> : date;
}
