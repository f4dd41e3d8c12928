import { useSignal } from '@preact/signals';
import { useId, useMemo, useRef } from 'preact/hooks';
import { type Measure, measureFacts } from '../../../../domain/reading/measures.ts';
import { COMPARED_STYLES } from '../../charts/curveStyle.ts';
import { type ChartCommand, commandOf } from '../../charts/keys.ts';
import type { Mark } from '../../charts/layers.ts';
import { TimeReadout } from '../../charts/Readout.tsx';
import { nearest } from '../../charts/shownPoints.ts';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { Toolbar } from '../../charts/Toolbar.tsx';
import type { View } from '../../charts/view.ts';
import { isViewCommand, step, viewAfter } from '../../charts/viewCommand.ts';
import { fixed, withUnit } from '../../format.ts';
import { wallShort } from '../../times.ts';
import { visible } from '../../visible.ts';
import { type ComparedCurve, joinedCurves } from './loadCompared.ts';
import { Swatch } from './PumpChoice.tsx';

interface ComparedChartProps {
  readonly curves: readonly ComparedCurve[];
  readonly measure: Measure;
  readonly view: View;
  readonly marks: readonly Mark[];
  readonly onView: (view: View) => void;
  readonly onReset: () => void;
}

const NONE: readonly never[] = [];
const HEIGHT = 380;
const KEYS = 'Arrows move the cursor, Shift and arrows move the view, plus and minus zoom, zero goes back.';

/** One measure of several pumps over the times of the first, with one cursor and what each has under it. */
export function ComparedChart({ curves, measure, view, marks, onView, onReset }: ComparedChartProps) {
  const cursor = useSignal<number | null>(null);
  const said = useSignal('');
  const group = useRef<HTMLDivElement>(null);
  const keys = useId();
  const { time, bands } = useMemo(() => joinedCurves(curves), [curves]);
  const usual = useMemo(() => curves.flatMap((curve) => curve.usual), [curves]);
  const styles = useMemo(() => COMPARED_STYLES.slice(0, curves.length), [curves.length]);
  const label = `${measureFacts[measure].label} of ${curves.map(({ pump }) => pump).join(', ')}`;
  const obey = (command: ChartCommand) => {
    if (command === 'table') return;
    if (isViewCommand(command)) onView(viewAfter(command, view, cursor.value));
    else if (command === 'reset') onReset();
    else if (command === 'none') cursor.value = null;
    else {
      const shown = time.filter((at) => at >= view.from && at <= view.to);
      if (shown.length === 0) said.value = 'No reading in this range.';
      else {
        cursor.value = shown[step(shown, cursor.value, command)];
        said.value = `${wallShort(cursor.value)}: ${curves.map((curve) => `${curve.pump} ${valueAt(curve, cursor.value!, measure)}`).join(', ')}`;
      }
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const command = event.target === group.current ? commandOf(event) : undefined;
    if (command === undefined || command === 'table') return;
    event.preventDefault();
    obey(command);
  };
  return (
    <section class="curves" aria-label={label}>
      <Toolbar obey={obey}><TimeReadout view={view} cursor={cursor} /></Toolbar>
      <div
        class="curves-group" role="application" aria-roledescription="chart" aria-label={label} aria-describedby={keys}
        tabIndex={0} ref={group} onKeyDown={onKeyDown}
      >
        <figure class="curve" data-measure={measure}>
          <figcaption class="legend">
            <b>{measureFacts[measure].label} <span class="unit">{measureFacts[measure].unit}</span></b>
            {curves.map((curve, i) => (
              <span key={curve.pump} class="together"><Swatch curve={i} /> {visible(curve.pump)} <Value {...{ curve, cursor, measure }} /></span>
            ))}
          </figcaption>
          <TimeChart
            time={time} bands={bands} styles={styles} dots={false} view={view} cursor={cursor} onView={onView} onReset={onReset}
            limits={NONE} shades={NONE} measure={measure} unknownTo={null} marks={marks} markLabels usual={usual} height={HEIGHT} timeAxis
          />
        </figure>
      </div>
      <p class="unseen" id={keys}>{KEYS}</p>
      <p class="unseen" aria-live="polite">{said}</p>
    </section>
  );
}

interface ValueProps {
  readonly curve: ComparedCurve;
  readonly cursor: { readonly value: number | null };
  readonly measure: Measure;
}

function Value({ curve, cursor, measure }: ValueProps) {
  return cursor.value === null ? null : <strong>{valueAt(curve, cursor.value, measure)}</strong>;
}

/** A pump's value at the entry that is nearest to a time. */
function valueAt({ time, band: { min, avg = min } }: ComparedCurve, at: number, measure: Measure): string {
  const index = nearest(time, at);
  const value = index === undefined ? null : avg[index] ?? null;
  return value === null ? '–' : withUnit(Number(fixed(value, measureFacts[measure].digits + 1).replaceAll(',', '')), measure);
}
