import { useRef, useState } from 'preact/hooks';
import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { runKey } from '../../activeRuns.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { useHeldRows } from '../../heldRows.ts';
import { alertNews } from '../../news.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { NewRows } from '../../parts/NewRows.tsx';
import { Table } from '../../parts/Table.tsx';
import { type Query, query, queryText, setQuery } from '../../route.ts';
import { useResource } from '../../resource.ts';
import { FilterBar } from './FilterBar.tsx';
import { apiQuery, type Filters, filters, inWords } from './filters.ts';
import { NoRuns } from './NoRuns.tsx';
import { RecentChanges } from './RecentChanges.tsx';
import { RunDetail } from './RunDetail.tsx';
import { RUN_COLUMNS } from './runColumns.tsx';
import { Summary } from './Summary.tsx';

const PAGE = 50;
const MOST = 500;

interface Runs {
  readonly items: readonly AlertRunItem[];
  readonly total: number;
  readonly more: boolean;
  /** What this is the answer to: it is shown until the next one is there. */
  readonly chosen: Filters;
}

/** The first screen: what is wrong now, where, since when, and whom to call; and the runs of alerts that were. */
export function Alerts() {
  const chosen = filters();
  const asked = apiQuery(chosen);
  const [limit, setLimit] = useState(PAGE);
  const runs = useResource(`${queryText(asked)} ${limit} ${alertNews.value}`, async (signal): Promise<Runs> => ({ ...await firstRuns(asked, limit, signal), chosen }));
  return (
    <>
      <Summary />
      <FilterBar chosen={chosen} />
      <div class="alerts">
        <section aria-labelledby="runs">
          <h2 id="runs" class="unseen">Runs of alerts</h2>
          <Loaded resource={runs}>
            {({ items, total, more, chosen: answered }) => (
              <>
                <div class="head">
                  <p class="showing" role="status">{count(items.length)} of {counted(total, 'run')}, {inWords(answered)}</p>
                  <CsvButton path="/alert-runs" query={asked} fileName="alert-runs.csv" />
                </div>
                {items.length === 0 ? <NoRuns chosen={answered} /> : <RunTable items={items} question={JSON.stringify(answered)} />}
                {more && <button type="button" onClick={() => setLimit(limit + (limit < MOST ? PAGE : MOST))}>Show more</button>}
              </>
            )}
          </Loaded>
        </section>
        <RecentChanges />
      </div>
    </>
  );
}

/** So many of the runs from the first on, page by page. */
async function firstRuns(asked: Query, limit: number, signal: AbortSignal): Promise<Omit<Runs, 'chosen'>> {
  const items: AlertRunItem[] = [];
  let cursor: string | null = null;
  let total = 0;
  do {
    const page: { items: AlertRunItem[]; total: number; next: string | null } = await get('/alert-runs', { ...asked, limit: Math.min(MOST, limit - items.length), cursor }, signal);
    items.push(...page.items);
    ({ next: cursor, total } = page);
  } while (cursor !== null && items.length < limit);
  return { items, total, more: cursor !== null };
}

function RunTable({ items, question }: { readonly items: readonly AlertRunItem[]; readonly question: string }) {
  const place = useRef<HTMLDivElement>(null);
  const { rows, waiting, show } = useHeldRows(items, { place, keyOf: runKey, question });
  return (
    <div ref={place} class="run-table">
      <NewRows waiting={waiting} show={show} />
      <Table
        caption="Runs of alerts, those that go on first, then by their end, newest first"
        columns={RUN_COLUMNS}
        rows={rows}
        rowKey={runKey}
        rowClass={({ active }) => (active ? undefined : 'ended')}
        phone="cards"
        openRow={query.value.get('open')}
        onOpen={(open) => setQuery({ open })}
        detail={(run) => <RunDetail run={run} />}
      />
    </div>
  );
}
