import type { Condition } from './alarmRule.ts';
import { dropBefore, type Point, pushExtreme } from './extremes.ts';

/** The readings of the window that may still be its highest or lowest, in order of time. Plain data. */
export type ChangeState = Point[];

/**
 * By how much a value has fallen or risen, at most, against any reading that is at most `withinMs` older; -Infinity when
 * there is none. Comparing two samples a period apart would miss a slow change that is followed by a fast one.
 */
export function changeAt({ direction, withinMs }: Condition & { kind: 'change' }, window: ChangeState, point: Point): number {
  const sign = direction === 'falls' ? 1 : -1;
  dropBefore(window, point[0] - withinMs);
  const change = window.length === 0 ? -Infinity : sign * (window[0][1] - point[1]);
  pushExtreme(window, sign, point);
  return change;
}
