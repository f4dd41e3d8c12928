import type { PumpColumns } from './columns.ts';

/*
 * Whether a pump is silent now. The last stored reading alone can't tell: rows of last week that come today are no life, and
 * a row whose time is next year must not hide that the pump is dead. So it goes by when fresh rows came: those that were the
 * newest of their pump, or that came about when they were taken.
 */

/** The fresh reading that came last. */
export interface Heard {
  /** When it came: ms since 1970-01-01T00:00Z. */
  readonly at: number;
  /** Its wall time. */
  readonly time: number;
}

/** Of readings that came within `withinMs` of their own time the one that came last; undefined when there is none. */
export function timelyIn(
  { length, time, receivedAt }: PumpColumns,
  { wallTimeAt, withinMs }: { readonly wallTimeAt: (instant: number) => number; readonly withinMs: number },
): Heard | undefined {
  let last: Heard | undefined;
  for (let row = 0; row < length; row++) {
    if (last && receivedAt[row] < last.at) continue;
    if (Math.abs(wallTimeAt(receivedAt[row]) - time[row]) <= withinMs) last = { at: receivedAt[row], time: time[row] };
  }
  return last;
}

/** The one of them that came later. */
export function laterHeard(a: Heard | undefined, b: Heard | undefined): Heard | undefined {
  return a && (!b || a.at >= b.at) ? a : b;
}

/** A time in which nothing was heard of a pump, or of the site. Wall times. */
export interface SilentTime {
  /** The last reading before it. */
  readonly from: number;
  /** The moment when it had lasted long enough to be an alarm. */
  readonly raised: number;
  /** The first reading after it; null while it goes on. */
  readonly cleared: number | null;
}

/**
 * The times in which all pumps were silent: one alarm instead of one for each of them. Each pump gives its own times in order,
 * from -Infinity where it had not spoken before; as long as none has ever spoken, so does the site. A single pump is no site.
 */
export function siteSilences(pumps: readonly (readonly SilentTime[])[]): SilentTime[] {
  if (pumps.length < 2) return [];
  return pumps.reduce<readonly SilentTime[]>(common, [{ from: -Infinity, raised: -Infinity, cleared: null }])
    .filter(({ from, cleared }) => from > -Infinity || cleared === null);
}

function common(a: readonly SilentTime[], b: readonly SilentTime[]): SilentTime[] {
  const both: SilentTime[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i], b[j]];
    const end = Math.min(one.cleared ?? Infinity, other.cleared ?? Infinity);
    const [from, raised] = [Math.max(one.from, other.from), Math.max(one.raised, other.raised)];
    if (raised < end) both.push({ from, raised, cleared: end === Infinity ? null : end });
    if ((one.cleared ?? Infinity) <= end) i++;
    else j++;
  }
  return both;
}
