import { contactText } from '../../../domain/pump/contacts.ts';
import { eventText } from '../../../domain/pump/reference.ts';
import { length } from '../../../domain/notify/times.ts';
import type { ListedFacts } from '../../../query/alarms/alarmFacts.ts';
import type { Standing } from '../../../query/acts/actBook.ts';
import type { PumpDays } from '../../../query/report/siteDays.ts';
import { html, type Markup } from '../html.ts';
import type { ReportView } from '../view.ts';
import { amountText, endText, standingText, timeText, wrongText } from '../words.ts';

/** Which pumps need somebody: what is wrong, since when, what to do and whom to call. */
export function needs(view: ReportView): Markup {
  const pumps = view.days.pumps.filter((pump) => pump.needs.length > 0);
  if (pumps.length === 0) return html``;
  return html`<section><h2>Who needs somebody</h2>
<ol class="needs">${pumps.map((pump) => needCard(pump, view))}</ol></section>
`;
}

function needCard(pump: PumpDays, view: ReportView): Markup {
  const last = pump.maintenance.at(-1);
  const guidance = [...new Set(pump.needs.flatMap(({ alarm }) => view.rules.get(alarm.rule)?.guidance ?? []))];
  return html`<li class="${pump.needs[0].alarm.level}"><h3>${pump.pump}${pump.vendor ? html` <small>${pump.vendor.type}, ${pump.vendor.vendor}</small>` : html` <small>unknown pump: not in the vendor file</small>`}</h3>
${pump.needs.map((standing) => wrong(standing, pump, view))}
${guidance.map((text) => html`<p><b>Do:</b> ${text}</p>`)}
${pump.contacts.length > 0 && html`<p><b>Call:</b> ${pump.contacts.map((contact, i) => [i > 0 && '; ', `${contactText(contact)} (${contact.role === 'vendor' ? 'vendor' : `technician, there on ${contact.date}`})`])}</p>`}
${last && html`<p><b>Last maintenance:</b> ${eventText(last)}</p>`}</li>
`;
}

function wrong(standing: Standing<ListedFacts>, { scan: { knownTo } }: PumpDays, { days, rules }: ReportView): Markup {
  const { alarm, alarm: { from, to, cleared, worst, worstAt, measure, level, readings } } = standing;
  const lasted = (cleared ?? to) - from;
  return html`<p><span class="level ${level}">${level}</span> <b>${wrongText(alarm, rules)}</b> since ${timeText(from, days)}${
    measure !== null && worst !== null && html`, worst ${amountText(worst, measure)} at ${timeText(worstAt!, days)}`}${
    readings > 0 && html`, ${readings.toLocaleString('en')} readings in ${length(lasted)}`}.
${cleared === null && `${sentence(endText(alarm, knownTo, days))}; `}${cleared === null ? standingText(standing) : sentence(standingText(standing))}.</p>`;
}

function sentence(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
