import type { Condition } from './alarmRule.ts';
import { dropBefore, type Point, pushExtreme } from './extremes.ts';

/** What has to be known of the past to tell whether values are stuck. Plain data. */
export interface StuckState {
  highest: Point[];
  lowest: Point[];
  /** The last reading that the newest ones differ from; null while there is none. */
  differed: number | null;
  /** The first reading of all, and the last one; null before. */
  first: number | null;
  last: number | null;
  /** The times of the last three readings. */
  lastThree: number[];
  /** Spans of time of which nothing is known. */
  gaps: Point[];
}

/** Before the first reading. */
export function notStuck(): StuckState {
  return { highest: [], lowest: [], differed: null, first: null, last: null, lastThree: [], gaps: [] };
}

/** How much of the time has to be known. */
const KNOWN_SHARE = 0.9;

/**
 * Whether the readings of the last `forMs` differ by no more than the tolerance: at least three of them, and what they say
 * is known for nine tenths of that time.
 */
export function isStuckAt(
  { forMs, tolerance }: Condition & { kind: 'stuck' },
  state: StuckState,
  { point, holdMs }: { readonly point: Point; readonly holdMs: number },
): boolean {
  const [time] = point;
  const start = time - forMs;
  state.first ??= time;
  if (state.last !== null && time - state.last > holdMs) state.gaps.push([state.last + holdMs, time]);
  state.last = time;
  state.lastThree = [...state.lastThree, time].slice(-3);
  state.gaps = state.gaps.filter(([, end]) => end > start);
  const { highest, lowest } = state;
  for (const window of [highest, lowest]) dropBefore(window, start);
  pushExtreme(highest, 1, point);
  pushExtreme(lowest, -1, point);
  while (highest[0][1] - lowest[0][1] > tolerance) {
    const oldest = highest[0][0] <= lowest[0][0] ? highest : lowest;
    state.differed = Math.max(state.differed ?? -Infinity, oldest.shift()![0]);
  }
  if ((state.differed ?? -Infinity) >= start || state.lastThree.length < 3 || state.lastThree[0] < start) return false;
  const unknown = state.gaps.reduce((sum, [from, to]) => sum + to - Math.max(from, start), Math.max(0, state.first - start));
  return forMs - unknown >= KNOWN_SHARE * forMs;
}
