import type { MeasureStats } from '../../domain/day/dayStats.ts';
import type { MeasureSelection, StoredDays } from '../../storage/table/days.ts';
import type { PumpDays } from '../alarms/pumpDays.ts';
import type { DayFacts } from '../facts.ts';

/** A pump-day as its summary has it, of one measure. */
export interface MeasuredDay {
  readonly day: number;
  readonly state: DayFacts['state'];
  /** Readings of the day, and what of them is known of the measure; null where it was never summarised. */
  readonly readings: number | null;
  readonly stats: MeasureStats | null;
}

/**
 * A pump's days of a selection, rising: those with readings, which are known already, and those of which only the statistics are left. The same
 * days and states as {@link daysOfPump} of dayPages.ts has, for questions about so many of them that each microsecond counts.
 */
export async function measuredDays(table: StoredDays, known: PumpDays, selection: MeasureSelection): Promise<MeasuredDay[]> {
  const { pump, fromDay = -Infinity, toDay = Infinity } = selection;
  const [marks, stored] = [known.of(pump)?.between(fromDay, toDay) ?? [], await table.measureDays(selection)];
  const days: MeasuredDay[] = [];
  let at = 0;
  const missingBefore = (end: number) => {
    for (; at < marks.length && marks[at].day < end; at++) days.push({ day: marks[at].day, state: 'missing', readings: null, stats: null });
  };
  for (const { day, computedAt, readings, stats } of stored) {
    missingBefore(day);
    const mark = marks[at]?.day === day ? marks[at++] : undefined;
    // It may have been summarised since the marks were looked at, with a later change.
    days.push({ day, state: !mark || computedAt >= mark.changedAt ? 'current' : 'late', readings, stats });
  }
  missingBefore(Infinity);
  return days;
}
