import { length } from '../../../domain/notify/times.ts';
import type { ListedFacts } from '../../../query/alarms/alarmFacts.ts';
import type { Standing } from '../../../query/acts/actBook.ts';
import { html, type Markup } from '../html.ts';
import type { ReportView } from '../view.ts';
import { amountText, endText, pumpText, standingText, timeText, wrongText } from '../words.ts';

/** A page has no more lines of alarms than that; the list has them all. */
const MOST = 200;

/** What alarmed, and what was done. */
export function alarms(view: ReportView): Markup {
  const all = view.days.alarms;
  if (all.length === 0) return html`<section><h2>Alarms</h2><p>None${view.rules.size === 0 && ': no rule is in force'}.</p></section>
`;
  return html`<section><h2>Alarms</h2>
<div class="wide" tabindex="0"><table class="stack"><caption>What alarmed, in order of time, and what was done</caption>
<thead><tr><th scope="col">Pump</th><th scope="col">What</th><th scope="col">From</th><th scope="col">Until</th><th scope="col" class="n">Lasted</th><th scope="col" class="n">Worst</th><th scope="col">How it stands</th></tr></thead>
<tbody>${all.slice(0, MOST).map((standing) => row(standing, view))}</tbody></table></div>
${all.length > MOST && html`<p class="note">${(all.length - MOST).toLocaleString('en')} more are not shown: <code>wellwatch alarms --from … --to …</code> lists all.</p>`}</section>
`;
}

function row(standing: Standing<ListedFacts>, { days, rules }: ReportView): Markup {
  const { alarm, alarm: { pump, from, to, cleared, level, worst, measure } } = standing;
  const knownTo = days.pumps.find((each) => each.pump === pump)?.scan.knownTo ?? days.knownTo;
  return html`<tr><th scope="row">${pumpText(pump)}</th><td><span class="level ${level}">${level}</span> ${wrongText(alarm, rules)}</td><td data-name="From">${timeText(from, days)}</td><td data-name="Until">${endText(alarm, knownTo, days)}</td>
<td class="n" data-name="Lasted">${length((cleared ?? to) - from)}</td><td class="n" data-name="Worst">${measure === null ? '–' : amountText(worst, measure)}</td><td data-name="How it stands">${standingText(standing)}</td></tr>
`;
}
