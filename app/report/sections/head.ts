import { counted } from '../../../domain/counted.ts';
import { length } from '../../../domain/notify/times.ts';
import { isOfSite, needsSomebody, type PumpDays } from '../../../query/report/siteDays.ts';
import { html, type Markup } from '../html.ts';
import type { ReportView } from '../view.ts';
import { dayText } from '../words.ts';

/** The figures of the days that everything else details. */
export interface Totals {
  readonly needs: readonly PumpDays[];
  readonly silent: readonly PumpDays[];
  readonly readings: number;
  readonly late: number;
  readonly unknownMs: number;
  readonly rejects: number;
  readonly alarms: number;
}

/** Sums over the pumps of a report. */
export function totalsOf({ days: { pumps, alarms, rejects } }: ReportView): Totals {
  const sum = (of: (pump: PumpDays) => number) => pumps.reduce((all, pump) => all + of(pump), 0);
  return {
    needs: pumps.filter(({ needs }) => needs.length > 0),
    silent: pumps.filter(({ scan: { stats } }) => stats === null),
    readings: sum(({ scan }) => scan.stats?.count ?? 0),
    late: sum(({ scan }) => scan.late.rows),
    unknownMs: sum(({ scan }) => scan.unknownMs),
    rejects: rejects.reduce((all, { rows }) => all + rows, 0),
    alarms: alarms.length,
  };
}

/** Title, one sentence that says how it is, and the figures. */
export function head(view: ReportView): Markup {
  const { site, days: { fromDay, toDay, knownTo, to, pumps } } = view;
  const totals = totalsOf(view);
  const isOne = fromDay === toDay;
  return html`<header>
<p class="site">${site.name}</p>
<h1>${isOne ? dayText(fromDay) : html`${dayText(fromDay)} to ${dayText(toDay)}`}</h1>
<p class="verdict ${verdictClass(view, totals)}">${verdict(view, totals)}</p>
${knownTo < to && html`<p class="note">${isOne ? 'The day is' : 'The days are'} not over yet: this is what there was when the report was made.</p>`}
<dl class="figures">
${figure('Pumps that need somebody', `${totals.needs.length} of ${pumps.length}`, totals.needs.length > 0)}
${figure('Alarms', String(totals.alarms), false)}
${figure('Readings', totals.readings.toLocaleString('en'), totals.readings === 0)}
${figure('Nothing known, a pump', totals.unknownMs === 0 ? '–' : length(totals.unknownMs / pumps.length), totals.silent.length > 0)}
${figure('Late readings', totals.late.toLocaleString('en'), false)}
${figure('Rejected rows', totals.rejects.toLocaleString('en'), totals.rejects > 0)}
</dl>
</header>
`;
}

function figure(name: string, value: string, isBad: boolean): Markup {
  return html`<div${isBad && html` class="bad"`}><dt>${name}</dt><dd>${value}</dd></div>`;
}

function verdictClass({ days: { alarms } }: ReportView, { needs, readings, silent }: Totals): string {
  if (needs.some((pump) => pump.needs.some(({ alarm }) => alarm.level === 'high')) || readings === 0) return 'high';
  return needs.length > 0 || silent.length > 0 || alarms.some(needsSomebody) ? 'medium' : '';
}

/** How it was, in a sentence or two. What is not known never looks like health. */
export function verdict({ days: { pumps, alarms } }: ReportView, { needs, readings, silent }: Totals): string {
  if (pumps.length === 0) return 'No pump is known, and no reading came: nothing can be said.';
  if (readings === 0) return `No reading of ${pumps.length === 1 ? 'the pump' : `any of ${pumps.length} pumps`}: nothing is known.`;
  const who = needs.length === 0 ? ['No pump needs anybody.'] : [`${namesOf(needs)} ${needs.length === 1 ? 'needs' : 'need'} somebody.`];
  const site = alarms.some((standing) => isOfSite(standing) && needsSomebody(standing)) ? ['All pumps were silent at once.'] : [];
  const quiet = silent.length === 0 ? [] : [`${counted(silent.length, 'pump')} did not report at all: nothing is known of ${silent.length === 1 ? 'it' : 'them'}.`];
  return [...who, ...site, ...quiet].join(' ');
}

/** `A`, `A and B`, `A, B, C and 4 others`. */
function namesOf(pumps: readonly PumpDays[]): string {
  const names = pumps.map(({ pump }) => pump);
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} others`] : names;
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}
