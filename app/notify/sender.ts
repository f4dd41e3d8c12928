import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Message } from '../../domain/notify/message.ts';
import type { KeptOutbox } from '../../storage/outbox/keptOutbox.ts';
import type { Attempt, Channel } from './channels/channel.ts';

export interface SenderOptions {
  readonly channel: Channel;
  readonly outbox: KeptOutbox;
  /** Messages up to this number are durable: the others must not go out yet. */
  readonly durable: () => number;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  readonly onLog: (event: LogEvent) => void;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

/** Waits between attempts: from a second, twice as long each time, up to five minutes; a minute for a place where nobody answers. */
const FIRST_MS = 1000;
const LONGEST_MS = 300_000;
const LONGEST_AWAY_MS = 60_000;
/** What nobody takes is given up after three days; what is refused, when nobody has mended that within ten minutes. */
const GIVE_UP_MS = 3 * 86_400_000;
const REFUSED_MS = 600_000;
/** Of one channel no more wait; then the oldest are given up. */
const MOST_WAITING = 2000;
/** A message that lingers is a reason for others to be told. */
const STUCK_MS = 300_000;
const STUCK_ATTEMPTS = 3;

/** How a channel does. */
export interface ChannelStatus {
  readonly name: string;
  readonly waiting: number;
  /** When the oldest of these was made; null when none waits. */
  readonly oldestAt: number | null;
  readonly lastSentAt: number | null;
  readonly failed: number;
  readonly sent: number;
  /** How long messages took from when they were made until they were taken, since the start: together, and at most; ms. */
  readonly waitedMs: number;
  readonly longestWaitMs: number;
  /** Given up, and kept. */
  readonly dead: number;
  /** Why the last attempt failed; null when it did not. */
  readonly problem: string | null;
  /** Messages linger, or were given up: somebody has to hear of it by another way. */
  readonly isStuck: boolean;
}

/**
 * Sends what waits for one channel, one message after the other, those of one pump and rule in order. A message that is not
 * taken holds up only what is of the same pump and rule; a channel where nobody answers holds up no other channel.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #pausedUntil = 0;
  #wokeAt = -Infinity;
  #awayAttempts = 0;
  #lastSentAt: number | null = null;
  #counts = { sent: 0, failed: 0, waitedMs: 0, longestWaitMs: 0 };
  #problem: string | null = null;
  /** The last message that came to an end was given up. */
  #gaveUp = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    const last = options.outbox.state.history.filter(({ channel }) => channel === options.channel.name).at(-1);
    this.#gaveUp = last?.result === 'failed';
    this.#tryNow(); // a start is a reason to try again
  }

  /** Sends what is due, if nothing is under way. */
  wake(): void {
    if (this.#sending || this.#stop.signal.aborted) return;
    this.#giveUpOldest();
    const now = this.#options.now();
    if (now < this.#wokeAt) this.#tryNow(); // the clock was set back: it may be hours until it says again what was waited for
    this.#wokeAt = now;
    const due = this.#next();
    if (!due) return;
    const wait = Math.max(due.at, this.#pausedUntil) - now;
    clearTimeout(this.#timer);
    if (wait > 0) {
      this.#timer = setTimeout(() => this.wake(), Math.min(wait, 60_000));
      this.#timer.unref();
      return;
    }
    this.#sending = this.#send(due.message).finally(() => {
      this.#sending = undefined;
      this.wake();
    });
  }

  status(): ChannelStatus {
    const waiting = this.#waiting();
    const now = this.#options.now();
    const lingers = waiting.some(({ at, attempts }) => at < now - STUCK_MS || attempts >= STUCK_ATTEMPTS);
    return {
      name: this.#options.channel.name,
      waiting: waiting.length,
      oldestAt: waiting[0]?.at ?? null,
      lastSentAt: this.#lastSentAt,
      ...this.#counts,
      dead: [...this.#options.outbox.state.dead.values()].filter(({ channel }) => channel === this.#options.channel.name).length,
      problem: this.#problem,
      isStuck: lingers || this.#gaveUp,
    };
  }

  /** Ends what is under way: it is sent again by the next run. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#sending;
    await this.#options.channel.close();
  }

  #tryNow(): void {
    for (const message of this.#waiting()) message.notBefore = 0;
    this.#pausedUntil = 0;
  }

  #waiting(): Message[] {
    const { outbox, channel } = this.#options;
    return [...outbox.state.waiting.values()].filter((message) => message.channel === channel.name);
  }

  /** The message to send next, and from when on. Whatever has an older one of the same pump and rule before it has to wait for that. */
  #next(): { readonly message: Message; readonly at: number } | undefined {
    const durable = this.#options.durable();
    const before = new Set<string>();
    let next: { message: Message; at: number } | undefined;
    for (const message of this.#waiting()) {
      if (message.number > durable) break;
      const isFree = !message.keys.some((key) => before.has(key));
      for (const key of message.keys) before.add(key);
      if (!isFree || (next && message.notBefore >= next.at)) continue;
      next = { message, at: message.notBefore };
      if (next.at <= this.#options.now()) break;
    }
    return next;
  }

  async #send(message: Message): Promise<void> {
    const { channel, outbox, now } = this.#options;
    const attempt = await channel.send(message, this.#stop.signal);
    if (this.#stop.signal.aborted && !attempt.isTaken) return;
    if (attempt.isTaken) {
      outbox.note({ kind: 'ended', number: message.number, at: now(), result: 'sent', problem: attempt.warning ?? null });
      this.#taken(message, attempt.warning);
    } else this.#failed(message, attempt);
  }

  #taken({ at }: Message, warning: string | undefined): void {
    const { channel, now, onLog } = this.#options;
    if (this.#problem !== null) onLog({ level: 'info', message: `notify.channels.${channel.name}: messages are taken again` });
    if (warning !== undefined) onLog({ level: 'error', message: `notify.channels.${channel.name}: ${warning}; others have the message` });
    this.#lastSentAt = now();
    const waited = Math.max(0, now() - at);
    this.#counts.sent++;
    this.#counts.waitedMs += waited;
    this.#counts.longestWaitMs = Math.max(this.#counts.longestWaitMs, waited);
    this.#problem = null;
    this.#gaveUp = false;
    this.#awayAttempts = 0;
    this.#pausedUntil = now() + channel.gapMs;
  }

  #failed(message: Message, { problem, again, isAway, waitMs }: Extract<Attempt, { isTaken: false }>): void {
    const { channel, outbox, now, onLog } = this.#options;
    const { name } = channel;
    if (this.#problem === null)
      onLog({ level: 'warn', message: `notify.channels.${name}: ${problem}. The message waits in the outbox, and is tried again` });
    this.#problem = problem;
    const attempts = message.attempts + 1;
    const age = now() - message.at;
    if (again === 'never' || age > GIVE_UP_MS || (again === 'for a while' && age > REFUSED_MS && attempts > STUCK_ATTEMPTS))
      return this.#giveUp(message, problem);
    const wait = waitMs ?? this.#backoff(attempts, LONGEST_MS);
    outbox.note({ kind: 'tried', number: message.number, attempts, problem, notBefore: isAway ? now() : now() + wait });
    if (isAway) this.#pausedUntil = now() + (waitMs ?? this.#backoff(++this.#awayAttempts, LONGEST_AWAY_MS));
  }

  #giveUp({ number, summary }: Message, problem: string): void {
    const { channel: { name }, outbox, now, onLog } = this.#options;
    this.#gaveUp = true;
    this.#counts.failed++;
    outbox.note({ kind: 'ended', number, at: now(), result: 'failed', problem });
    onLog({ level: 'error', message: `notify.channels.${name}: message ${number} (${summary}) was given up: ${problem}. When that is mended, ` +
      `send it with: wellwatch notify retry ${number}` });
  }

  /** What waits is bounded, whatever happens. */
  #giveUpOldest(): void {
    const waiting = this.#waiting();
    for (const message of waiting.slice(0, Math.max(0, waiting.length - MOST_WAITING)))
      this.#giveUp(message, `more than ${MOST_WAITING} messages waited`);
  }

  /** Between half and all of it by chance: many sites must not come back at once. */
  #backoff(attempts: number, longest: number): number {
    return Math.min(longest, FIRST_MS * 2 ** Math.min(attempts - 1, 20)) * (0.5 + (this.#options.random ?? Math.random)() / 2);
  }
}

/** Whatever a channel throws although it should not is a failed attempt. */
export function guarded(channel: Channel): Channel {
  return {
    name: channel.name, merges: channel.merges, gapMs: channel.gapMs,
    render: (rendering) => channel.render(rendering),
    renderReport: (rendering) => channel.renderReport(rendering),
    close: () => channel.close(),
    send: (message, signal) => channel.send(message, signal).catch((error: unknown) =>
      ({ isTaken: false, problem: messageOf(error), again: 'for a while', isAway: false })),
  };
}

/** How a channel does that several outboxes have. */
export function channelsTogether(one: ChannelStatus, other: ChannelStatus): ChannelStatus {
  const least = (a: number | null, b: number | null) => (a === null || b === null ? a ?? b : Math.min(a, b));
  const most = (a: number | null, b: number | null) => (a === null || b === null ? a ?? b : Math.max(a, b));
  return {
    name: one.name,
    waiting: one.waiting + other.waiting, failed: one.failed + other.failed, sent: one.sent + other.sent, dead: one.dead + other.dead,
    waitedMs: one.waitedMs + other.waitedMs, longestWaitMs: Math.max(one.longestWaitMs, other.longestWaitMs),
    oldestAt: least(one.oldestAt, other.oldestAt), lastSentAt: most(one.lastSentAt, other.lastSentAt),
    problem: one.problem ?? other.problem, isStuck: one.isStuck || other.isStuck,
  };
}
