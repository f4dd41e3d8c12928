import { useRef, useState } from 'preact/hooks';
import type { Pump } from '../../../http/schemas/pumps.ts';
import { get } from '../../api.ts';
import { counted } from '../../format.ts';
import { useHeldRows } from '../../heldRows.ts';
import { alertNews, readingNews } from '../../news.ts';
import { Choice } from '../../parts/Choice.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { NewRows } from '../../parts/NewRows.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { useResource } from '../../resource.ts';
import { href, query } from '../../route.ts';
import { PumpTile } from './PumpTile.tsx';

interface Listed {
  readonly items: readonly Pump[];
  readonly more: boolean;
  /** What this is the answer to: it is shown until the next one is there. */
  readonly asked: string;
}

const PAGE = 100;
const HOURS = { '24h': 24, '7d': 168 } as const;

/** All pumps as small multiples, those in trouble first and larger. */
export function Pumps() {
  const q = query.value.get('q') ?? '';
  const range = query.value.get('range') === '7d' ? '7d' : '24h';
  const [limit, setLimit] = useState(PAGE);
  const pumps = useResource(`${q} ${limit} ${alertNews.value} ${readingNews.value}`, (signal) => firstPumps(q, limit, signal));
  return (
    <>
      <h1>Pumps</h1>
      <div class="tools">
        <SearchBox />
        <Choice label="Time shown" options={(['24h', '7d'] as const).map((value) => ({
          text: value === '24h' ? '24 h' : '7 days', to: href(['pumps'], { q, range: value === '24h' ? undefined : value }), chosen: range === value,
        }))} />
      </div>
      <Loaded resource={pumps}>
        {({ items, more, asked }) => (items.length === 0 ? <NoPumps q={asked} /> : (
          <>
            <Tiles items={items} hours={HOURS[range]} question={asked} />
            {more && <button type="button" onClick={() => setLimit(limit + PAGE)}>Show more</button>}
          </>
        ))}
      </Loaded>
    </>
  );
}

/** So many pumps from the first on, those with active alerts first. */
async function firstPumps(q: string, limit: number, signal: AbortSignal): Promise<Listed> {
  const items: Pump[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Pump[]; next: string | null } = await get('/pumps', { q, limit: Math.min(500, limit - items.length), cursor }, signal);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < limit);
  return { items: items.sort(worstFirst), more: cursor !== null, asked: q };
}

function worstFirst(a: Pump, b: Pump): number {
  return Number(b.active.length > 0) - Number(a.active.length > 0) || b.alerts.day - a.alerts.day || b.alerts.week - a.alerts.week || (a.pump < b.pump ? -1 : 1);
}

function Tiles({ items, hours, question }: { readonly items: readonly Pump[]; readonly hours: number; readonly question: string }) {
  const place = useRef<HTMLDivElement>(null);
  const { rows, waiting, show } = useHeldRows(items, { place, keyOf: ({ pump }) => pump, question });
  const alarming = rows.filter(({ active }) => active.length > 0).length;
  return (
    <>
      <p class="showing" role="status">
        {counted(rows.length, 'pump')}, {alarming === 0 ? 'all within their limits' : `${alarming} outside their limits`}; pressure over the {hours === 24 ? '24 h' : '7 days'} up to each one’s last reading
      </p>
      <div ref={place} class="stack">
        <NewRows waiting={waiting} show={show} />
        <ul class="tiles">{rows.map((pump) => <PumpTile key={pump.pump} pump={pump} hours={hours} />)}</ul>
      </div>
    </>
  );
}

function NoPumps({ q }: { readonly q: string }) {
  return q === ''
    ? <Empty title="No pump is known yet.">A pump appears with its first reading, or when the vendor file lists it. Drop a CSV file into the inbox, or publish to the broker.</Empty>
    : <Empty title={`No pump’s id contains “${q}”.`} />;
}
