import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { counted } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { WallTime } from '../../parts/When.tsx';
import { unstored } from '../../unstored.ts';
import { RUN_COLUMNS } from './runColumns.tsx';

/** What a run that is stored has too, and when its last alert was. */
const COLUMNS: readonly Column<AlertRunItem>[] = RUN_COLUMNS.map((column) => {
  if (column.key === 'until') return { key: 'last', head: 'Last', cell: ({ to }) => <WallTime at={to} /> };
  return column.key === 'count' ? { ...column, head: 'Alerts' } : column;
});

/** What was told and is not stored yet: the list of stored runs below can't have it. */
export function Unstored() {
  const { items, total, note } = unstored.value;
  if (total === 0) return null;
  return (
    <section class="stack" aria-labelledby="unstored">
      <h2 id="unstored">Not stored yet</h2>
      <p class="showing">
        {counted(total, 'pump and rule', 'pumps and rules')}, {note}
        {total > items.length && `; the newest ${items.length} are listed`}
      </p>
      <div class="run-table">
        <Table
          caption="Alerts that were told and are not stored yet"
          columns={COLUMNS}
          rows={items.map((run) => ({ ...run, active: true }))}
          rowKey={({ pump, rule }) => `${rule} ${pump}`}
          phone="cards"
        />
      </div>
    </section>
  );
}
