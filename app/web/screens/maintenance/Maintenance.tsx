import type { WorkItem, WorkList } from '../../../http/schemas/maintenance.ts';
import { getRows } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { dayNews } from '../../news.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { DateField } from '../../parts/DateField.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { Table } from '../../parts/Table.tsx';
import { WorkFilters } from '../../parts/WorkFilters.tsx';
import { useResource } from '../../resource.ts';
import { type Query, query, queryText, setQuery } from '../../route.ts';
import { workQuery } from '../../workNames.ts';
import { workColumns } from './workColumns.tsx';

const PAGE = 100;
const MOST = 500;

/** What was done to all pumps, by whom, and what became of their pressure afterwards. */
export function Maintenance() {
  const text = (key: string) => query.value.get(key) ?? '';
  const [from, to, q] = [text('from'), text('to'), text('q')];
  const fell = text('order') === 'fell';
  const asked: Query = { q, from, to, ...workQuery(), order: fell ? 'fell' : undefined };
  const limit = Number(text('shown')) || PAGE;
  const events = useResource(`${queryText(asked)} ${limit} ${dayNews.value}`, (signal) =>
    getRows<WorkList>('/maintenance', asked, { limit, page: MOST }, signal),
  );
  return (
    <>
      <h1>Maintenance</h1>
      <div class="tools">
        <SearchBox />
        <WorkFilters title="Of the event itself" />
        <DateField label="From" type="date" value={from} onPick={(day) => setQuery({ from: day })} />
        <DateField label="To" type="date" value={to} onPick={(day) => setQuery({ to: day })} />
        <CsvButton path="/maintenance" query={asked} fileName="maintenance.csv" />
      </div>
      <Loaded resource={events} lines={10}>
        {({ items, total, next }) => items.length === 0 ? <NoEvents /> : (
          <>
            <p class="showing" role="status">
              {items.length < total ? `${count(items.length)} of ` : ''}{counted(total, 'event')}, {fell ? 'those after which pressure fell most first' : 'newest first'}.
              Pressure is the mean of a day: before is of 7 days, after of up to 14.
            </p>
            <Events items={items} sort={fell ? 'change' : '-date'} />
            {next !== null && <button type="button" onClick={() => setQuery({ shown: limit + PAGE }, { replace: true })}>Show more</button>}
          </>
        )}
      </Loaded>
    </>
  );
}

function Events({ items, sort }: { readonly items: readonly WorkItem[]; readonly sort: string }) {
  return (
    <Table
      caption="Maintenance over all pumps"
      columns={workColumns(items)}
      rows={items}
      rowKey={({ pump, date, technician, description }) => [pump, date, technician, description].join(' ')}
      sort={sort}
      onSort={(next) => setQuery({ order: next.endsWith('change') ? 'fell' : null, shown: null })}
    />
  );
}

function NoEvents() {
  return query.value.size > 0 ? (
    <Empty always title="No event fits these filters." />
  ) : (
    <Empty always title="No maintenance is recorded.">Events of the maintenance file are listed here, with what pressure did after each.</Empty>
  );
}
