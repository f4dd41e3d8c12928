import { logUpTo, newLog } from './flood.ts';
import type { Due } from './due.ts';
import { type Case, type ChannelLog, endsThread, type Item, type Notice, type Told } from './told.ts';

/** Remembers what is told while messages are made of it. */
export class Outgoing {
  /** By channel. */
  readonly logs: Map<string, ChannelLog>;
  readonly #now: number;
  readonly #changed: Set<Case>;
  /** How many threads there are. */
  threads: number;

  constructor({ channels, threads }: Told, now: number, changed: Set<Case>) {
    this.logs = new Map([...channels].map(([name, log]) => [name, logUpTo(log, now)]));
    this.threads = threads;
    this.#now = now;
    this.#changed = changed;
  }

  /** What a channel was told lately; to be changed in place. */
  logOf(channel: string): ChannelLog {
    const log = this.logs.get(channel) ?? newLog();
    this.logs.set(channel, log);
    return log;
  }

  /** A message of what is due; from here on it counts as told. */
  notice(channel: string, kind: Notice['kind'], due: readonly Due[]): Notice {
    return { channel, kind, items: due.map((one) => this.#item(one)) };
  }

  #item({ case: case_, channel, saying, alarm, why, isGrouped }: Due): Item {
    this.#changed.add(case_);
    const before = saying === 'raised' || saying === 'found' ? undefined : case_.told[channel];
    const to = before ?? { thread: ++this.threads, messages: 0, priority: alarm.priority, at: 0, reminders: 0, wasQuiet: false, isGrouped };
    to.messages++;
    to.at = this.#now;
    to.wasQuiet = false;
    if (saying === 'reminder') to.reminders++;
    if (saying === 'worse') to.priority = alarm.priority;
    if (endsThread(saying)) delete case_.told[channel];
    else case_.told[channel] = to;
    const flapping = case_.isFlapping && saying === 'raised' ? case_.raises.length : undefined;
    return { saying, alarm, thread: to.thread, message: to.messages, why, flapping };
  }
}
