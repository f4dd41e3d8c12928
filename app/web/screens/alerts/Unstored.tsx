import { count, counted } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { WallTime } from '../../parts/When.tsx';
import { type ShownAlarm, shownOf } from '../../shownAlarm.ts';
import { unstored } from '../../unstored.ts';
import { ALARM_COLUMNS } from './alarmColumns.tsx';

/** What an alarm that is stored has too, and when its last alert was. */
const COLUMNS: readonly Column<ShownAlarm>[] = ALARM_COLUMNS.map((column) => {
  if (column.key === 'until') return { key: 'last', head: 'Last', cell: ({ to }) => <WallTime at={to} /> };
  return column.key === 'now' ? { key: 'count', head: 'Alerts', numeric: true, cell: ({ readings }) => count(readings) } : column;
});

/** What was told and is not stored yet: the list of stored alarms below can't have it. */
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
      <div class="alarm-table">
        <Table
          caption="Alerts that were told and are not stored yet"
          columns={COLUMNS}
          rows={items.map(shownOf)}
          rowKey={({ pump, rule }) => `${rule} ${pump}`}
          phone="cards"
        />
      </div>
    </section>
  );
}
