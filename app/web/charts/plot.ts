import uPlot from 'uplot';
import { colourOf } from './colours.ts';
import type { CurveStyle } from './curveStyle.ts';
import { drawOver, drawShades, drawUsual, type Layers } from './layers.ts';
import { tickText } from '../format.ts';
import { tickLabels, timeTicks } from '../../charts/timeAxis.ts';
import type { ValueRange } from '../../charts/valueScale.ts';
import type { View } from './view.ts';

/** Width in px of the scale of values at the left: what stands below a chart lines up with it. */
export const GUTTER = 52;
/** Free px at the right. */
export const MARGIN = 12;

/** px of a letter. */
const LETTER = 6.5;

const FONT = '11px system-ui, sans-serif';

export interface PlotSetting {
  readonly size: { readonly width: number; readonly height: number };
  /** Whether times stand below. */
  readonly timeAxis: boolean;
  readonly view: View;
  readonly range: ValueRange;
  readonly data: PlotData;
  /** One for each curve. */
  readonly styles: readonly CurveStyle[];
  readonly layers: () => Layers;
  /** Whether points have dots where there is room; a point between two gaps always has. */
  readonly dots: () => boolean;
  /** The pointer is nearest to this entry, or away. */
  readonly onCursor: (index: number | null) => void;
  /** A double click: back. */
  readonly onReset: () => void;
  /** A range was chosen by dragging. */
  readonly onSelect: (view: View) => void;
}

/** A column: null is a gap, undefined the time of another curve. */
type Values = (number | null | undefined)[];
/** Wall times in ms, then of each curve minima, maxima and means. */
export type PlotData = [time: number[], ...values: Values[]];

/** A chart of one measure: of each curve the mean, in the band between minimum and maximum, over wall times. */
export function createPlot(setting: PlotSetting, place: HTMLElement): uPlot {
  const { size, view, range, data, styles, layers, dots, onCursor, onReset, onSelect } = setting;
  const colour = (part: Parameters<typeof colourOf>[1]) => (u: uPlot) => colourOf(u.root, part);
  return new uPlot({
    ...size,
    padding: [8, MARGIN, setting.timeAxis ? 0 : 6, 0],
    legend: { show: false },
    scales: {
      x: { time: false, auto: false, min: view.from, max: view.to, range: (_, min, max) => [min, max] },
      y: { auto: false, min: range[0], max: range[1], range: (_, min, max) => [min, max] },
    },
    series: [{}, ...styles.flatMap((style) => seriesOf(style, dots))],
    bands: styles.map(({ fill }, curve) => ({ series: [3 * curve + 2, 3 * curve + 1], fill: (u) => fill(u.root) })),
    axes: [timeAxis(setting.timeAxis, colour), valueAxis(colour)],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { size: 6 },
      bind: { mousedown: withoutShift, dblclick: () => () => { onReset(); return null; } },
    },
    hooks: {
      drawClear: [(u) => drawShades(u, layers()), (u) => drawUsual(u, layers(), (curve) => styles[curve].line(u.root))],
      draw: [(u) => drawOver(u, layers())],
      setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
      setSelect: [(u) => select(u, onSelect)],
    },
  }, data, place);
}

/** The edges of the band, and the mean between them. */
function seriesOf({ line, edge, dash }: CurveStyle, dots: () => boolean): uPlot.Series[] {
  const lone = (u: uPlot, series: number) => lonely(u.data[series]);
  const side: uPlot.Series = {
    scale: 'y', stroke: (u) => edge(u.root), width: 1,
    points: { size: 3, fill: (u) => edge(u.root), filter: (u, series) => (dots() ? [] : lone(u, series)) },
  };
  const mean: uPlot.Series = {
    scale: 'y', stroke: (u) => line(u.root), width: 1.5, dash: [...dash],
    points: { size: 4, fill: (u) => line(u.root), filter: (u, series) => (dots() ? null : lone(u, series)) },
  };
  return [side, side, mean];
}

/** The entries between two gaps, as indices: no line shows them. */
function lonely(values: uPlot.AlignedData[number]): number[] {
  const own = [...values.keys()].filter((index) => values[index] !== undefined);
  return own.filter((_, i) => values[own[i]] !== null && (values[own[i - 1]] ?? null) === null && (values[own[i + 1]] ?? null) === null);
}

/** With Shift a drag moves the view (gestures.ts); only without it chooses a range. */
function withoutShift(_: uPlot, __: HTMLElement, handler: uPlot.Cursor.MouseListener): uPlot.Cursor.MouseListener {
  return (event) => {
    if (event.button === 0 && !event.shiftKey) handler(event);
    return null;
  };
}

function select(u: uPlot, onSelect: (view: View) => void): void {
  const { left, width } = u.select;
  if (width === 0) return;
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect({ from: u.posToVal(left, 'x'), to: u.posToVal(left + width, 'x') });
}

type ColourGetter = (part: Parameters<typeof colourOf>[1]) => (u: uPlot) => string;

function timeAxis(withTimes: boolean, colour: ColourGetter): uPlot.Axis {
  return {
    size: withTimes ? 40 : 0,
    font: FONT,
    stroke: colour('text'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
    gap: 6,
    splits: (u) => [...ticksOf(u).times],
    values: (u, splits) => (withTimes ? labelsOf(u, splits) : splits.map(() => '')),
  };
}

/** One that would be cut off at the right edge is left out. */
function labelsOf(u: uPlot, splits: number[]): string[] {
  const room = (time: number) => u.width - GUTTER - u.valToPos(time, 'x');
  return tickLabels({ times: splits, step: ticksOf(u).step }).map((text, i) => room(splits[i]) < LETTER * Math.max(...text.split('\n').map(({ length }) => length)) / 2 ? '' : text);
}

function ticksOf(u: uPlot) {
  const { min = 0, max = 1 } = u.scales['x'];
  return timeTicks(min, max, (u.width - GUTTER - MARGIN) / 80);
}

function valueAxis(colour: ColourGetter): uPlot.Axis {
  return {
    size: GUTTER,
    font: FONT,
    stroke: colour('text'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
    gap: 6,
    space: 28,
    values: (_, splits, __, ___, step) => splits.map((value) => tickText(value, step)),
  };
}
