import { createHash } from 'node:crypto';
import type { Alarm } from '../../domain/alarm/fold/alarm.ts';
import type { PumpState } from '../../domain/alarm/fold/pumpFold.ts';
import type { Heard } from '../../domain/alarm/fold/silence.ts';

/** The last reading of a day: its wall time, and when it came. */
export interface LastReading {
  readonly time: number;
  readonly receivedAt: number;
}

/** What is remembered of a day of a pump. */
export interface AlarmDay {
  /** The state of the pump-day that it follows from. */
  readonly changedAt: number;
  /** A digest of the rules that it was judged by. */
  readonly rules: string;
  /** Digests of the state before it and after it. */
  readonly before: string;
  readonly after: string;
  /** The state after it; only of some days. */
  readonly state: PumpState | undefined;
  /** What ended within it, by rule in order of time. */
  readonly ended: readonly Alarm[];
  /** When the first reading of each of its hours came, ms since 1970-01-01T00:00Z, Infinity for one without. */
  readonly firstReceipts: readonly number[];
  /** The last of its readings that came in time, by what `in time` is. */
  readonly timely: ReadonlyMap<number, Heard>;
  /** Undefined for a day all of whose readings were taken back. */
  readonly last: LastReading | undefined;
}

export const HOURS = 24;
const LAYOUT = 1;

/** A day as it is kept. */
export function textOfDay({ firstReceipts, timely, ...day }: AlarmDay): string {
  return JSON.stringify({ layout: LAYOUT, ...day, firstReceipts: firstReceipts.map((at) => (at === Infinity ? null : at)), timely: [...timely] });
}

/** A day that was kept; undefined when a later version wrote it: then it is found again. */
export function dayOfText(text: string): AlarmDay | undefined {
  const { layout, firstReceipts, timely, state, last, ...day } = JSON.parse(text) as
    Omit<AlarmDay, 'firstReceipts' | 'timely'> & { layout: number; firstReceipts: (number | null)[]; timely: [number, Heard][] };
  if (layout !== LAYOUT) return undefined;
  return {
    ...day, state, last,
    ended: day.ended.length === 0 ? NO_ALARMS : day.ended,
    firstReceipts: firstReceipts.map((at) => at ?? Infinity),
    timely: timely.length === 0 ? NOT_HEARD : new Map(timely),
  };
}

/** Most days have none of these. */
export const NO_ALARMS: readonly Alarm[] = [];
export const NOT_HEARD: ReadonlyMap<number, Heard> = new Map();

/** What tells one state from others. */
export function digestOf(state: PumpState): string {
  return digestOfText(JSON.stringify(state));
}

export function digestOfText(text: string): string {
  return createHash('sha1').update(text).digest('base64').slice(0, 16);
}
