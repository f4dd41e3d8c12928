import { counted } from '../../../domain/counted.ts';
import { length } from '../../../domain/notify/times.ts';
import type { PumpDays } from '../../../query/report/siteDays.ts';
import { html, type Markup } from '../html.ts';
import type { TableBalance } from '../../store/tableBalance.ts';
import type { ReportView } from '../view.ts';
import { timeText } from '../words.ts';

const MOST_GAPS = 4;
const MOST_ROWS = 60;
const MOST_NAMES = 12;
const MOST_GROUPS = 10;
const MOST_SOURCES = 20;
const RAW = 100;

/** Of what nothing is known, and what came late. */
export function missing(view: ReportView): Markup {
  const { days: { pumps }, holdMs, latenessMs } = view;
  const gappy = pumps.filter(({ scan: { gaps } }) => gaps.length > 0);
  const rows = alike(gappy);
  const late = pumps.filter(({ scan }) => scan.late.rows > 0);
  return html`<section><h2>Missing and late readings</h2>
${gappy.length === 0 ? html`<p>No pump was without a reading for longer than ${length(holdMs)}.</p>` : html`<div class="wide" tabindex="0"><table><caption>Times of which nothing is known: no reading for longer than ${length(holdMs)}, and three times the usual distance</caption>
<thead><tr><th scope="col">Pump</th><th scope="col" class="n">Together</th><th scope="col" class="n">Usual distance</th><th scope="col">When</th></tr></thead>
<tbody>${rows.slice(0, MOST_ROWS).map((each) => gapRow(each, view))}</tbody></table></div>
${rows.length > MOST_ROWS && html`<p class="note">and ${rows.slice(MOST_ROWS).reduce((sum, each) => sum + each.length, 0)} more pumps</p>`}`}
<p>${lateText(late, latenessMs, pumps)}</p></section>
`;
}

/** Pumps with the same gaps belong together: those of an outage of the site are one line. The longest first. */
function alike(pumps: readonly PumpDays[]): PumpDays[][] {
  const groups = new Map<string, PumpDays[]>();
  for (const pump of [...pumps].sort((a, b) => b.scan.unknownMs - a.scan.unknownMs)) {
    const key = JSON.stringify([pump.scan.gaps, pump.scan.cadenceMs, pump.scan.stats === null]);
    groups.set(key, [...(groups.get(key) ?? []), pump]);
  }
  return [...groups.values()];
}

function gapRow(pumps: readonly PumpDays[], { days }: ReportView): Markup {
  const { scan: { gaps, unknownMs, cadenceMs, stats } } = pumps[0];
  const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST_GAPS).sort((a, b) => a.from - b.from);
  const rest = gaps.length - longest.length;
  return html`<tr><th scope="row">${pumpNames(pumps, days.pumps.length)}</th><td class="n">${length(unknownMs)}</td><td class="n">${cadenceMs === null ? '–' : length(cadenceMs)}</td><td>${
    stats === null ? 'no reading at all' : longest.map(({ from, to }, i) => [i > 0 && ', ', `${timeText(from, days)} to ${to === days.to ? '24:00' : timeText(to, days)}`])}${
    rest > 0 && ` and ${rest} more`}</td></tr>
`;
}

function pumpNames(pumps: readonly PumpDays[], all: number): string {
  if (pumps.length === all && all > 1) return `All ${all} pumps`;
  const rest = pumps.length - MOST_NAMES;
  return `${pumps.slice(0, MOST_NAMES).map(({ pump }) => pump).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function lateText(late: readonly PumpDays[], latenessMs: number, pumps: readonly PumpDays[]): string {
  const after = `later than ${length(latenessMs)} after their own time`;
  if (late.length === 0) return `No reading came ${after}.`;
  const rows = late.reduce((sum, { scan }) => sum + scan.late.rows, 0);
  const all = pumps.reduce((sum, { scan }) => sum + (scan.stats?.count ?? 0), 0);
  const longest = Math.max(...late.map(({ scan }) => scan.late.longestMs));
  const who = late.length > 6 ? counted(late.length, 'pump') : late.map(({ pump }) => pump).join(', ');
  return `${rows === all ? 'All readings' : `${rows.toLocaleString('en')} of ${counted(all, 'reading')}`} came ${after}, the latest ${length(longest)} after it: ${who}.`;
}

/** What could not be taken, pumps that nobody knows, and the balance. */
export function quality(view: ReportView): Markup {
  const { days: { pumps }, balance } = view;
  const unknown = pumps.filter(({ vendor, scan }) => vendor === null && scan.stats !== null).map(({ pump }) => pump);
  const outdated = pumps.reduce((sum, { notSummarised }) => sum + notSummarised, 0);
  return html`<section><h2>Data quality</h2>
${rejectTable(view)}
<p>${unknown.length === 0 ? 'Every pump that reported is in the vendor file.' : `Unknown pumps, which are not in the vendor file: ${unknown.join(', ')}.`}
${outdated === 0 ? 'The daily statistics are up to date.' : `${counted(outdated, 'pump-day')} ${outdated === 1 ? 'is' : 'are'} not summarised, or changed since: "wellwatch summarize" does it.`}</p>
${balance ? balanceText(balance, view) : html`<p>Receipts, rejects and the balance are kept where "wellwatch run" runs: the report that is made there has them.</p>`}</section>
`;
}

function balanceText({ total }: TableBalance, view: ReportView): Markup {
  return html`${sources(view)}
<p>The balance, of all rows since the table was made: <span class="balance">${total.received.toLocaleString('en')} received = ${total.stored.toLocaleString('en')} stored + ${total.duplicate.toLocaleString('en')} duplicate + ${total.rejected.toLocaleString('en')} rejected + ${total.pending.toLocaleString('en')} pending</span>${
  total.replaced + total.retracted > 0 && html`; of the stored ones ${total.replaced.toLocaleString('en')} replaced another and ${total.retracted.toLocaleString('en')} were taken back`}.</p>
`;
}

function rejectTable({ days: { rejects, fromDay, toDay } }: ReportView): Markup {
  if (rejects.length === 0) return html`<p>No row that came ${fromDay === toDay ? 'that day' : 'in these days'} was rejected.</p>`;
  return html`<div class="wide" tabindex="0"><table><caption>Rows that could not be taken, by reason</caption><thead><tr><th scope="col">Reason</th><th scope="col" class="n">Rows</th><th scope="col">For example</th></tr></thead>
<tbody>${rejects.slice(0, MOST_GROUPS).map(({ reason, rows, example }) => html`<tr><th scope="row">${reason}</th><td class="n">${rows.toLocaleString('en')}</td><td>${example.source}:${example.line} <code>${example.raw.slice(0, RAW)}${example.raw.length > RAW && '…'}</code></td></tr>
`)}</tbody></table></div>
${rejects.length > MOST_GROUPS && html`<p class="note">and ${rejects.length - MOST_GROUPS} more reasons</p>`}`;
}

function sources({ receipts, days: { fromDay, toDay } }: ReportView): Markup {
  if (receipts.length === 0) return html`<p>No file and no message came ${fromDay === toDay ? 'that day' : 'in these days'}.</p>`;
  return html`<div class="wide" tabindex="0"><table><caption>Files that came, and topics that spoke last, ${fromDay === toDay ? 'that day' : 'in these days'}; counts since the beginning of each</caption><thead><tr><th scope="col">Source</th><th scope="col" class="n">Received</th><th scope="col" class="n">Stored</th><th scope="col" class="n">Duplicate</th><th scope="col" class="n">Rejected</th><th scope="col" class="n">Pending</th></tr></thead>
<tbody>${receipts.slice(0, MOST_SOURCES).map(({ source, received, stored, duplicate, rejected, pending }) => html`<tr><th scope="row">${source}</th>${[received, stored, duplicate, rejected, pending].map((value) => html`<td class="n">${value.toLocaleString('en')}</td>`)}</tr>
`)}</tbody></table></div>
${receipts.length > MOST_SOURCES && html`<p class="note">and ${receipts.length - MOST_SOURCES} more sources: <code>wellwatch receipts</code> lists all.</p>`}`;
}
