import type { ReceiverItem } from '../../../http/schemas/streaming.ts';
import { count } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { Instant } from '../../parts/When.tsx';

const NONE = <span class="muted">–</span>;

/** Nothing comes as long as that is so; an error that is over is only remembered. */
const TROUBLE: ReadonlySet<string> = new Set(['away', 'reconnecting', 'refused', 'deaf', 'failed']);

const COLUMNS: readonly Column<ReceiverItem>[] = [
  { key: 'name', head: 'Receiver', cell: ({ name }) => name },
  { key: 'state', head: 'State', cell: ({ state }) => (TROUBLE.has(state) ? <strong class="bad">▲ {state}</strong> : state) },
  { key: 'detail', head: 'Takes from', class: 'long', cell: ({ detail }) => detail ?? NONE },
  { key: 'rows', head: 'Rows', numeric: true, cell: ({ rows }) => count(rows) },
  { key: 'lag', head: 'Waiting', numeric: true, cell: ({ lag }) => (lag === null ? NONE : count(lag)) },
  { key: 'last', head: 'Last message', cell: ({ lastMessageAt }) => (lastMessageAt === null ? NONE : <Instant at={lastMessageAt} />) },
  { key: 'error', head: 'Last error', class: 'long', cell: ({ lastError }) => lastError ?? NONE },
];

/** What brings the rows, and how each does. */
export function Receivers({ items }: { readonly items: readonly ReceiverItem[] }) {
  return (
    <section class="stack" aria-labelledby="receivers">
      <h2 id="receivers">Receivers</h2>
      <Table caption="Receivers" columns={COLUMNS} rows={items} rowKey={({ name }) => name} phone="cards" />
    </section>
  );
}
