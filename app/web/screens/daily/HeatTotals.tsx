import type { DayMatrixRow } from '../../../http/schemas/dayMatrix.ts';
import { columnText } from '../../charts/limits.ts';
import { count } from '../../format.ts';
import { type Choice, FIGURES } from './pumpDay.ts';

interface RowTotalsProps {
  readonly row: DayMatrixRow;
  readonly choice: Choice;
}

/** All days of a row: its figure, alarms that began, readings beyond a limit. */
export function RowTotals({ row: { total }, choice }: RowTotalsProps) {
  return (
    <>
      <td class="total">{columnText(total.value, choice.measure)}</td>
      <td class="total">{count(total.alarms)}</td>
      <td class="total">{count(total.beyond)}</td>
    </>
  );
}

interface TotalRowsProps {
  readonly total: DayMatrixRow;
  readonly choice: Choice;
  readonly compact: boolean;
  /** The columns that are drawn, end exclusive. */
  readonly first: number;
  readonly end: number;
}

/** All rows of each day: the figure, alarms that began, readings beyond a limit. */
export function TotalRows({ total, choice, compact, first, end }: TotalRowsProps) {
  const days = total.values.length;
  const figure = (slot: number) => columnText(total.values[slot], choice.measure);
  const rows = [
    { key: 'figure', head: `All, ${FIGURES[choice.figure]}`, at: figure, all: columnText(total.total.value, choice.measure) },
    { key: 'alarms', head: 'Alarms that began', at: (slot: number) => count(total.alarms[slot]), all: count(total.total.alarms) },
    { key: 'beyond', head: 'Readings beyond', at: (slot: number) => count(total.beyond[slot]), all: count(total.total.beyond) },
  ];
  return rows.map(({ key, head, at, all }, row) => (
    <tr key={key}>
      <th scope="row">{head}</th>
      {first > 0 && <td colSpan={first} aria-hidden="true" />}
      {Array.from({ length: end - first }, (_, i) => <td key={i} class="total" title={compact ? at(first + i) : undefined}>{compact ? '' : at(first + i)}</td>)}
      {end < days && <td colSpan={days - end} aria-hidden="true" />}
      {[0, 1, 2].map((column) => <td key={`total ${column}`} class="total">{column === row ? <b>{all}</b> : ''}</td>)}
    </tr>
  ));
}
