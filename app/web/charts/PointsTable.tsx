import { useEffect, useRef } from 'preact/hooks';
import { type Measure, measureFacts } from '../../../domain/reading/measures.ts';
import type { Curves } from '../../http/schemas/curves.ts';
import { counted, duration } from '../format.ts';
import { type Column, Table } from '../parts/Table.tsx';
import { wallShort } from '../times.ts';
import { entryText } from './entryText.ts';
import { shownEntries } from './shownPoints.ts';
import type { View } from './view.ts';

interface PointsTableProps {
  readonly curves: Curves;
  readonly measures: readonly Measure[];
  readonly view: View;
  readonly onClose: () => void;
}

/** What the curves show, as rows: for those who read rather than look. Takes the focus when it opens. */
export function PointsTable({ curves, measures, view, onClose }: PointsTableProps) {
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  const rows = shownEntries(curves, measures, view);
  const what =
    curves.bucketMs === 0
      ? counted(rows.length, 'reading')
      : `${counted(rows.length, 'bucket')} of ${duration(curves.bucketMs)}, lowest – highest`;
  const columns: Column<number>[] = [
    { key: 'time', head: 'Time', cell: (index) => wallShort(curves.time[index]) },
    ...measures.map((measure): Column<number> => {
      const { label, unit } = measureFacts[measure];
      return { key: measure, head: label, unit, numeric: true, cell: (index) => entryText(curves, index, measure) };
    }),
  ];
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 't') onClose();
  };
  return (
    <div class="points-table" onKeyDown={closeByKey}>
      <p class="head"><span>{what}</span> <button type="button" ref={close} onClick={onClose}>Close</button></p>
      <Table caption="The shown points" columns={columns} rows={rows} rowKey={(index) => String(curves.time[index])} />
    </div>
  );
}
