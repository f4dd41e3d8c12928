import { useRef, useState } from 'preact/hooks';
import type { RejectItem } from '../../../http/schemas/rejects.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { useHeldRows } from '../../heldRows.ts';
import { readingNews } from '../../news.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { Link } from '../../parts/Link.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { NewRows } from '../../parts/NewRows.tsx';
import { Instant } from '../../parts/When.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { useResource } from '../../resource.ts';
import { href, query, setQuery } from '../../route.ts';
import { MendForm, mayMend } from './MendForm.tsx';

const PAGE = 50;
const NONE = <span class="muted">–</span>;

interface Page {
  readonly items: readonly RejectItem[];
  readonly total: number;
  readonly dropped: number;
  readonly next: string | null;
}

/** An answer with its question: it is shown until the next one is there. */
interface Listed extends Page {
  readonly source: string;
  readonly cursor: string;
}

const NUMBER: Column<RejectItem> = { key: 'number', head: 'Mend', cell: ({ number }) => `Reject ${number}` };
const COLUMNS: readonly Column<RejectItem>[] = [
  {
    key: 'source',
    head: 'Source',
    class: 'long',
    cell: ({ source }) => (
      <Link to={href(['quality'], { source })} title="Only this source">
        {source}
      </Link>
    ),
  },
  { key: 'line', head: 'Line', numeric: true, cell: ({ line }) => count(line) },
  { key: 'reason', head: 'Reason', class: 'long', cell: ({ reason }) => reason },
  { key: 'at', head: 'Received', cell: ({ at }) => (at === null ? NONE : <Instant at={at} />) },
  { key: 'raw', head: 'Row as it came', class: 'raw', cell: ({ raw }) => <code>{visible(raw)}</code> },
  { key: 'mended', head: 'Mended', cell: mendedText },
];

function mendedText({ replayed, attempt }: RejectItem) {
  if (replayed) return <>by {replayed.by ?? replayed.source} <Instant at={replayed.at} /></>;
  return attempt === null ? NONE : `tried, see reject ${attempt}`;
}

/** What could not be taken, and why; the newest first, page by page. Source and page stand in the URL. */
export function Rejects() {
  const source = query.value.get('source') ?? '';
  const cursor = query.value.get('older') ?? '';
  const page = useResource(`${source} ${cursor} ${cursor === '' ? readingNews.value : ''}`, async (signal): Promise<Listed> => (
    { ...await get<Page>('/rejects', { source, cursor, limit: PAGE }, signal), source, cursor }
  ));
  return (
    <section class="stack" aria-labelledby="rejects">
      <div class="head">
        <h2 id="rejects">Rejects</h2>
        <form class="tools" onSubmit={(event) => event.preventDefault()}>
          <label>
            Source: exact name of the file or topic, then Enter
            <input
              type="search"
              size={26}
              placeholder="a file’s name, or mqtt:topic"
              value={source}
              onChange={({ currentTarget }) => setQuery({ source: currentTarget.value, older: undefined })}
            />
          </label>
          <CsvButton path="/rejects" query={{ source }} fileName="rejects.csv" />
        </form>
      </div>
      <Loaded resource={page}>{(value) => <RejectTable page={value} />}</Loaded>
    </section>
  );
}

/** Control characters as their pictures (U+2400 on): a NUL is seen, not guessed. */
function visible(raw: string): string {
  return raw.replace(/\p{Cc}/gu, (character) => (character < ' ' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '\u2421'));
}

function RejectTable({ page: { items, total, dropped, next, source, cursor } }: { readonly page: Listed }) {
  const place = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  const { rows, waiting, show } = useHeldRows(items, { place, keyOf, question: `${source} ${cursor}` });
  if (rows.length === 0) {
    return source
      ? <Empty title={`Nothing from “${source}” was rejected.`}><Link to={href(['quality'])}>All sources</Link></Empty>
      : <Empty title="No row was rejected.">A row that can’t be taken is kept here with the reason, and costs no other row.</Empty>;
  }
  return (
    <div ref={place} class="stack">
      <p class="showing" role="status">
        {count(rows.length)} of {counted(total, 'reject')}{source ? `, ${source}` : ''}, newest first
        {dropped > 0 && `; ${count(dropped)} older ones are counted and no longer listed`}
      </p>
      <NewRows waiting={waiting} show={show} />
      <Table
        caption="Rejected rows"
        columns={mayMend() ? [NUMBER, ...COLUMNS] : COLUMNS}
        rows={rows}
        rowKey={keyOf}
        phone="cards"
        {...(mayMend() && { openRow: open, onOpen: setOpen, detail: (reject: RejectItem) => <MendForm reject={reject} /> })}
      />
      <nav class="pager" aria-label="Pages of rejects">
        {cursor !== '' && <Link to={href(['quality'], { source })}>Newest</Link>}
        {next !== null && <Link to={href(['quality'], { source, older: next })}>Older</Link>}
      </nav>
    </div>
  );
}

function keyOf({ number }: RejectItem): string {
  return String(number);
}
