import { effect, type Signal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { onPaper, PAPER_WIDTH } from '../paper.ts';
import { theme } from '../theme.ts';
import { type CurveStyle, PLAIN_STYLE } from './curveStyle.ts';
import { listenToGestures } from './gestures.ts';
import type { Layers } from './layers.ts';
import { createPlot, type PlotData } from './plot.ts';
import { bandWithin, joinedBand } from './shownPoints.ts';
import { type DrawnBand, type ValueRange, valueRange } from '../../charts/valueScale.ts';
import { rounded, type View } from './view.ts';

export interface TimeChartProps extends Layers {
  /** Wall times in ms, rising. */
  readonly time: readonly number[];
  /** Of each curve, with as many entries as `time`. */
  readonly bands: readonly DrawnBand[];
  /** How each is drawn; by default one curve in the plain colours. */
  readonly styles?: readonly CurveStyle[];
  readonly view: View;
  /** Whether each entry is one reading, which has a dot where there is room. */
  readonly dots: boolean;
  /** Height in px, with the time axis. */
  readonly height: number;
  readonly timeAxis: boolean;
  /** The wall time under the cursor, shared by the charts of a group; null for none. */
  readonly cursor: Signal<number | null>;
  /** A new view by hand, many a second while it moves. */
  readonly onView: (view: View) => void;
  /** A double click: back to the view from which all began. */
  readonly onReset: () => void;
}

/** Six charts are on one page then. */
const PAPER_SHARE = 0.65;

type Drawn = TimeChartProps & { readonly range: ValueRange };

/** The curve of one measure over wall times. Names, values at the cursor and the keyboard are the group's: see Curves.tsx. */
export function TimeChart(props: TimeChartProps) {
  const { time, view, height, timeAxis, cursor, limits, shades, unknownTo, marks, usual, styles = PLAIN } = props;
  const bands = useSame(props.bands);
  const range = useMemo(
    () =>
      valueRange(
        joinedBand(bands.map((band) => bandWithin(time, band, view))),
        limits.map(({ value }) => value),
      ),
    [time, bands, limits, view.from, view.to],
  );
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef<Drawn>({ ...props, range });
  latest.current = { ...props, range };

  useLayoutEffect(() => {
    const { made, close } = open(place.current!, latest);
    plot.current = made;
    return close;
  }, [height, timeAxis, styles]);
  useLayoutEffect(() => {
    plot.current!.setData(dataOf(latest.current), false);
  }, [time, bands]);
  useLayoutEffect(() => {
    const u = plot.current!;
    u.batch(() => {
      u.setScale('x', { min: view.from, max: view.to });
      u.setScale('y', { min: range[0], max: range[1] });
    });
    moveCursor(u, cursor.value);
  }, [time, bands, view.from, view.to, range, shades, unknownTo, marks, usual]);
  useSignalEffect(() => {
    void theme.value;
    plot.current?.redraw(false, true);
  });
  // An effect of a component would wait for the next frame, and there is none before the paper.
  useEffect(() => effect(() => {
    const u = plot.current;
    if (!onPaper.value || !u) return;
    // At once: what is drawn later is not on the paper.
    u.batch(() => {
      u.setSize({ width: PAPER_WIDTH, height: Math.round(latest.current.height * PAPER_SHARE) });
      u.redraw(false, true);
    });
    return () => u.setSize({ width: place.current!.clientWidth, height: latest.current.height });
  }), []);
  useSignalEffect(() => moveCursor(plot.current, cursor.value));
  return <div class="time-chart" ref={place} />;
}

/** Makes the plot in its place, as wide as that is and stays. */
function open(place: HTMLDivElement, latest: { readonly current: Drawn }): { readonly made: uPlot; readonly close: () => void } {
  const { height, timeAxis, view, range, cursor } = latest.current;
  const made = createPlot({
    size: { width: place.clientWidth, height }, timeAxis, view, range,
    data: dataOf(latest.current),
    styles: latest.current.styles ?? PLAIN,
    layers: () => latest.current,
    dots: () => latest.current.dots,
    onCursor: (index) => { cursor.value = index === null ? null : latest.current.time[index] ?? null; },
    onReset: () => latest.current.onReset(),
    onSelect: (chosen) => latest.current.onView(rounded(chosen)),
  }, place);
  const resized = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height }));
  resized.observe(place);
  const stop = listenToGestures(made.over, {
    view: () => latest.current.view,
    onView: (next) => latest.current.onView(next),
  });
  return {
    made,
    close: () => {
      resized.disconnect();
      stop();
      made.destroy();
    },
  };
}

const PLAIN: readonly CurveStyle[] = [PLAIN_STYLE];

/** The bands as they were before, as long as they are the same ones. */
function useSame(bands: readonly DrawnBand[]): readonly DrawnBand[] {
  const held = useRef(bands);
  if (held.current.length !== bands.length || held.current.some((band, i) => band !== bands[i])) held.current = bands;
  return held.current;
}

/** Without a reading there are two empty entries: the chart still has its axes and can be moved. */
function dataOf({ time, bands, view }: TimeChartProps): PlotData {
  if (time.length === 0) return [[view.from, view.to], ...bands.flatMap(() => [[null, null], [null, null], [null, null]])];
  return [[...time], ...bands.flatMap(({ min, max, avg = min }) => [[...min], [...max], [...avg]])];
}

/** Moves the cursor of a chart that is not under the pointer itself. */
function moveCursor(u: uPlot | null, time: number | null): void {
  if (!u) return;
  if (time === null) u.setCursor({ left: -10, top: -10 }, false);
  else if (u.data[0][u.cursor.idx ?? -1] !== time) u.setCursor({ left: u.valToPos(time, 'x'), top: 0 }, false);
}
