import type { DayStats } from '../../domain/day/dayStats.ts';
import { isUnknown, type Measure, MEASURES } from '../../domain/reading/measures.ts';

/** A measure whose mean is another one than in the days before. */
export interface MeanChange {
  readonly pump: string;
  readonly measure: Measure;
  readonly before: number;
  readonly now: number;
  /** The change as a part of what lay between minimum and maximum of the days before. */
  readonly share: number;
}

/** A mean that moved by less than that part of its usual span is as it was. */
const LEAST_SHARE = 0.15;

/** Statistics of several days as one; null of none. `day` is the first's. */
export function together(days: readonly DayStats[]): DayStats | null {
  if (days.length === 0) return null;
  const measures = MEASURES.map((_, column) => {
    const known = days.map(({ measures }) => measures[column]).filter((each) => each !== undefined && each.count > 0);
    const count = known.reduce((sum, each) => sum + each.count, 0);
    if (count === 0) return { count: 0, min: NaN, max: NaN, avg: NaN };
    return {
      count,
      min: Math.min(...known.map(({ min }) => min)),
      max: Math.max(...known.map(({ max }) => max)),
      avg: known.reduce((sum, each) => sum + each.avg * each.count, 0) / count,
    };
  });
  return { pump: days[0].pump, day: days[0].day, count: days.reduce((sum, { count }) => sum + count, 0), measures };
}

/** The measures of a pump whose means have moved, the farthest first. */
export function meanChanges(now: DayStats | null, before: DayStats | null): MeanChange[] {
  if (!now || !before) return [];
  return MEASURES.flatMap((measure, column) => {
    const [is, was] = [now.measures[column], before.measures[column]];
    if (!is || !was || isUnknown(is.avg) || isUnknown(was.avg)) return [];
    const share = Math.abs(is.avg - was.avg) / (was.max - was.min || Math.abs(was.avg) || 1);
    return share < LEAST_SHARE ? [] : [{ pump: now.pump, measure, before: was.avg, now: is.avg, share }];
  }).sort((a, b) => b.share - a.share);
}
