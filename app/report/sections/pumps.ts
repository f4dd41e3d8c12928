import { pumpMatcher } from '../../../domain/alarm/pumpPattern.ts';
import { length } from '../../../domain/notify/times.ts';
import { headOf, type Measure, measureFacts, measureIndex, MEASURES } from '../../../domain/reading/measures.ts';
import type { PumpDays } from '../../../query/report/siteDays.ts';
import { chart } from '../chart.ts';
import { html, type Markup } from '../html.ts';
import type { ReportView } from '../view.ts';
import { valueText } from '../words.ts';

/** So many pumps have curves of all measures, and so many a curve of the first: the worst. All have their figures. */
const MOST_DETAILED = 20;
const MOST_CURVES = 60;

/** Pressure first: it is what alerts are about. */
const ORDER: readonly Measure[] = [...MEASURES].sort((a, b) => measureFacts[a].rank - measureFacts[b].rank);

/** The curves of the pumps, the worst first, and the figures of all. */
export function pumps(view: ReportView): Markup {
  const { pumps: all } = view.days;
  const worst = all.filter(({ alarms }) => alarms.length > 0).slice(0, MOST_DETAILED);
  const others = all.filter((pump) => !worst.includes(pump) && pump.scan.stats !== null).slice(0, MOST_CURVES);
  return html`${worst.length > 0 && html`<section><h2>Curves of the pumps with alarms</h2>${KEY}
${worst.map((pump) => detailed(pump, view))}</section>
`}${others.length > 0 && html`<section><h2>${worst.length > 0 ? 'The other pumps' : 'Curves of the pumps'}</h2>${worst.length === 0 && KEY}
<div class="charts">${others.map((pump) => html`<div class="pump"><h3>${pump.pump}</h3>${curve(pump, ORDER[0], view)}</div>`)}</div></section>
`}${figures(view)}`;
}

const KEY = html`<p class="key"><span><i class="sample-bar high"></i><i class="sample-bar medium"></i><i class="sample-bar low"></i> alarm: high, medium, low</span> <span><i class="sample-unknown"></i> nothing known</span> <span><i class="sample-limit"></i> limit</span></p>`;

function detailed(pump: PumpDays, view: ReportView): Markup {
  const first = pump.alarms[0].alarm.measure ?? ORDER[0];
  return html`<div class="pump"><h3>${pump.pump}</h3><div class="charts">${[first, ...ORDER.filter((measure) => measure !== first)].map((measure) => curve(pump, measure, view))}</div></div>
`;
}

function curve({ pump, scan, alarms }: PumpDays, measure: Measure, { days: { from, to }, limits }: ReportView): Markup {
  return chart({
    scan, measure, from, to,
    limits: limits.filter((rule) => rule.measure === measure && pumpMatcher(rule.pumps)(pump)),
    alarms: alarms.map(({ alarm }) => alarm).filter((alarm) => (alarm.measure ?? ORDER[0]) === measure),
  });
}

function figures({ days: { pumps: all } }: ReportView): Markup {
  return html`<section><h2>Figures of all pumps</h2>
<div class="wide" tabindex="0"><table class="figures-table"><caption>Mean, and below it minimum to maximum</caption>
<thead><tr><th scope="col">Pump</th><th scope="col" class="n">Readings</th><th scope="col" class="n">Nothing known for</th>${ORDER.map((measure) => html`<th scope="col" class="n">${headOf(measureFacts[measure])}</th>`)}</tr></thead>
<tbody>${[...all].sort((a, b) => (a.pump < b.pump ? -1 : 1)).map(figureRow)}</tbody></table></div></section>
`;
}

function figureRow({ pump, scan: { stats, unknownMs }, vendor, notSummarised }: PumpDays): Markup {
  return html`<tr><th scope="row">${pump}${!vendor && html` <small>unknown pump</small>`}${notSummarised > 0 && html` <small>not summarised yet</small>`}</th><td class="n${stats === null && ' bad'}">${(stats?.count ?? 0).toLocaleString('en')}</td><td class="n">${unknownMs === 0 ? '–' : length(unknownMs)}</td>${ORDER.map((measure) => figureCell(stats?.measures[measureIndex[measure]], measure))}</tr>
`;
}

function figureCell(stats: { readonly count: number; readonly min: number; readonly max: number; readonly avg: number } | undefined, measure: Measure): Markup {
  if (!stats || stats.count === 0) return html`<td class="n">–</td>`;
  return html`<td class="n">${valueText(stats.avg, measure)}<br><small>${valueText(stats.min, measure)} to ${valueText(stats.max, measure)}</small></td>`;
}
