import { useRef, useState } from 'preact/hooks';
import type { BatchItem } from '../../../http/schemas/streaming.ts';
import { count, duration } from '../../format.ts';
import { useHeldRows } from '../../heldRows.ts';
import { NewRows } from '../../parts/NewRows.tsx';
import { type Column, sorted, Table } from '../../parts/Table.tsx';
import { InstantClock } from '../../parts/When.tsx';
import { query, setQuery } from '../../route.ts';
import { BatchOperations } from './BatchOperations.tsx';

const PAGE = 20;
const NEWEST = '-time';

const number = (key: string, head: string, of: (batch: BatchItem) => number): Column<BatchItem> => ({
  key,
  head,
  numeric: true,
  sort: of,
  cell: (batch) => count(of(batch)),
});
const time = (key: string, head: string, of: (batch: BatchItem) => number): Column<BatchItem> => ({
  key,
  head,
  numeric: true,
  sort: of,
  cell: (batch) => duration(of(batch)),
});

const COLUMNS: readonly Column<BatchItem>[] = [
  { key: 'time', head: 'Batch', sort: ({ batchId }) => batchId, cell: ({ batchId }) => <InstantClock at={batchId} /> },
  number('rows', 'Rows', ({ inputSize }) => inputSize),
  time('scheduling', 'Scheduling delay', ({ schedulingDelay }) => schedulingDelay),
  time('processing', 'Processing time', ({ processingTime }) => processingTime),
  time('total', 'Total delay', ({ totalDelay }) => totalDelay),
  number('steps', 'Steps', ({ numSteps }) => numSteps),
  number('stored', 'Stored', ({ outcome }) => outcome.stored),
  number('duplicate', 'Duplicate', ({ outcome }) => outcome.duplicate),
  number('rejected', 'Rejected', ({ outcome }) => outcome.rejected),
  number('alerts', 'Alerts', ({ outcome }) => outcome.alerts),
  { key: 'status', head: 'Status', cell: ({ status }) => (status === 'FAILED' ? <strong class="bad">▲ failed</strong> : 'completed') },
];

/** Batches, newest first; each opens to what its time went into. The open one stands in the URL. */
export function BatchTable({ batches }: { readonly batches: readonly BatchItem[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(PAGE);
  const sort = query.value.get('sort') ?? NEWEST;
  const open = query.value.get('batch');
  const { rows, waiting, show } = useHeldRows(batches, { place, keyOf, question: sort });
  const visible = sorted(rows, COLUMNS, sort).slice(0, shown);
  return (
    <section class="stack" aria-labelledby="batches">
      <div class="head">
        <h2 id="batches">Batches</h2>
        <p class="showing">
          {count(visible.length)} of {count(rows.length)} that are remembered
        </p>
      </div>
      {open !== null && !visible.some((batch) => keyOf(batch) === open) && (
        <div class="panel">
          <BatchOperations id={open} />
        </div>
      )}
      <div ref={place}>
        <NewRows waiting={waiting} show={show} />
        {rows.length > 0 && (
          <Table
            caption="Batches"
            columns={COLUMNS}
            rows={visible}
            rowKey={keyOf}
            sort={sort}
            onSort={(by) => setQuery({ sort: by === NEWEST ? undefined : by })}
            openRow={open}
            onOpen={(batch) => setQuery({ batch })}
            detail={(batch) => <BatchOperations id={keyOf(batch)} />}
          />
        )}
      </div>
      {visible.length < rows.length && (
        <button type="button" onClick={() => setShown(shown + 5 * PAGE)}>
          Show more
        </button>
      )}
    </section>
  );
}

function keyOf({ batchId }: BatchItem): string {
  return String(batchId);
}
