import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { runKey } from '../../activeRuns.ts';
import { getRows } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { askedAgain, useHeldRows } from '../../heldRows.ts';
import { alertNews } from '../../news.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { NewRows } from '../../parts/NewRows.tsx';
import { Table } from '../../parts/Table.tsx';
import { query, queryText, setQuery } from '../../route.ts';
import { useResource } from '../../resource.ts';
import { FilterBar } from './FilterBar.tsx';
import { apiQuery, type Filters, filters, inWords } from './filters.ts';
import { findRun, LinkedRun } from './LinkedRun.tsx';
import { NoRuns } from './NoRuns.tsx';
import { RecentChanges } from './RecentChanges.tsx';
import { RunDetail } from './RunDetail.tsx';
import { RUN_COLUMNS } from './runColumns.tsx';
import { Unstored } from './Unstored.tsx';
import { Summary } from './Summary.tsx';

const PAGE = 50;
const MOST = 500;

interface RunPage {
  readonly items: readonly AlertRunItem[];
  readonly total: number;
  readonly next: string | null;
}

interface Runs {
  readonly items: readonly AlertRunItem[];
  readonly total: number;
  readonly more: boolean;
  /** What is shown and is no longer among them. */
  readonly left: readonly AlertRunItem[];
  /** What this is the answer to: it is shown until the next one is there. */
  readonly chosen: Filters;
}

/** The first screen: what is wrong now, where, since when, and whom to call; and the runs of alerts that were. */
export function Alerts() {
  const chosen = filters();
  const asked = apiQuery(chosen);
  const question = JSON.stringify(chosen);
  const shown = useRef<Shown>({ question, rows: [] });
  const [limit, setLimit] = useState(PAGE);
  const runs = useResource(`${queryText(asked)} ${limit} ${alertNews.value}`, async (signal): Promise<Runs> => {
    const { items, total, next } = await getRows<RunPage>('/alert-runs', asked, { limit, page: MOST }, signal);
    const held = shown.current.question === question ? shown.current.rows : [];
    return { items, total, more: next !== null, left: await askedAgain(held, items, runKey, (run) => asItIs(run, signal)), chosen };
  });
  return (
    <>
      <Summary />
      <Unstored />
      <FilterBar chosen={chosen} />
      <div class="alerts">
        <section aria-labelledby="runs">
          <h2 id="runs" class="unseen">
            Runs of alerts
          </h2>
          <Loaded resource={runs}>
            {({ items, total, more, left, chosen: answered }) => (
              <>
                <div class="head">
                  <p class="showing" role="status">
                    {count(items.length)} of {counted(total, 'run')}, {inWords(answered)}
                  </p>
                  <CsvButton path="/alert-runs" query={asked} fileName="alert-runs.csv" />
                </div>
                {items.length === 0 ? (
                  <NoListedRuns chosen={answered} />
                ) : (
                  <RunTable items={items} left={left} question={JSON.stringify(answered)} shown={shown} />
                )}
                {more && (
                  <button type="button" onClick={() => setLimit(limit + (limit < MOST ? PAGE : MOST))}>
                    Show more
                  </button>
                )}
              </>
            )}
          </Loaded>
        </section>
        <RecentChanges />
      </div>
    </>
  );
}

/** A run as it is now; one that is no longer what it was has ended in any case. */
async function asItIs(run: AlertRunItem, signal: AbortSignal): Promise<AlertRunItem> {
  return await findRun(run, signal) ?? { ...run, active: false };
}

/** What stands on the screen, and what it answers. */
interface Shown {
  readonly question: string;
  readonly rows: readonly AlertRunItem[];
}

function NoListedRuns({ chosen }: { readonly chosen: Filters }) {
  const open = query.value.get('open');
  return <>{open && <LinkedRun key={open} name={open} />}<NoRuns chosen={chosen} /></>;
}

interface RunTableProps extends Pick<Runs, 'items' | 'left'> {
  readonly question: string;
  readonly shown: RefObject<Shown>;
}

function RunTable({ items, left, question, shown }: RunTableProps) {
  const place = useRef<HTMLDivElement>(null);
  const { rows, waiting, show } = useHeldRows(items, { place, keyOf: runKey, left, question });
  shown.current = { question, rows };
  const open = query.value.get('open');
  return (
    <div ref={place} class="run-table">
      {open && !rows.some((run) => runKey(run) === open) && <LinkedRun key={open} name={open} />}
      <NewRows waiting={waiting} show={show} />
      <Table
        caption="Runs of alerts, those that go on first, then by their end, newest first"
        columns={RUN_COLUMNS}
        rows={rows}
        rowKey={runKey}
        rowClass={({ active }) => (active ? undefined : 'ended')}
        phone="cards"
        openRow={open}
        onOpen={(key) => setQuery({ open: key })}
        detail={(run) => <RunDetail run={run} />}
      />
    </div>
  );
}
