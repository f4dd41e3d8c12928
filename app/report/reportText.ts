import { counted } from '../../domain/counted.ts';
import { length } from '../../domain/notify/times.ts';
import { formatDay } from '../../domain/reading/wallClock.ts';
import { totalsOf, verdict } from './sections/head.ts';
import type { ReportView } from './view.ts';
import { amountText, timeText, wrongText } from './words.ts';

/** A report in words, for a message and for programs. */
export interface ReportText {
  /** Its first line. */
  readonly summary: string;
  readonly lines: readonly string[];
  readonly alarms: number;
  readonly foundLate: number;
  /** The pumps that need somebody, the worst first. */
  readonly needs: readonly string[];
  readonly readings: number;
  readonly rejected: number;
}

/** A message is read on a phone: the page has the rest. */
const MOST_LINES = 10;

/** What a message says of the days. */
export function reportText(view: ReportView): ReportText {
  const { days, days: { fromDay, toDay, alarms, kpis } } = view;
  const totals = totalsOf(view);
  const late = alarms.filter(({ alarm }) => alarm.late).length;
  const dates = fromDay === toDay ? formatDay(fromDay) : `${formatDay(fromDay)} to ${formatDay(toDay)}`;
  const wrong = totals.needs.slice(0, MOST_LINES).map(({ pump, needs: [{ alarm }] }) =>
    `${pump}: ${wrongText(alarm, view.rules)} since ${timeText(alarm.from, days)}` +
    `${alarm.measure === null || alarm.worst === null ? '' : `, worst ${amountText(alarm.worst, alarm.measure)}`}`);
  const more = totals.needs.length - wrong.length;
  const missed = kpis.filter(({ met }) => met === false);
  return {
    summary: `REPORT ${dates}: ${counted(alarms.length, 'alarm')}${late > 0 ? `, ${late} found late` : ''}. ${verdict(view, totals)}`,
    lines: [
      ...wrong, ...(more > 0 ? [`and ${counted(more, 'more pump')}`] : []),
      `${counted(totals.readings, 'reading')}, ${totals.rejects.toLocaleString('en')} rejected, ${totals.late.toLocaleString('en')} late; ` +
        `nothing known for ${length(totals.unknownMs / Math.max(1, days.pumps.length))} a pump`,
      ...missed.map(({ name, value, unit, target }) => `${name}: ${Number((value ?? 0).toPrecision(3))} ${unit}`.trim() + ` (NOT MET: ${target})`),
    ],
    alarms: alarms.length, foundLate: late, needs: totals.needs.map(({ pump }) => pump), readings: totals.readings, rejected: totals.rejects,
  };
}
