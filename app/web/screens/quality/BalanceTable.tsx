import { RECEIVERS } from '../../../../domain/receivers.ts';
import type { BalanceAnswer } from '../../../http/schemas/rejects.ts';
import { count } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { storeAway } from '../../store.ts';

type Counts = BalanceAnswer['total'];
interface Line {
  readonly name: string;
  readonly counts: Counts;
}

const COLUMNS: readonly Column<Line>[] = [
  { key: 'name', head: 'Source', cell: ({ name }) => name },
  ...(['received', 'stored', 'duplicate', 'rejected', 'pending'] as const).map((key): Column<Line> => ({
    key, head: `${key === 'received' ? '' : key === 'stored' ? '= ' : '+ '}${key}`, numeric: true, cell: ({ counts }) => count(counts[key]),
  })),
  { key: 'replaced', head: 'of stored: replaced', numeric: true, cell: ({ counts }) => count(counts.replaced) },
  { key: 'retracted', head: 'of stored: taken back', numeric: true, cell: ({ counts }) => count(counts.retracted) },
  { key: 'replayed', head: 'of these: replayed', numeric: true, cell: ({ counts }) => count(counts.replayed) },
  { key: 'holds', head: 'Adds up', cell: ({ counts }) => <Holds counts={counts} /> },
];

/** `received = stored + duplicate + rejected + pending`, as a sentence and by source. */
export function BalanceTable({ balance: { total, receivers } }: { readonly balance: BalanceAnswer }) {
  const lines = [
    ...RECEIVERS.flatMap(({ name, label }) => (receivers[name] ? [{ name: label, counts: receivers[name] }] : [])),
    { name: RECEIVERS.length === 2 ? 'Both' : 'All', counts: total },
  ];
  return (
    <section class="stack" aria-labelledby="balance">
      <h2 id="balance" class="unseen">
        Balance
      </h2>
      <p class="balance">
        Of <strong>{count(total.received)}</strong> rows received, <strong>{count(total.stored)}</strong> are stored,{' '}
        <strong>{count(total.duplicate)}</strong> were there already, <strong>{count(total.rejected)}</strong> were rejected,{' '}
        {total.pending === null ? (
          'and how many are on their way can’t be told'
        ) : (
          <>
            and <strong>{count(total.pending)}</strong> are on their way
          </>
        )}
        . <Holds counts={total} words />
        {total.replaced > 0 && (
          <>
            {' '}
            <strong>{count(total.replaced)}</strong> of the stored ones came to another reading of the same pump and time: the later
            receipt holds.
          </>
        )}
        {total.retracted > 0 && (
          <>
            {' '}
            <strong>{count(total.retracted)}</strong> of the stored ones were taken back since.
          </>
        )}
      </p>
      <Table caption="The balance by source" columns={COLUMNS} rows={lines} rowKey={({ name }) => name} phone="cards" />
    </section>
  );
}

function Holds({
  counts: { received, stored, duplicate, rejected, pending },
  words = false,
}: {
  readonly counts: Counts;
  readonly words?: boolean;
}) {
  if (pending === null || storeAway.value) return <span class="muted">?</span>;
  const missing = received - stored - duplicate - rejected - pending;
  if (missing === 0) return <span>✓{words ? ' None is missing.' : <span class="unseen"> it adds up</span>}</span>;
  return (
    <strong class="bad">
      ▲ {count(missing)} {words ? 'are not accounted for.' : 'missing'}
    </strong>
  );
}
