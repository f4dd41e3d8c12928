import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { DayMatrixAnswer, DayMatrixRow } from '../../../http/schemas/dayMatrix.ts';
import { Link } from '../../parts/Link.tsx';
import { visible } from '../../visible.ts';
import { type Place, placeAfter } from './gridKeys.ts';
import { HeatCell } from './HeatCell.tsx';
import { HeatLegend } from './HeatLegend.tsx';
import { scaleOf } from './heatScale.ts';
import { RowTotals, TotalRows } from './HeatTotals.tsx';
import { orderedRows } from './matrix.ts';
import { type Choice, FIGURES, GROUPINGS, rowLink, rowName } from './pumpDay.ts';
import { useWindow, type Window } from './useWindow.ts';

const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });
/** With more days than that, cells are shades without texts. */
const MOST_WIDE = 62;
const ROW_HEIGHT = 36;
/** px of the names at the left and the totals at the right. */
const NAMES = 168;
const TOTALS = 264;
const WIDTHS = { wide: 76, compact: 14 } as const;

interface HeatMapProps {
  readonly matrix: DayMatrixAnswer;
  readonly choice: Choice;
}

/**
 * Pumps, or groups of them, over days, with totals. One cell takes the focus, arrows lead from it to the others; each leads to
 * the curves of its day. Of many only those in sight are drawn.
 */
export function HeatMap({ matrix: { days, rows: unordered, total }, choice }: HeatMapProps) {
  const rows = orderedRows(unordered, choice.order);
  const scale = scaleOf(unordered, choice);
  const compact = days.length > MOST_WIDE;
  const columnWidth = WIDTHS[compact ? 'compact' : 'wide'];
  const place = useRef<HTMLDivElement>(null);
  const shown = useWindow(place, { rows: rows.length, columns: days.length, rowHeight: ROW_HEIGHT, columnWidth });
  const [wanted, setEntry] = useState<Place>({ row: 0, column: days.length - 1 });
  const entry = placeWithin(wanted, shown);
  const onKeyDown = useGrid(place, { rows: rows.length, columns: days.length, columnWidth, entry, wanted, setEntry });
  // Where there is no room for all days the newest are in sight.
  useLayoutEffect(() => {
    const { current } = place;
    current?.scrollTo(current.scrollWidth - current.clientWidth - TOTALS, 0);
  }, [days.length, days[0]]);
  const caption = `${FIGURES[choice.figure]} ${measureFacts[choice.measure].label.toLowerCase()} by ${GROUPINGS[choice.by].toLowerCase()} and day`;
  const [first, end] = shown.columns;
  return (
    <section class="panel">
      <div class="table scroll">
        <div class={`scroller heat-map${compact ? ' compact' : ''}`} ref={place} role="group" aria-label={caption}>
          <table role="grid" aria-label={caption} aria-rowcount={rows.length + 1} aria-colcount={days.length + 4} onKeyDown={onKeyDown}
            style={{ width: `${NAMES + days.length * columnWidth + TOTALS}px` }}>
            <colgroup><col class="names" />{days.map((date) => <col key={date} style={{ width: `${columnWidth}px` }} />)}<col class="total" /><col class="total" /><col class="total" /></colgroup>
            <thead><Heads {...{ days, choice, compact, first, end }} /></thead>
            <tbody>
              <Spacer rows={shown.rows[0]} columns={days.length + 4} />
              {rows.slice(...shown.rows).map((row, i) => {
                const index = shown.rows[0] + i;
                return (
                  <tr key={row.name} aria-rowindex={index + 2} data-row={index}>
                    <th scope="row">{<RowHead row={row} choice={choice} />}</th>
                    {first > 0 && <td colSpan={first} aria-hidden="true" />}
                    {days.slice(first, end).map((date, j) => (
                      <HeatCell key={date} {...{ row, date, choice, scale, compact, slot: first + j, isEntry: entry.row === index && entry.column === first + j }} />
                    ))}
                    {end < days.length && <td colSpan={days.length - end} aria-hidden="true" />}
                    <RowTotals row={row} choice={choice} />
                  </tr>
                );
              })}
              <Spacer rows={rows.length - shown.rows[1]} columns={days.length + 4} />
            </tbody>
            <tfoot><TotalRows {...{ total, choice, compact, first, end }} /></tfoot>
          </table>
        </div>
      </div>
      <HeatLegend choice={choice} scale={scale} />
    </section>
  );
}

/** The Tab key reaches a cell that is drawn. */
function placeWithin({ row, column }: Place, { rows, columns }: Window): Place {
  return { row: Math.min(rows[1] - 1, Math.max(rows[0], row)), column: Math.min(columns[1] - 1, Math.max(columns[0], column)) };
}

interface HeadsProps {
  readonly days: readonly string[];
  readonly choice: Choice;
  readonly compact: boolean;
  readonly first: number;
  readonly end: number;
}

/** The days; of many the months alone, where they begin. */
function Heads({ days, choice, compact, first, end }: HeadsProps) {
  return (
    <tr>
      <th scope="col">{GROUPINGS[choice.by]}</th>
      {first > 0 && <td colSpan={first} aria-hidden="true" />}
      {compact
        ? [...Map.groupBy(days.slice(first, end), (date) => date.slice(0, 7))].map(([month, those]) => (
          <th scope="colgroup" key={month} colSpan={those.length} class="month">{those.length > 4 ? month : ''}</th>
        ))
        : days.slice(first, end).map((date) => (
          <th scope="col" key={date} title={date}><span class="unit">{weekday.format(Date.parse(date))}</span><br />{date.slice(5)}</th>
        ))}
      {end < days.length && <td colSpan={days.length - end} aria-hidden="true" />}
      <th scope="col" class="total">{FIGURES[choice.figure]}</th>
      <th scope="col" class="total" title="Alarms that began">alarms</th>
      <th scope="col" class="total" title="Readings beyond a limit">beyond</th>
    </tr>
  );
}

function RowHead({ row, choice }: { readonly row: DayMatrixRow; readonly choice: Choice }) {
  const [link, name] = [rowLink(row, choice), visible(rowName(row, choice))];
  return <>{link === null ? name : <Link to={link}>{name}</Link>}{choice.by !== 'pump' && <span class="muted"> {row.pumps}</span>}</>;
}

/** As high as the rows that are not drawn. */
function Spacer({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return rows === 0 ? null : <tr aria-hidden="true" style={{ height: `${rows * ROW_HEIGHT}px` }}><td colSpan={columns} /></tr>;
}

interface GridSetting {
  readonly rows: number;
  readonly columns: number;
  readonly columnWidth: number;
  /** The cell that has the focus or would get it, and the one that shall. */
  readonly entry: Place;
  readonly wanted: Place;
  readonly setEntry: (place: Place) => void;
}

/** Moves the focus from cell to cell; one that is not drawn is scrolled to first. */
function useGrid(place: { readonly current: HTMLDivElement | null }, { rows, columns, columnWidth, entry, wanted, setEntry }: GridSetting) {
  const moves = useRef(false);
  useLayoutEffect(() => {
    if (!moves.current) return;
    const cell = place.current?.querySelector<HTMLElement>(`tr[data-row="${wanted.row}"] td[data-slot="${wanted.column}"]`);
    if (!cell) return;
    moves.current = false;
    (cell.querySelector('a') ?? cell).focus();
  });
  return (event: KeyboardEvent) => {
    if (!(event.target as Element).closest('td[data-slot]')) return;
    const next = placeAfter(event, entry, rows, columns);
    if (!next) return;
    event.preventDefault();
    moves.current = true;
    const { current } = place;
    if (current && !current.querySelector(`tr[data-row="${next.row}"] td[data-slot="${next.column}"]`))
      current.scrollTo(next.column * columnWidth - current.clientWidth / 2, next.row * ROW_HEIGHT - current.clientHeight / 2);
    setEntry(next);
  };
}
