import type { RefObject } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { alarmKey } from '../../activeAlarms.ts';
import type { ShownAlarm } from '../../shownAlarm.ts';
import { getRows } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { askedAgain, useHeldRows } from '../../heldRows.ts';
import { alertNews } from '../../news.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { Lazy } from '../../parts/Lazy.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { NewRows } from '../../parts/NewRows.tsx';
import { Table } from '../../parts/Table.tsx';
import { Together } from '../../parts/Together.tsx';
import { query, queryText, setQuery } from '../../route.ts';
import { useResource } from '../../resource.ts';
import { FilterBar } from './FilterBar.tsx';
import { apiQuery, type Filters, filters, inWords } from './filters.ts';
import { findAlarm, LinkedAlarm } from './LinkedAlarm.tsx';
import { NoAlarms } from './NoAlarms.tsx';
import { RecentChanges } from './RecentChanges.tsx';
import { AlarmDetail } from './AlarmDetail.tsx';
import { ALARM_COLUMNS } from './alarmColumns.tsx';
import { AcknowledgeAll } from './AcknowledgeAll.tsx';
import { byPump } from './byPump.ts';
import { FloodDetail } from './FloodDetail.tsx';
import { floodKeys, rowKey, withFloods } from './floods.ts';
import { PumpStrip } from './PumpStrip.tsx';
import { SetAside } from './SetAside.tsx';
import { Unstored } from './Unstored.tsx';
import { Summary } from './Summary.tsx';

/** Their script is for those who open them. */
const kpis = async () => (await import('./Kpis.tsx')).Kpis;

const PAGE = 50;
const MOST = 500;

interface AlarmPage {
  readonly items: readonly AlarmItem[];
  readonly total: number;
  readonly next: string | null;
}

interface Alarms {
  readonly items: readonly AlarmItem[];
  readonly total: number;
  readonly more: boolean;
  /** How many were asked for at most. */
  readonly asks: number;
  /** What is shown and is no longer among them. */
  readonly left: readonly AlarmItem[];
  /** What this is the answer to: it is shown until the next one is there. */
  readonly chosen: Filters;
}

/** The first screen: what is wrong now, where, since when, and whom to call; and the alarms that were. */
export function Alerts() {
  const chosen = filters();
  const asked = apiQuery(chosen);
  const question = JSON.stringify(chosen);
  const shown = useRef<Shown>({ question, rows: [] });
  // What needs somebody is shown whole: a page of it could hide a pump.
  const [limit, setLimit] = useState(PAGE);
  const [counts, setCounts] = useState(false);
  const asks = chosen.all ? limit : MOST;
  const alarms = useResource(`${queryText(asked)} ${asks} ${alertNews.value}`, async (signal): Promise<Alarms> => {
    const { items, total, next } = await getRows<AlarmPage>('/alarms', asked, { limit: asks, page: MOST }, signal);
    const held = shown.current.question === `${question} ${asks}` ? shown.current.rows : [];
    return { items, total, asks, more: next !== null, left: await askedAgain(held, items, alarmKey, (alarm) => asItIs(alarm, signal)), chosen };
  });
  return (
    <Together>
      <Summary />
      <Unstored />
      <FilterBar chosen={chosen} />
      <div class="alerts">
        <section aria-labelledby="alarms">
          <h2 id="alarms" class="unseen">
            Alarms
          </h2>
          <Loaded resource={alarms}>
            {({ items, total, more, left, asks: had, chosen: answered }) => (
              <>
                <div class="head">
                  <p class="showing" role="status">
                    {count(items.length)} of {counted(total, 'alarm')}{!answered.all && ' that need somebody'}{inWords(answered) && `, ${inWords(answered)}`}
                  </p>
                  {!answered.all && <AcknowledgeAll alarms={items} />}
                  <CsvButton path="/alarms" query={asked} fileName="alarms.csv" />
                </div>
                {items.length === 0 ? (
                  <NoListedAlarms chosen={answered} />
                ) : (
                  <AlarmTable items={items} all={answered.all} left={left} question={`${JSON.stringify(answered)} ${had}`} shown={shown} />
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
        <div class="stack">
          <PumpStrip />
          <SetAside />
          <details onToggle={({ currentTarget }) => setCounts(currentTarget.open)}>
            <summary>How good the alarms are</summary>
            {counts && <Lazy load={kpis} props={{}} />}
          </details>
        </div>
      </div>
    </Together>
  );
}

/** A row of one alarm that is stored. */
function isAlarm(row: ShownAlarm): row is AlarmItem {
  return row.flood === undefined && row.state !== undefined;
}

/** An alarm as it is now; one that is no longer what it was has ended in any case. */
async function asItIs(alarm: AlarmItem, signal: AbortSignal): Promise<AlarmItem> {
  return await findAlarm(alarm, signal) ?? { ...alarm, active: false };
}

/** What stands on the screen, and what it answers. */
interface Shown {
  readonly question: string;
  readonly rows: readonly AlarmItem[];
}

function NoListedAlarms({ chosen }: { readonly chosen: Filters }) {
  const open = query.value.get('open');
  return <>{open && <LinkedAlarm key={open} name={open} />}<NoAlarms chosen={chosen} /></>;
}

interface AlarmTableProps extends Pick<Alarms, 'items' | 'left'> {
  /** A row an alarm, instead of one a pump. */
  readonly all: boolean;
  readonly question: string;
  readonly shown: RefObject<Shown>;
}

function AlarmTable({ items, all, left, question, shown }: AlarmTableProps) {
  const place = useRef<HTMLDivElement>(null);
  const open = query.value.get('open');
  const floods = useRef<ReadonlySet<string>>(new Set());
  const listed = useMemo((): readonly ShownAlarm[] => (all ? items : withFloods(byPump(items), { open, were: floods.current })), [items, all, open]);
  // What is taken out of a flood to be opened was asked for, and is not held back.
  const spread = useMemo(() => !all && listed.length !== withFloods(byPump(items), { open: null, were: floods.current }).length, [listed]);
  floods.current = floodKeys(listed);
  const { rows, waiting, show } = useHeldRows(listed, { place, keyOf: rowKey, left, question: `${question} ${spread ? open : ''}` });
  shown.current = { question, rows: rows.filter(isAlarm) };
  return (
    <div ref={place} class="alarm-table">
      {open && !rows.some((row) => rowKey(row) === open) && <LinkedAlarm key={open} name={open} />}
      <NewRows waiting={waiting} show={show} />
      <Table
        caption="Alarms"
        columns={ALARM_COLUMNS}
        rows={rows}
        rowKey={rowKey}
        rowClass={({ active, priority }) => (active ? `alarming ${priority}` : 'ended')}
        phone="cards"
        openRow={open}
        onOpen={(key) => setQuery({ open: key })}
        detail={(row) => (row.flood ? <FloodDetail alarms={row.flood} /> : isAlarm(row) && <AlarmDetail alarm={row} />)}
      />
    </div>
  );
}
