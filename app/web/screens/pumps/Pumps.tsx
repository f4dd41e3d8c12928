import { useRef } from 'preact/hooks';
import type { Pump } from '../../../http/schemas/pumps.ts';
import { get, getRows, pathOf } from '../../api.ts';
import { askedAgain } from '../../heldRows.ts';
import { alertNews, readingNews } from '../../news.ts';
import { Choice } from '../../parts/Choice.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { useResource } from '../../resource.ts';
import { href, query, queryText, setQuery } from '../../route.ts';
import { lastReadings } from '../../lastReadings.ts';
import { WorkFilters } from '../../parts/WorkFilters.tsx';
import { workQuery, workWords } from '../../workNames.ts';
import { idOf, type Listed, Listing, type Shown } from './Listing.tsx';
import { orderOf, ORDERS } from './OrderLine.tsx';

interface PumpPage {
  readonly items: readonly Pump[];
  readonly total: number;
  readonly active: number;
  readonly next: string | null;
}

const PAGE = 100;
const MOST = 500;
/** So many pumps are told at once where each is one cell. */
const MOST_CELLS = 2000;
/** With more pumps than that each is one cell, unless tiles are asked for. */
const MANY = 30;
const HOURS = { '24h': 24, '7d': 168 } as const;

/** All pumps: as small multiples, those in trouble first and larger; many of them as a matrix. Filters and order are the server's. */
export function Pumps() {
  const text = (key: string) => query.value.get(key) ?? '';
  const order = orderOf(text('order'));
  const asked = { q: text('q'), order, ...workQuery() };
  const question = queryText(asked);
  const range = text('range') === '7d' ? '7d' : '24h';
  const view = text('view');
  const shown = useRef<Shown>({ question, rows: [] });
  const isMatrix = view === 'matrix' || (view !== 'tiles' && (lastReadings.value?.length ?? 0) > MANY);
  const limit = isMatrix ? MOST_CELLS : Number(text('shown')) || PAGE;
  // Before it is known how many there are nobody knows as what they are shown.
  const isKnown = view !== '' || lastReadings.value !== undefined;
  const pumps = useResource(isKnown ? `${question} ${limit} ${alertNews.value} ${readingNews.value}` : '', async (signal): Promise<Listed> => {
    const { items, total, active, next } = await getRows<PumpPage>('/pumps', asked, { limit, page: MOST }, signal);
    const held = shown.current.question === `${question} ${limit}` ? shown.current.rows : [];
    return {
      items,
      total,
      active,
      more: next !== null,
      left: await askedAgain(held, items, idOf, ({ pump }) => get<Pump>(`/pumps${pathOf(pump)}`, {}, signal)),
      asked: `${question} ${limit}`,
      q: asked.q,
    };
  });
  return (
    <>
      <h1>Pumps</h1>
      <Tools range={range} isMatrix={isMatrix} order={asked.order} />
      <Loaded resource={pumps}>
        {(listed) =>
          listed.items.length === 0 ? (
            <NoPumps q={listed.q} filtered={workWords() !== ''} />
          ) : (
            <>
              <Listing {...listed} hours={HOURS[range]} shown={shown} isMatrix={isMatrix} by={text('by') === 'name' ? 'name' : 'vendor'} order={order} />
              {listed.more && !isMatrix && (
                <button type="button" onClick={() => setQuery({ shown: limit + PAGE }, { replace: true })}>
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

/** Which pumps, in which order, as what; all of it is in the address. */
function Tools({ range, isMatrix, order }: { readonly range: string; readonly isMatrix: boolean; readonly order: string }) {
  const others = Object.fromEntries(query.value);
  const by = query.value.get('by') === 'name' ? 'name' : 'vendor';
  return (
    <div class="tools">
      <SearchBox />
      <WorkFilters title="That any work on the pump ever was" />
      <label>
        Order
        <select value={order} onChange={({ currentTarget }) => setQuery({ order: currentTarget.value === 'worst' ? null : currentTarget.value, shown: null })}>
          {Object.entries(ORDERS).map(([key, words]) => <option key={key} value={key}>{words}</option>)}
        </select>
      </label>
      <Choice label="Shown as" options={[
        { text: 'Tiles', to: href(['pumps'], { ...others, view: 'tiles' }), chosen: !isMatrix },
        { text: 'Matrix', to: href(['pumps'], { ...others, view: 'matrix' }), chosen: isMatrix },
      ]} />
      {isMatrix
        ? <Choice label="Groups" options={(['vendor', 'name'] as const).map((value) => ({
          text: value === 'vendor' ? 'By vendor' : 'As named',
          to: href(['pumps'], { ...others, by: value === 'vendor' ? undefined : value }),
          chosen: by === value,
        }))} />
        : <Choice label="Time shown" options={(['24h', '7d'] as const).map((value) => ({
          text: value === '24h' ? '24 h' : '7 days',
          to: href(['pumps'], { ...others, range: value === '24h' ? undefined : value }),
          chosen: range === value,
        }))} />}
    </div>
  );
}

function NoPumps({ q, filtered }: { readonly q: string; readonly filtered: boolean }) {
  if (q === '' && filtered) return <Empty title="No pump fits these filters." />;
  return q === '' ? (
    <Empty title="No pump is known yet.">
      A pump appears with its first reading, or when the vendor file lists it. Drop a CSV file into the inbox, or publish to the broker.
    </Empty>
  ) : (
    <Empty title={`No pump’s id contains “${q}”.`} />
  );
}
