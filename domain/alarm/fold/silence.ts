/**
 * What was heard of a pump, as rows come. Silence *now* can't be told from stored readings: rows of last week that come
 * today don't end it, and a row whose time is next year must not hide it. So it goes by when fresh rows came.
 */
export interface Heard {
  /** Wall time of the newest reading. */
  readonly newest: number;
  /** When the last fresh row came: ms since 1970-01-01T00:00Z. */
  readonly freshAt: number;
  /** The wall time that the last fresh row had. */
  readonly freshTime: number;
}

/** A row that came. */
export interface Receipt {
  /** Wall time of the reading. */
  readonly time: number;
  /** ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
  /** What the site's clock showed then. */
  readonly receivedTime: number;
}

/** Takes a row in. It is fresh when it is newer than all before, or came within `afterMs` of its own time. */
export function heardOf(before: Heard | undefined, { time, receivedAt, receivedTime }: Receipt, afterMs: number): Heard {
  if (!before) return { newest: time, freshAt: receivedAt, freshTime: time };
  const isFresh = time > before.newest || Math.abs(receivedTime - time) <= afterMs;
  const newest = Math.max(before.newest, time);
  if (!isFresh) return { ...before, newest };
  return { newest, freshAt: Math.max(before.freshAt, receivedAt), freshTime: time };
}

/** Whether a pump is silent. Right after a start nothing is said until rows had the time to come: what was told before stays. */
export type Silence = 'heard' | 'silent' | 'unsaid';

/** Tells it of a pump that is expected, heard of or not. All in ms since 1970-01-01T00:00Z, `startedAt` when rows could come. */
export function silenceNow(
  heard: Heard | undefined,
  { now, startedAt, afterMs }: { readonly now: number; readonly startedAt: number; readonly afterMs: number },
): Silence {
  if (heard && now - heard.freshAt <= afterMs) return 'heard';
  return now - startedAt <= afterMs ? 'unsaid' : 'silent';
}

/** Whether the site is silent as a whole: one alarm instead of one for each of its pumps. */
export function isSiteSilent(pumps: ReadonlyMap<string, Silence>): boolean {
  return pumps.size > 1 && [...pumps.values()].every((silence) => silence === 'silent');
}
