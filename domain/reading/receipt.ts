import { formatDuration } from '../duration.ts';
import { SiteClock } from './siteClock.ts';
import { formatTime } from './wallClock.ts';

/** When rows were received, and up to when their readings may be. */
export interface Receipt {
  /** ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
  /** Without it any time will do. */
  readonly latest?: LatestTime | undefined;
}

/** The latest wall time that a reading may have, and what makes it so. */
export interface LatestTime {
  readonly time: number;
  /** The site's own wall time at receipt. */
  readonly siteTime: number;
  /** `limits.future`, ms. */
  readonly futureMs: number;
}

/** The receipt of rows that came at an instant, ms since 1970-01-01T00:00Z. The same instant always has the same. */
export type ReceiptAt = (receivedAt: number) => Receipt;

/** Receipts without a limit. */
export const anyTime: ReceiptAt = (receivedAt) => ({ receivedAt });

/**
 * Receipts of a site: a reading may be `futureMs` after the site's own wall time at its receipt, Infinity for no limit. A
 * gateway whose clock is wrong must not hide what is so today.
 */
export function receiptsOf(zone: string, futureMs: number): ReceiptAt {
  if (futureMs === Infinity) return anyTime;
  const clock = new SiteClock(zone);
  return (receivedAt) => {
    const siteTime = clock.wallTimeAt(receivedAt);
    return { receivedAt, latest: { time: siteTime + futureMs, siteTime, futureMs } };
  };
}

/** Why a reading of a wall time after the latest is not taken. */
export function futureReason(time: number, { siteTime, futureMs }: LatestTime): string {
  return (
    `expected a time at most ${formatDuration(futureMs)} (limits.future) after the site's own, ` +
    `which was ${formatTime(Math.floor(siteTime / 1000) * 1000)} at receipt, got ${formatTime(time)}`
  );
}
