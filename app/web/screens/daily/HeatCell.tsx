import type { DayMatrixRow } from '../../../http/schemas/dayMatrix.ts';
import { columnText } from '../../charts/limits.ts';
import { counted, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { limitsOf } from '../../rules.ts';
import { visible } from '../../visible.ts';
import { levelOf, type Scale, stepAt } from './heatScale.ts';
import { type DayState, isAbnormalAt, stateAt } from './matrix.ts';
import { type Choice, FIGURES, rowDayLink, rowName } from './pumpDay.ts';

interface HeatCellProps {
  readonly row: DayMatrixRow;
  readonly slot: number;
  readonly date: string;
  readonly choice: Choice;
  readonly scale: Scale;
  /** Without texts: shades and marks alone. */
  readonly compact: boolean;
  /** The one cell that the Tab key reaches. */
  readonly isEntry: boolean;
}

/** A day of a row: the darker, the nearer to a limit; only what breaks one has colour, and a shape. */
export function HeatCell({ row, slot, date, choice, scale, compact, isEntry }: HeatCellProps) {
  const state = stateAt(row, slot, date);
  const entry = isEntry ? 0 : -1;
  if (state === 'none')
    return <td role="gridcell" class="heat none" title={`${visible(rowName(row, choice))}, ${date}: no reading`} data-slot={slot} tabIndex={entry}>{compact ? '' : '·'}</td>;
  const value = row.values[slot];
  const abnormal = isAbnormalAt(row, slot, choice);
  const shade = value === null ? (state === 'today' ? 'today' : 'missing') : abnormal ? 'abnormal' : `level-${levelOf(value, scale)}`;
  const step = stepAt(row, slot, scale);
  const mark = abnormal ? '▲' : row.alarms[slot] > 0 || row.beyond[slot] > 0 ? '△' : step === 'down' ? '↘' : step === 'up' ? '↗' : '';
  const title = titleOf(row, slot, { date, choice, state, step });
  return (
    <td role="gridcell" class={`heat ${shade}`} data-slot={slot}>
      <Link to={rowDayLink(row, date, choice)} title={title} aria-label={compact ? title : undefined} tabIndex={entry}>
        {compact ? <span class="mark">{mark}</span> : <>
          {mark && `${mark} `}
          {value === null ? withoutValue(state) : columnText(value, choice.measure, choice.by === 'pump' ? limitsOf(row.name)[choice.measure] : [])}
          {state === 'late' && <span class="late"> late</span>}
        </>}
      </Link>
    </td>
  );
}

interface TitleFacts {
  readonly date: string;
  readonly choice: Choice;
  readonly state: DayState;
  readonly step: 'down' | 'up' | null;
}

/** `COHUTTA, 2014-03-13: mean 79.6 psi, a step down, 2 alarms began, 0 readings beyond a limit`. */
function titleOf(row: DayMatrixRow, slot: number, { date, choice, state, step }: TitleFacts): string {
  const value = row.values[slot];
  return [
    `${visible(rowName(row, choice))}, ${date}: ${value === null ? NO_VALUE[state] : `${FIGURES[choice.figure]} ${withUnit(value, choice.measure)}`}`,
    step && `a step ${step} from the day before`,
    `${counted(row.alarms[slot], 'alarm')} began`,
    `${counted(row.beyond[slot], 'reading')} beyond a limit`,
    state === 'late' && 'readings came after it was summarised',
  ].filter(Boolean).join(', ');
}

/** Why a day has no value; one that is summarised can lack that of a measure. */
const NO_VALUE = { missing: 'not summarised', today: 'the day is not over', late: 'no value', current: 'no value', none: 'no reading' } as const;

function withoutValue(state: DayState): string {
  return state === 'today' ? 'not over' : state === 'missing' ? 'missing' : 'no value';
}
