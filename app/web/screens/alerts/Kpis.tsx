import type { AlarmReport } from '../../../http/schemas/alarmReport.ts';
import { get } from '../../api.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { useResource } from '../../resource.ts';

type Kpi = AlarmReport['items'][number];

const COLUMNS: readonly Column<Kpi>[] = [
  { key: 'name', head: 'Figure', cell: ({ name }) => name },
  { key: 'value', head: 'Value', numeric: true, cell: ({ value, unit }) => (value === null ? 'unknown' : `${shown(value)} ${unit}`.trim()) },
  { key: 'target', head: 'Target', cell: ({ target }) => target ?? 'none' },
  { key: 'met', head: 'Met', cell: ({ met }) => (met === null ? '' : met ? '✓ met' : <strong class="bad">✗ not met</strong>) },
  { key: 'source', head: 'Source', cell: ({ source }) => source },
];

/** How good the alarms of the last 30 days are: the figures of ISA-18.2 and its kin, each with its target and who sets it. */
export function Kpis() {
  const report = useResource('report', (signal) => get<AlarmReport>('/alarms/report', {}, signal));
  return (
    <Loaded resource={report} lines={8}>
      {({ from, to, items }) => <Table caption={`Figures of the alarms, ${from} to ${to}`} columns={COLUMNS} rows={items} rowKey={({ kpi }) => kpi} phone="cards" />}
    </Loaded>
  );
}

/** Three digits that mean something. */
function shown(value: number): string {
  return (Number.isInteger(value) ? value : Number(value.toPrecision(3))).toLocaleString('en', { maximumFractionDigits: 4 });
}
