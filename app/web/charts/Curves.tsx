import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { type Measure, measureFacts } from '../../../domain/reading/measures.ts';
import type { Curves as CurvesAnswer } from '../../http/schemas/curves.ts';
import { commandOf, type ChartCommand } from './keys.ts';
import type { Mark, Shade, UsualBand } from './layers.ts';
import type { Limit } from './limits.ts';
import { PointsTable } from './PointsTable.tsx';
import { spoken, TimeReadout, ValueReadout } from './Readout.tsx';
import { shownEntries } from './shownPoints.ts';
import { TimeChart } from './TimeChart.tsx';
import { Toolbar } from './Toolbar.tsx';
import type { View } from './view.ts';
import { isViewCommand, step, viewAfter } from './viewCommand.ts';

export interface CurvesProps {
  readonly curves: CurvesAnswer;
  /** In the order in which they stand below each other; the first is larger. */
  readonly measures: readonly Measure[];
  readonly view: View;
  /** What a screen reader calls the group: `Curves of LAGNAPPE`. */
  readonly label: string;
  /** A new view by hand, many a second while it moves. The owner keeps it and gives it back. */
  readonly onView: (view: View) => void;
  /** Back to the view from which all began: the key 0. */
  readonly onReset: () => void;
  /** Kept the same from one rendering to the next where they are, as are `shades` and `marks`: a change draws the charts anew. */
  readonly limits?: Partial<Record<Measure, readonly Limit[]>>;
  readonly shades?: readonly Shade[];
  /** What is usual at the pump, behind its curves. */
  readonly usual?: Partial<Record<Measure, readonly UsualBand[]>>;
  /** Before this wall time in ms shades may be missing. */
  readonly unknownTo?: number | null;
  readonly marks?: readonly Mark[];
  /** All of them on one screen of a phone. */
  readonly compact?: boolean;
  /** What stands below the charts, from `--chart-gutter` to `--chart-margin` over the same times. */
  readonly children?: ComponentChildren;
}

const NONE: readonly never[] = [];
const NO_LIMITS: NonNullable<CurvesProps['limits']> = {};
const NO_USUAL: NonNullable<CurvesProps['usual']> = {};
const FIRST_HEIGHT = 220;
const HEIGHT = 104;
const COMPACT = { first: 116, other: 56 };
const TIMES_HEIGHT = 40;

/**
 * Curves of a pump below each other over the same times, with one cursor. Takes the focus as a whole: arrows move the
 * cursor, Shift + arrows the view, `+ − 0` zoom, `t` opens a table; time and values are told politely.
 */
export function Curves(props: CurvesProps) {
  const { curves, measures, view, label, onView, limits = NO_LIMITS, shades = NONE, usual = NO_USUAL, unknownTo = null, marks = NONE } = props;
  const { compact = false } = props;
  const { first, other } = compact ? COMPACT : { first: FIRST_HEIGHT, other: HEIGHT };
  const cursor = useSignal<number | null>(null);
  const said = useSignal('');
  const group = useRef<HTMLDivElement>(null);
  const keys = useId();
  const [table, setTable] = useState(false);
  const toggleTable = () => {
    setTable(!table);
    if (table) group.current?.focus();
  };
  const obey = (command: ChartCommand) => command === 'table' ? toggleTable() : follow(command, props, { cursor, said });
  const onKeyDown = (event: KeyboardEvent) => {
    const command = event.target === group.current ? commandOf(event) : undefined;
    if (command === undefined) return;
    event.preventDefault();
    obey(command);
  };
  return (
    <section class={compact ? 'curves compact' : 'curves'} aria-label={label}>
      <Toolbar obey={obey} table={table}>
        <TimeReadout view={view} cursor={cursor} />
      </Toolbar>
      <div
        class="curves-group"
        role="application"
        aria-roledescription="charts"
        aria-label={label}
        aria-describedby={keys}
        tabIndex={0}
        ref={group}
        onKeyDown={onKeyDown}
      >
        {measures.map((measure, index) => {
          const timeAxis = index === 0 || index === measures.length - 1;
          return (
            <figure class="curve" key={measure} data-measure={measure}>
              <figcaption>
                <b>{measureFacts[measure].label}</b> <ValueReadout {...{ curves, view, cursor, measure }} />
              </figcaption>
              <TimeChart
                time={curves.time}
                bands={[curves[measure] ?? EMPTY_BAND]}
                usual={usual[measure] ?? NONE}
                dots={curves.bucketMs === 0}
                view={view}
                cursor={cursor}
                onView={onView}
                onReset={props.onReset}
                limits={limits[measure] ?? NONE}
                shades={shades}
                measure={measure}
                unknownTo={unknownTo}
                marks={marks}
                markLabels={index === 0}
                height={(index === 0 ? first : other) + (timeAxis ? TIMES_HEIGHT : 0)}
                timeAxis={timeAxis}
              />
            </figure>
          );
        })}
        {props.children}
      </div>
      <p class="unseen" id={keys}>
        {KEYS}
      </p>
      <p class="unseen" aria-live="polite">
        {said}
      </p>
      {table && <PointsTable {...{ curves, measures, view }} onClose={toggleTable} />}
    </section>
  );
}

const EMPTY_BAND = { min: [], max: [] };
const KEYS = 'Arrows move the cursor, Shift and arrows move the view, plus and minus zoom, zero goes back, t opens a table.';

interface Pointed {
  readonly cursor: Signal<number | null>;
  readonly said: Signal<string>;
}

function follow(
  command: Exclude<ChartCommand, 'table'>,
  { curves, measures, view, onView, onReset }: CurvesProps,
  { cursor, said }: Pointed,
): void {
  if (isViewCommand(command)) return onView(viewAfter(command, view, cursor.value));
  if (command === 'reset') return onReset();
  if (command === 'none') {
    cursor.value = null;
    return;
  }
  const entries = shownEntries(curves, measures, view);
  if (entries.length === 0) {
    said.value = 'No reading in this range.';
    return;
  }
  const index = entries[step(entries.map((entry) => curves.time[entry]), cursor.value, command)];
  cursor.value = curves.time[index];
  said.value = spoken(curves, measures, index);
}
