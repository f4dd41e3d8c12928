import type { BalanceAnswer } from '../../../http/schemas/rejects.ts';
import { counted, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { WallTime } from '../../parts/When.tsx';
import { href } from '../../route.ts';
import { visible } from '../../visible.ts';

type Replaced = BalanceAnswer['replacedAlerts'][number];

/** The job remembers no more. */
const MOST = 100;

const COLUMNS: readonly Column<Replaced>[] = [
  { key: 'pump', head: 'Pump', class: 'name', cell: ({ pump }) => <Link to={href(['pumps', pump])}>{visible(pump)}</Link> },
  { key: 'at', head: 'Reading of', cell: ({ at }) => <WallTime at={at} /> },
  { key: 'rule', head: 'Alert', cell: ({ rule }) => rule },
  { key: 'value', head: 'Value', numeric: true, cell: ({ value, measure }) => withUnit(value, measure) },
  { key: 'threshold', head: 'Limit', numeric: true, cell: ({ threshold, measure }) => withUnit(threshold, measure) },
];

/** Alerts that are gone because another reading of the same pump and time took the place of theirs: nobody loses one without a word. */
export function ReplacedAlerts({ alerts }: { readonly alerts: readonly Replaced[] }) {
  if (alerts.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="replaced-alerts">
      <h2 id="replaced-alerts">Alerts of replaced readings</h2>
      <p class="showing">
        {alerts.length === MOST ? `The last ${MOST} alerts are` : `${counted(alerts.length, 'alert is', 'alerts are')}`} gone because another
        {' '}reading of the same pump and time replaced theirs, or theirs was taken back, newest first. They were told when they came.
      </p>
      <Table caption="Alerts of replaced readings" columns={COLUMNS} rows={alerts.map((alert, i) => ({ ...alert, key: String(i) }))} rowKey={({ key }) => key} phone="cards" />
    </section>
  );
}
