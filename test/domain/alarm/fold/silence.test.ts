import { describe, expect, test } from 'vitest';
import { heardOf, isSiteSilent, silenceNow } from '../../../../domain/alarm/fold/silence.ts';

const MINUTE = 60_000;
const afterMs = 10 * MINUTE;
const row = (time: number, receivedAt = time) => ({ time, receivedAt, receivedTime: receivedAt });

describe('silence', () => {
  test('goes by the receipt of fresh rows: those of last week end none, and one from next year hides none', () => {
    const heard = heardOf(undefined, row(0), afterMs);
    const backfilled = heardOf(heard, row(-7 * 1440 * MINUTE, 20 * MINUTE), afterMs);
    expect(silenceNow(backfilled, { now: 20 * MINUTE, startedAt: -1e9, afterMs })).toBe('silent');
    const ahead = heardOf(heard, row(365 * 1440 * MINUTE, MINUTE), afterMs);
    expect(silenceNow(ahead, { now: 12 * MINUTE, startedAt: -1e9, afterMs })).toBe('silent');
    expect(silenceNow(heardOf(ahead, row(11 * MINUTE), afterMs), { now: 12 * MINUTE, startedAt: -1e9, afterMs })).toBe('heard');
  });

  test('of a pump that never spoke is told once rows had the time to come', () => {
    expect(silenceNow(undefined, { now: 10 * MINUTE, startedAt: 0, afterMs })).toBe('unsaid');
    expect(silenceNow(undefined, { now: 10 * MINUTE + 1, startedAt: 0, afterMs })).toBe('silent');
  });

  test('of all pumps is the silence of the site', () => {
    expect(isSiteSilent(new Map([['A', 'silent'], ['B', 'silent']]))).toBe(true);
    expect(isSiteSilent(new Map([['A', 'silent'], ['B', 'unsaid']]))).toBe(false);
    expect(isSiteSilent(new Map([['A', 'silent']]))).toBe(false);
  });
});
