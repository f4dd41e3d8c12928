import { breaks, comparePriorities, type Limit } from '../../domain/alarm/rule.ts';
import { type Measure, measureFacts, measureIndex } from '../../domain/reading/measures.ts';
import type { ListedFacts } from '../../query/alarms/alarmFacts.ts';
import { bandsData } from '../../query/curves/curveData.ts';
import type { PumpScan } from '../../query/report/pumpScan.ts';
import { envelope, type Place, placeIn } from '../charts/envelope.ts';
import { tickLabels, timeTicks } from '../charts/timeAxis.ts';
import { valueRange } from '../charts/valueScale.ts';
import { ticksOf } from '../charts/valueTicks.ts';
import { html, type Markup } from './html.ts';
import { amountText } from './words.ts';

export interface ChartSubject {
  readonly scan: PumpScan;
  readonly measure: Measure;
  readonly from: number;
  readonly to: number;
  readonly limits: readonly Limit[];
  /** The alarms of the measure. */
  readonly alarms: readonly ListedFacts[];
}

/** In the picture's own units, which are about those of the screen. */
const WIDTH = 360;
const PLOT = { left: 42, top: 14, width: 308, height: 92 };
const BOTTOM = PLOT.top + PLOT.height;
const HEIGHT = BOTTOM + 31;

/** A curve as a picture with axes, limits, alarms as bars along its top, and hatches where nothing is known. */
export function chart({ scan, measure, from, to, limits, alarms }: ChartSubject): Markup {
  const curve = bandsData({ pump: scan.pump, from, to, measures: [measure] }, scan.bands, scan.cadenceMs);
  const band = curve[measure] ?? { min: [], max: [] };
  const shown = limits.filter((limit) => isNear(limit, scan, measure));
  const range = valueRange(band, shown.map(({ threshold }) => threshold));
  const place = placeIn(PLOT, [from, to], range);
  return html`<figure class="chart"><figcaption>${headOf(measure)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${spoken({ scan, measure, from, to, limits, alarms })}">
${valueTicks(range, place)}${timeMarks(from, to, place)}
${scan.gaps.map((gap) => html`<rect class="unknown" x="${px(place.x(gap.from))}" width="${px(place.x(gap.to) - place.x(gap.from))}" y="${PLOT.top}" height="${PLOT.height}"/>`)}
${[...alarms].sort((a, b) => comparePriorities(b.level, a.level)).map((alarm) => alarmBar(alarm, place))}
<g class="curve">${envelope(curve.time, band, place).map(({ d, isDot }) => html`<path d="${d}"${isDot && html` class="dot"`}/>`)}</g>
${shown.map((limit) => limitLine(limit, place))}
</svg></figure>
`;
}

/** Where a rule's limit and the values are so far apart that all else would be flat, it is left to the words. */
function isNear({ threshold, comparison }: Limit, { stats }: PumpScan, measure: Measure): boolean {
  const values = stats?.measures[measureIndex[measure]];
  if (!values || values.count === 0) return true;
  if (breaks(values.min, { comparison, threshold }) || breaks(values.max, { comparison, threshold })) return true;
  return Math.abs((comparison === 'below' ? values.min : values.max) - threshold) <= 12 * (values.max - values.min || Math.abs(values.max) || 1);
}

function headOf(measure: Measure): string {
  const { label, unit } = measureFacts[measure];
  return unit === '' ? label : `${label}, ${unit}`;
}

function limitLine({ threshold, comparison }: Limit, { y }: Place): Markup {
  const at = y(threshold);
  return html`<line class="limit" x1="${PLOT.left}" x2="${PLOT.left + PLOT.width}" y1="${px(at)}" y2="${px(at)}"/>
<text class="limit-label" x="${PLOT.left + PLOT.width - 3}" y="${px(at < PLOT.top + 14 ? at + 11 : at - 3)}">${comparison} ${threshold}</text>`;
}

/** A shade over the time of an alarm, and a bar along the top that is higher where it is worse: it tells without colours. */
function alarmBar({ from, to, cleared, level }: ListedFacts, { x }: Place): Markup {
  const left = x(from);
  const width = Math.max(2, x(cleared ?? to) - left);
  const high = { high: 9, medium: 6, low: 3 }[level];
  return html`<rect class="shade ${level}" x="${px(left)}" width="${px(width)}" y="${PLOT.top}" height="${PLOT.height}"/>
<rect class="bar ${level}" x="${px(left)}" width="${px(width)}" y="${PLOT.top - high - 1}" height="${high}"/>`;
}

function valueTicks(range: readonly [number, number], { y }: Place): Markup[] {
  const ticks = ticksOf(range);
  const digits = Math.max(...ticks.map((value) => String(value).split('.')[1]?.length ?? 0));
  return ticks.map((value) => html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.left + PLOT.width}" y1="${px(y(value))}" y2="${px(y(value))}"/>
<text class="tick value" x="${PLOT.left - 5}" y="${px(y(value) + 3.5)}">${value.toLocaleString('en', { minimumFractionDigits: digits })}</text>`);
}

function timeMarks(from: number, to: number, { x }: Place): Markup[] {
  const ticks = timeTicks(from, to, 6);
  const labels = tickLabels(ticks);
  return ticks.times.map((time, i) => {
    const lines = labels[i].split('\n');
    const anchor = time === from ? ' start' : time === to ? ' end' : '';
    return html`<line class="grid" x1="${px(x(time))}" x2="${px(x(time))}" y1="${PLOT.top}" y2="${BOTTOM + 4}"/>
${lines.map((line, row) => html`<text class="tick${anchor}" x="${px(x(time))}" y="${BOTTOM + 14 + 13 * row}">${line}</text>`)}`;
  });
}

/** What a screen reader says of the picture. */
function spoken({ scan, measure, limits, alarms }: ChartSubject): string {
  const values = scan.stats?.measures[measureIndex[measure]];
  const label = `${measureFacts[measure].label} of ${scan.pump}`;
  if (!values || values.count === 0) return `${label}: no value`;
  return [
    `${label}: from ${amountText(values.min, measure)} to ${amountText(values.max, measure)}, mean ${amountText(values.avg, measure)}`,
    ...limits.map(({ comparison, threshold }) => `alarm ${comparison} ${threshold}`),
    ...(alarms.length === 0 ? [] : [`${alarms.length} alarm${alarms.length === 1 ? '' : 's'}`]),
  ].join('; ');
}

function px(value: number): string {
  return value.toFixed(1);
}
