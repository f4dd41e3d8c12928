import { type Measure, measureFacts } from '../../../../domain/reading/measures.ts';
import { columnText } from '../../charts/limits.ts';
import { count, duration } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { limitsOf } from '../../rules.ts';
import { visible } from '../../visible.ts';
import { changeText } from '../pump/RangeFigures.tsx';
import type { ComparedCurve } from './loadCompared.ts';
import { Swatch } from './PumpChoice.tsx';

interface FiguresTableProps {
  readonly curves: readonly ComparedCurve[];
  readonly measure: Measure;
}

/** What the shown range is in figures, a row a pump, beside as long a time before it. */
export function FiguresTable({ curves, measure }: FiguresTableProps) {
  const { unit, digits } = measureFacts[measure];
  const number = (key: string, head: string, value: (curve: ComparedCurve) => number | null | undefined): Column<ComparedCurve> =>
    ({ key, head, unit, numeric: true, cell: (curve) => columnText(value(curve) ?? null, measure, limitsOf(curve.pump)[measure]) });
  const columns: readonly Column<ComparedCurve>[] = [
    { key: 'pump', head: 'Pump', cell: (curve) => <><Swatch curve={curves.indexOf(curve)} /> {visible(curve.pump)}</> },
    { key: 'shift', head: 'Moved', cell: ({ shift }) => (shift === 0 ? 'no' : `${duration(Math.abs(shift))} ${shift < 0 ? 'later' : 'earlier'}`) },
    { key: 'rows', head: 'Readings', numeric: true, cell: ({ figures }) => count(figures.rows) },
    number('min', 'Lowest', ({ figures }) => figures[measure]?.min),
    number('avg', 'Mean', ({ figures }) => figures[measure]?.avg),
    number('max', 'Highest', ({ figures }) => figures[measure]?.max),
    number('before', 'Mean before', ({ figures }) => figures.before[measure]?.avg),
    { ...number('change', 'Change', () => null), cell: ({ figures }) => changeText(figures[measure]?.avg, figures.before[measure]?.avg, digits) },
  ];
  return <Table caption="Figures of the shown range" columns={columns} rows={curves} rowKey={({ pump }) => pump} />;
}
