import type { Due } from './due.ts';
import { type ChannelLog, saysOver } from './told.ts';

/** More alarms than this that began, or ended, within this time are told together … */
const MOST = 10;
const WITHIN_MS = 600_000;
/** … until there are fewer than this; with an update each five minutes, or half a minute when one of high priority began. */
const FEW = 5;
const UPDATE_MS = 300_000;
const HIGH_UPDATE_MS = 30_000;

/** How what is due goes out: one by one, all in one message, or later, at a time in ms since 1970-01-01T00:00Z. */
export type Gate = 'each' | 'together' | { readonly later: number };

/** What a channel that was told nothing lately is told like. */
export function newLog(): ChannelLog {
  return { raises: [], ends: [], flood: null };
}

/** A copy of a log, in which what a clock wrote that was ahead counts as of now. */
export function logUpTo({ raises, ends, flood }: ChannelLog, now: number): ChannelLog {
  const past = (at: number) => Math.min(at, now);
  return { raises: raises.map(past), ends: ends.map(past), flood: flood && { since: past(flood.since), at: past(flood.at) } };
}

/** Decides it for a channel, and says in its log what is told now. Reminders wait for the end of a flood. */
export function gate(log: ChannelLog, due: readonly Due[], now: number): Gate {
  log.raises = log.raises.filter((at) => at > now - WITHIN_MS);
  log.ends = log.ends.filter((at) => at > now - WITHIN_MS);
  const begun = due.filter(({ saying }) => saying === 'raised').length;
  const ended = due.filter(({ saying }) => saysOver(saying)).length;
  const most = Math.max(log.raises.length + begun, log.ends.length + ended);
  if (log.flood && most < FEW) log.flood = null;
  if (!log.flood && most > MOST) log.flood = { since: now, at: -Infinity };
  if (log.flood) {
    if (due.every(({ saying }) => saying === 'reminder')) return { later: log.flood.at + UPDATE_MS };
    const isHigh = due.some(({ saying, alarm }) => (saying === 'raised' || saying === 'worse') && alarm.priority === 'high');
    const at = log.flood.at + (isHigh ? HIGH_UPDATE_MS : UPDATE_MS);
    if (now < at) return { later: at };
    log.flood = { ...log.flood, at: now };
  }
  const times = (count: number) => Array.from({ length: Math.min(count, MOST + 1) }, () => now);
  log.raises = [...log.raises, ...times(begun)].slice(-MOST - 1);
  log.ends = [...log.ends, ...times(ended)].slice(-MOST - 1);
  return log.flood ? 'together' : 'each';
}
