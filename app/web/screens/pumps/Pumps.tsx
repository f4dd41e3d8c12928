import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Pump } from '../../../http/schemas/pumps.ts';
import { get, getRows, pathOf } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { askedAgain, useHeldRows } from '../../heldRows.ts';
import { alertNews, readingNews } from '../../news.ts';
import { Choice } from '../../parts/Choice.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { NewRows } from '../../parts/NewRows.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { useResource } from '../../resource.ts';
import { href, query } from '../../route.ts';
import { pumpsThat } from '../../lastReadings.ts';
import { storeAway } from '../../store.ts';
import { PumpTile } from './PumpTile.tsx';

interface PumpPage {
  readonly items: readonly Pump[];
  readonly total: number;
  readonly active: number;
  readonly next: string | null;
}

interface Listed {
  readonly items: readonly Pump[];
  /** How many there are, and how many of them are outside their limits. */
  readonly total: number;
  readonly active: number;
  readonly more: boolean;
  /** What is shown and is no longer among them. */
  readonly left: readonly Pump[];
  /** What this is the answer to: it is shown until the next one is there. */
  readonly asked: string;
}

const PAGE = 100;
const MOST = 500;
const HOURS = { '24h': 24, '7d': 168 } as const;

/** All pumps as small multiples, those in trouble first and larger. */
export function Pumps() {
  const q = query.value.get('q') ?? '';
  const range = query.value.get('range') === '7d' ? '7d' : '24h';
  const shown = useRef<Shown>({ question: q, rows: [] });
  const [limit, setLimit] = useState(PAGE);
  const pumps = useResource(`${q} ${limit} ${alertNews.value} ${readingNews.value}`, async (signal): Promise<Listed> => {
    const { items: unordered, total, active, next } = await getRows<PumpPage>('/pumps', { q }, { limit, page: MOST }, signal);
    const items = unordered.toSorted(worstFirst);
    const held = shown.current.question === q ? shown.current.rows : [];
    return {
      items,
      total,
      active,
      more: next !== null,
      left: await askedAgain(held, items, idOf, ({ pump }) => get<Pump>(`/pumps${pathOf(pump)}`, {}, signal)),
      asked: q,
    };
  });
  return (
    <>
      <h1>Pumps</h1>
      <div class="tools">
        <SearchBox />
        <Choice
          label="Time shown"
          options={(['24h', '7d'] as const).map((value) => ({
            text: value === '24h' ? '24 h' : '7 days',
            to: href(['pumps'], { q, range: value === '24h' ? undefined : value }),
            chosen: range === value,
          }))}
        />
      </div>
      <Loaded resource={pumps}>
        {(listed) =>
          listed.items.length === 0 ? (
            <NoPumps q={listed.asked} />
          ) : (
            <>
              <Tiles {...listed} hours={HOURS[range]} shown={shown} />
              {listed.more && (
                <button type="button" onClick={() => setLimit(limit + PAGE)}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function worstFirst(a: Pump, b: Pump): number {
  return (
    Number(b.active.length > 0) - Number(a.active.length > 0) ||
    b.alerts.day - a.alerts.day ||
    b.alerts.week - a.alerts.week ||
    (a.pump < b.pump ? -1 : 1)
  );
}

/** What stands on the screen, and what it answers. */
interface Shown {
  readonly question: string;
  readonly rows: readonly Pump[];
}

interface TilesProps extends Listed {
  readonly hours: number;
  readonly shown: RefObject<Shown>;
}

function Tiles({ items, left, total, active, asked, hours, shown }: TilesProps) {
  const place = useRef<HTMLDivElement>(null);
  const { rows, waiting, show } = useHeldRows(items, { place, keyOf: idOf, left, question: `${asked} ${items.length > 0 ? Math.ceil(items.length / PAGE) : 0}` });
  shown.current = { question: asked, rows };
  const silent = pumpsThat('silent').filter(({ pump }) => pump.toLowerCase().includes(asked.toLowerCase())).length;
  const state =
    active > 0
      ? `${count(active)} outside their limits`
      : storeAway.value
        ? 'whether they are within their limits can’t be told'
        : silent > 0
          ? `those that report within their limits, ${count(silent)} silent`
          : 'all within their limits';
  return (
    <>
      <p class="showing" role="status">
        {counted(total, 'pump')}, {state}
        {rows.length < total && `; the first ${count(rows.length)} are shown`}; pressure over the {hours === 24 ? '24 h' : '7 days'} up to
        each one’s last reading
      </p>
      <div ref={place} class="stack">
        <NewRows waiting={waiting} show={show} />
        <ul class="tiles">
          {rows.map((pump) => (
            <PumpTile key={pump.pump} pump={pump} hours={hours} />
          ))}
        </ul>
      </div>
    </>
  );
}

function idOf({ pump }: Pump): string {
  return pump;
}

function NoPumps({ q }: { readonly q: string }) {
  return q === '' ? (
    <Empty title="No pump is known yet.">
      A pump appears with its first reading, or when the vendor file lists it. Drop a CSV file into the inbox, or publish to the broker.
    </Empty>
  ) : (
    <Empty title={`No pump’s id contains “${q}”.`} />
  );
}
