import { counted } from '../../../domain/counted.ts';
import { actText } from '../../../domain/alarm/acts/actText.ts';
import type { Act } from '../../../domain/alarm/acts/act.ts';
import { measureFacts } from '../../../domain/reading/measures.ts';
import { formatDay, formatTime } from '../../../domain/reading/wallClock.ts';
import { eventText } from '../../../domain/pump/reference.ts';
import { html, type Markup } from '../html.ts';
import type { ReportView } from '../view.ts';
import { amountText } from '../words.ts';
import { SiteClock } from '../../../domain/reading/siteClock.ts';

const MOST = 12;

/** What is other than in as many days before: alarms that began and ended, pumps that came and went, means that moved, and work. */
export function changes(view: ReportView): Markup {
  const { days: { fromDay, toDay } } = view;
  const lines = [...alarmLines(view), ...pumpLines(view), ...workLines(view)];
  const moved = movedMeans(view);
  const before = fromDay === toDay ? 'the day before' : `the ${toDay - fromDay + 1} days before`;
  return html`<section><h2>What changed</h2>
${lines.length === 0 ? html`<p>Nothing but readings.</p>` : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}
${moved}${moved.text !== '' && html`<p class="note">Means that moved by more than 15 % of what lay between minimum and maximum of ${before}.</p>`}
${actTable(view)}</section>
`;
}

function alarmLines({ days: { alarms, from, to } }: ReportView): string[] {
  const began = alarms.filter(({ alarm }) => alarm.from >= from).length;
  const ended = alarms.filter(({ alarm: { cleared } }) => cleared !== null && cleared < to).length;
  const older = alarms.length - began;
  return alarms.length === 0 ? [] : [`${counted(began, 'alarm')} began, ${ended} ended${older > 0 ? `; ${older} went on from before` : ''}.`];
}

function pumpLines({ days: { pumps } }: ReportView): string[] {
  const came = pumps.filter(({ scan, reportedBefore }) => scan.stats !== null && !reportedBefore).map(({ pump }) => pump);
  const went = pumps.filter(({ scan, reportedBefore }) => scan.stats === null && reportedBefore).map(({ pump }) => pump);
  return [
    ...(came.length > 0 ? [`Report now, and did not before: ${came.join(', ')}.`] : []),
    ...(went.length > 0 ? [`Report no more: ${went.join(', ')}.`] : []),
  ];
}

/** Maintenance that is dated within the days. */
function workLines({ days: { pumps, fromDay, toDay } }: ReportView): string[] {
  const [first, last] = [formatDay(fromDay), formatDay(toDay)];
  return pumps.flatMap(({ pump, maintenance }) =>
    maintenance.filter(({ date }) => first <= date && date <= last).map((event) => `Maintenance of ${pump}: ${eventText(event)}.`));
}

function movedMeans({ days: { pumps } }: ReportView): Markup {
  const moved = pumps.flatMap((pump) => pump.changes).sort((a, b) => b.share - a.share).slice(0, MOST);
  if (moved.length === 0) return html``;
  return html`<div class="wide" tabindex="0"><table class="narrow"><caption>Means that moved</caption><thead><tr><th scope="col">Pump</th><th scope="col">Measure</th><th scope="col" class="n">Before</th><th scope="col" class="n">Now</th><th scope="col" class="n">Change</th></tr></thead>
<tbody>${moved.map(({ pump, measure, before, now }) => html`<tr><th scope="row">${pump}</th><td>${measureFacts[measure].label}</td><td class="n">${amountText(before, measure)}</td><td class="n">${amountText(now, measure)}</td><td class="n">${now > before ? '▲' : '▼'} ${amountText(Math.abs(now - before), measure)}</td></tr>
`)}</tbody></table></div>`;
}

function actTable({ days, site }: ReportView): Markup {
  if (days.acts.length === 0) return html``;
  const clock = new SiteClock(site.timezone);
  return html`<div class="wide" tabindex="0"><table><caption>What people did, in the order in which it was written down</caption><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Did</th><th scope="col">About</th><th scope="col">Said</th></tr></thead>
<tbody>${days.acts.map((act) => html`<tr><td>${formatTime(clock.wallTimeAt(act.at)).slice(0, 16).replace('T', ' ')}</td><td>${act.by}</td><td>${act.kind}</td><td>${aboutOf(act)}</td><td>${actText(act)}</td></tr>
`)}</tbody></table></div>`;
}

function aboutOf(act: Act): string {
  return ['pump' in act ? act.pump : null, 'rule' in act ? act.rule : null].filter((part) => part !== null).join(' ');
}
