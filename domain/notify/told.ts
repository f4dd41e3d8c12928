import type { Priority } from '../alarm/rule.ts';
import type { AlarmNow } from './alarmNow.ts';

/** What has been said so far: all that the next decision needs of the past. Kept on disk with the messages. */
export interface Told {
  /** By `alarmKey`. */
  readonly cases: ReadonlyMap<string, Case>;
  /** By channel. */
  readonly channels: ReadonlyMap<string, ChannelLog>;
  /** How many threads there have been: each has a number of its own. */
  readonly threads: number;
}

/** Nobody was told anything. */
export const NOTHING_TOLD: Told = { cases: new Map(), channels: new Map(), threads: 0 };

/** One pump and rule that somebody has been told of, or may have to be. */
export interface Case {
  readonly key: string;
  /** As it was last seen. */
  alarm: AlarmNow;
  /** The last moment at which it was known to be so, as a wall time. */
  upTo: string;
  /** How it ended; null while it goes on. */
  over: 'cleared' | 'withdrawn' | null;
  /** When it was first seen to need somebody; ms since 1970-01-01T00:00Z, as all times below. Undefined: not yet. */
  since: number | undefined;
  /** When the first step of each route was told, by the route's key. */
  routes: Record<string, number>;
  /** Who was told that it is so and not yet that it is over, by channel. */
  told: Record<string, ToldTo>;
  /** When it last began or ended. */
  changedAt: number;
  /** When its last few alarms began. */
  raises: number[];
  isFlapping: boolean;
  /** It is about one alarm that was found late, and has its beginning in its key. */
  readonly isLate?: true;
}

/** What one channel was told of one case. */
export interface ToldTo {
  /** Messages of one alarm to one channel are a thread. */
  readonly thread: number;
  /** How many messages it has. */
  messages: number;
  /** The highest that was told. */
  priority: Priority;
  /** When the last message was made. */
  at: number;
  reminders: number;
  /** Somebody had it or had set it aside since then. */
  wasQuiet: boolean;
  /** It was told together with others of its rule. */
  isGrouped: boolean;
}

/** What one channel was told lately. */
export interface ChannelLog {
  /** When alarms were told that began, or that ended: the last few. */
  raises: number[];
  ends: number[];
  /** There is too much to tell one by one: since when, and when it was last told. */
  flood: { readonly since: number; readonly at: number } | null;
}

/** What is said of an alarm. */
export type Saying =
  | 'raised' | 'worse' | 'reminder' | 'cleared' | 'withdrawn'
  /** It was over before anybody could know of it. */
  | 'found';

/** Whether it ends a thread that "raised" began. */
export function endsThread(saying: Saying): boolean {
  return saying === 'cleared' || saying === 'withdrawn';
}

/** Whether it is about something that does not go on. */
export function saysOver(saying: Saying): boolean {
  return endsThread(saying) || saying === 'found';
}

/** Something that one channel is to be told of one alarm. */
export interface Item {
  readonly saying: Saying;
  readonly alarm: AlarmNow;
  readonly thread: number;
  /** The number of the message in its thread, from 1 on. */
  readonly message: number;
  /** Why it is said again, or why it is over, as a sentence; undefined where there is nothing to add. */
  readonly why: string | undefined;
  /** How many alarms of this pump and rule began in the last while, when it comes and goes. */
  readonly flapping: number | undefined;
}

/** A message that is due. */
export interface Notice {
  readonly channel: string;
  readonly kind: Saying | 'flood';
  readonly items: readonly Item[];
}
