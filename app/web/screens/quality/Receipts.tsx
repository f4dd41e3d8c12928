import type { ReceiptItem, ReceiptPage } from '../../../http/schemas/receipts.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Instant } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href, query } from '../../route.ts';
import { visible } from '../../visible.ts';

const PAGE = 50;

const time = (at: string | null) => (at === null ? <span class="muted">–</span> : <Instant at={at} />);
const COLUMNS: readonly Column<ReceiptItem>[] = [
  { key: 'source', head: 'Source', class: 'long', cell: ({ source }) => (source === null ? 'not kept by source' : visible(source)) },
  ...(['received', 'stored', 'replaced', 'retracted', 'duplicate', 'rejected', 'pending'] as const).map((key): Column<ReceiptItem> => ({
    key, head: key, numeric: true, cell: (receipt) => count(receipt[key]),
  })),
  { key: 'first', head: 'First', cell: ({ first }) => time(first) },
  { key: 'last', head: 'Last', cell: ({ last }) => time(last) },
  { key: 'digest', head: 'Digest', cell: ({ digest }) => digest },
];

/** What came from each file and topic, and what became of it; the newest first, page by page. */
export function Receipts() {
  const before = query.value.get('receipts');
  const page = useResource(`receipts ${before}`, (signal) => get<ReceiptPage>('/receipts', { before, limit: PAGE }, signal));
  return (
    <section class="stack" aria-labelledby="receipts">
      <div class="head">
        <h2 id="receipts">Files and topics</h2>
        <button type="button" onClick={page.reload}>Look again</button>
      </div>
      <Loaded resource={page}>
        {({ items, total }) => {
          const next = items.length === PAGE && items.at(-1)?.number;
          if (items.length === 0) return <p>Nothing has come yet.</p>;
          return (
            <>
              <p class="showing">{count(items.length)} of {counted(total, 'source')}, newest first</p>
              <Table caption="What came from each source" columns={COLUMNS} rows={items} rowKey={({ number, source }) => `${number} ${source}`} phone="cards" />
              <nav class="pager" aria-label="Pages of sources">
                {before !== null && <Link to={href(['quality'])}>Newest sources</Link>}
                {next && next > 1 ? <Link to={href(['quality'], { receipts: next })}>Older sources</Link> : null}
              </nav>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
