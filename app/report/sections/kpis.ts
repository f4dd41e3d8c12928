import type { Kpi } from '../../../domain/alarm/kpis/kpi.ts';
import { length } from '../../../domain/notify/times.ts';
import { html, type Markup } from '../html.ts';
import type { ReportView } from '../view.ts';

/** How good the alarms are: the figures with their targets, of the days and of the month up to them. */
export function kpis({ days: { kpis: all, monthKpis, fromDay, toDay } }: ReportView): Markup {
  return html`<section><h2>How good the alarms are</h2>
<div class="wide" tabindex="0"><table><caption>Figures of ISA-18.2 and its kin</caption><thead><tr><th scope="col">Figure</th><th scope="col" class="n">${fromDay === toDay ? 'This day' : 'These days'}</th><th scope="col" class="n">30 days</th><th scope="col">Target</th><th scope="col">Source</th></tr></thead>
<tbody>${all.map((kpi, i) => html`<tr><th scope="row">${kpi.name}</th>${figure(kpi)}${figure(monthKpis[i])}<td>${kpi.target}</td><td>${kpi.source}</td></tr>
`)}</tbody></table></div></section>
`;
}

function figure({ value, unit, met }: Kpi): Markup {
  const text = value === null ? 'unknown' : unit === 's' && value >= 120 ? length(1000 * value) : `${Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 4 })} ${unit}`.trim();
  return html`<td class="n${met === false && ' bad'}">${text}${met === false && html`<br><small>not met</small>`}</td>`;
}
