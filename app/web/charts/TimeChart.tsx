import { type Signal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Band } from '../../http/schemas/curves.ts';
import { theme } from '../theme.ts';
import { listenToGestures } from './gestures.ts';
import type { Layers } from './layers.ts';
import { createPlot, type PlotData } from './plot.ts';
import { bandWithin } from './shownPoints.ts';
import { type ValueRange, valueRange } from '../../charts/valueScale.ts';
import { rounded, type View } from './view.ts';

export interface TimeChartProps extends Layers {
  /** Wall times in ms, rising. */
  readonly time: readonly number[];
  /** As many entries as `time`; null is a gap. */
  readonly band: Band;
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
}

type Drawn = TimeChartProps & { readonly range: ValueRange };

/** The curve of one measure over wall times. Names, values at the cursor and the keyboard are the group's: see Curves.tsx. */
export function TimeChart(props: TimeChartProps) {
  const { time, band, view, height, timeAxis, cursor, limits, shades, unknownTo, marks } = props;
  const range = useMemo(
    () =>
      valueRange(
        bandWithin(time, band, view),
        limits.map(({ value }) => value),
      ),
    [time, band, limits, view.from, view.to],
  );
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef<Drawn>({ ...props, range });
  latest.current = { ...props, range };

  useLayoutEffect(() => {
    const { made, close } = open(place.current!, latest);
    plot.current = made;
    return close;
  }, [height, timeAxis]);
  useLayoutEffect(() => {
    plot.current!.setData(dataOf(latest.current), false);
  }, [time, band]);
  useLayoutEffect(() => {
    const u = plot.current!;
    u.batch(() => {
      u.setScale('x', { min: view.from, max: view.to });
      u.setScale('y', { min: range[0], max: range[1] });
    });
    moveCursor(u, cursor.value);
  }, [time, band, view.from, view.to, range, shades, unknownTo, marks]);
  useSignalEffect(() => {
    void theme.value;
    plot.current?.redraw(false, true);
  });
  useSignalEffect(() => moveCursor(plot.current, cursor.value));
  return <div class="time-chart" ref={place} />;
}

/** Makes the plot in its place, as wide as that is and stays. */
function open(place: HTMLDivElement, latest: { readonly current: Drawn }): { readonly made: uPlot; readonly close: () => void } {
  const { height, timeAxis, view, range, cursor } = latest.current;
  const made = createPlot({
    size: { width: place.clientWidth, height }, timeAxis, view, range,
    data: dataOf(latest.current),
    layers: () => latest.current,
    dots: () => latest.current.dots,
    onCursor: (index) => { cursor.value = index === null ? null : latest.current.time[index] ?? null; },
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

/** Without a reading there are two empty entries: the chart still has its axes and can be moved. */
function dataOf({ time, band, view }: TimeChartProps): PlotData {
  return time.length === 0 ? [[view.from, view.to], [null, null], [null, null]] : [[...time], band.min, band.max];
}

/** Moves the cursor of a chart that is not under the pointer itself. */
function moveCursor(u: uPlot | null, time: number | null): void {
  if (!u) return;
  if (time === null) u.setCursor({ left: -10, top: -10 }, false);
  else if (u.data[0][u.cursor.idx ?? -1] !== time) u.setCursor({ left: u.valToPos(time, 'x'), top: 0 }, false);
}
