import { createHash } from 'node:crypto';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { alarmKey, type AlarmNow, isOver } from '../../domain/notify/alarmNow.ts';
import { isPast } from '../../domain/notify/late.ts';
import { decide, type Decision } from '../../domain/notify/decide.ts';
import type { Facts } from '../../domain/notify/facts.ts';
import { comparePriorities } from '../../domain/alarm/rule.ts';
import type { Message } from '../../domain/notify/message.ts';
import type { Now } from '../../domain/notify/routes.ts';
import type { DailyReport } from '../../domain/notify/report.ts';
import { alarmPath, textOf } from '../../domain/notify/text.ts';
import type { Notice, Told } from '../../domain/notify/told.ts';
import type { KeptOutbox } from '../../storage/outbox/keptOutbox.ts';
import { Outbox, OUTBOX_FIX } from '../../storage/outbox/outbox.ts';
import type { Channel } from './channels/channel.ts';
import { openChannels } from './channels/openChannels.ts';
import { nextStep } from './nextStep.ts';
import type { NotifyConfig } from '../config/notifyTypes.ts';
import { reportMessages } from './reportMessages.ts';
import { takeRetries } from './retries.ts';
import { type ChannelStatus, guarded, Sender } from './sender.ts';
import { SystemAlarms, type Trouble } from './systemAlarms.ts';

export interface NotifierOptions {
  readonly config: NotifyConfig;
  readonly dataDir: string;
  /** In place of the one of the data directory, which is for whoever has the machine. */
  readonly outbox?: KeptOutbox | undefined;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** The site's wall time at an instant. */
  readonly wallAt: (instant: number) => number;
  /** What messages say beside the alarm. */
  readonly facts: Omit<Facts, 'active' | 'next' | 'page'>;
  /** What is wrong with the site itself, beside the channels. */
  readonly troubles: () => readonly Trouble[];
  readonly onLog: (event: LogEvent) => void;
}

/** How telling goes. */
export interface NotifyStatus {
  readonly channels: readonly ChannelStatus[];
  /** Alarms of the site itself that go on. */
  readonly system: readonly { readonly id: string; readonly text: string; readonly since: string }[];
}

/** How often the site itself is looked at, ms. */
const WATCH_MS = 1000;
/** A clock that is set is noticed within that, ms. */
const LONGEST_WAIT_MS = 2000;

/**
 * Tells people and programs of alarms, on the main thread, beside the receivers. Whenever an alarm changes or time has come, what
 * is so is compared with what was told; what is due goes to the outbox, is durable there, and then the senders take it.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #outbox: KeptOutbox;
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #senders: ReadonlyMap<string, Sender>;
  readonly #system: SystemAlarms;
  /** Alarms of pumps, by pump, rule and beginning. */
  #alarms = new Map<string, AlarmNow>();
  readonly #reports: { readonly report: DailyReport; readonly channels: readonly string[] }[] = [];
  /** What `setAll` was given last, as long as it holds. */
  #listed: readonly AlarmNow[] | undefined;
  #isComplete = false;
  #durable: number;
  #looking: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;

  private constructor(options: NotifierOptions, outbox: KeptOutbox, channels: ReadonlyMap<string, Channel>) {
    this.#options = options;
    this.#outbox = outbox;
    this.#durable = outbox.state.number;
    this.#channels = channels;
    const { now, onLog } = options;
    this.#senders = new Map([...this.#channels].map(([name, channel]) => [name, new Sender({
      channel: guarded(channel), outbox, now, onLog, durable: () => this.#durable,
    })]));
    this.#system = new SystemAlarms(outbox.state.told.cases.values(), options.wallAt, now());
  }

  /** Opens the outbox of the data directory, unless another is given. */
  static async open(options: NotifierOptions): Promise<Notifier> {
    const outbox = options.outbox ?? await Outbox.open(options.dataDir, options.onLog);
    return new Notifier(options, outbox, await openChannels(options.config, outbox.state.site));
  }

  /** Sends what an earlier run left, and looks after the site itself from now on. */
  start(): void {
    this.#dropUnknown();
    this.#watchSite();
    this.#watch = setInterval(() => this.#watchSite(), WATCH_MS);
    this.#watch.unref();
    for (const sender of this.#senders.values()) sender.wake();
    this.#look();
  }

  /**
   * All alarms that go on, and what has become of those that were told before: from now on it is known which are over. The same
   * objects as the last time, with no `change` since, are no news.
   */
  setAll(alarms: readonly AlarmNow[]): void {
    const isNews = this.#listed?.length !== alarms.length || this.#listed.some((alarm, i) => alarm !== alarms[i]);
    if (!isNews) return;
    this.#listed = alarms;
    this.#alarms = new Map(alarms.map((alarm) => [idOf(alarm), alarm]));
    this.#isComplete = true;
    this.#look();
  }

  /** Alarms that have begun, changed or ended; `gone` are those that never were, by what `idOf` says. */
  change(alarms: readonly AlarmNow[], gone: readonly AlarmNow[] = []): void {
    this.#listed = undefined;
    for (const alarm of gone) this.#alarms.delete(idOf(alarm));
    for (const alarm of alarms) this.#alarms.set(idOf(alarm), alarm);
    this.#look();
  }

  /**
   * Sends the report of a day to channels, once: its id follows from day and channel, so that a second call after a restart says
   * nothing as long as that is remembered.
   */
  report(report: DailyReport, channels: readonly string[]): void {
    this.#reports.push({ report, channels });
    this.#look();
  }

  /** Cases that somebody was told of and whose end was not told yet: what has become of them has to be in `setAll`. */
  openCases(): readonly { readonly pump: string; readonly rule: string; readonly from: string }[] {
    return [...this.#outbox.state.told.cases.values()].filter(({ alarm }) => !alarm.system).map(({ alarm: { pump, rule, from } }) =>
      ({ pump, rule, from }));
  }

  status(): NotifyStatus {
    return {
      channels: [...this.#senders.values()].map((sender) => sender.status()),
      system: this.#system.active().map(({ rule, from, system }) => ({ id: rule.replace(/^system:/, ''), text: system!.text, since: from })),
    };
  }

  /** Ends what is under way within moments; what was not sent is sent by the next run. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    await this.#looking;
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
    await this.#outbox.close();
  }

  /** Messages for channels that are configured no more have nowhere to go. */
  #dropUnknown(): void {
    const { now, onLog } = this.#options;
    for (const { number, channel, summary } of this.#outbox.state.waiting.values()) {
      if (this.#channels.has(channel)) continue;
      this.#outbox.note({ kind: 'ended', number, at: now(), result: 'failed', problem: `there is no channel ${channel} any more` });
      onLog({ level: 'warn', message: `message ${number} (${summary}) was given up: there is no notify.channels.${channel} any more` });
    }
  }

  #watchSite(): void {
    const { troubles, now, dataDir, outbox, onLog } = this.#options;
    if (outbox) return; // who has the machine looks after it, and after all channels
    const stuck = channelTroubles([...this.#senders.values()].map((sender) => sender.status()));
    if (this.#system.see([...troubles(), ...stuck, ...outboxTroubles(this.#outbox)], now())) this.#look();
    for (const number of takeRetries(dataDir, onLog)) {
      const channel = this.#outbox.state.dead.get(number)?.channel;
      if (channel === undefined) continue;
      this.#outbox.note({ kind: 'again', number });
      this.#senders.get(channel)?.wake();
    }
  }

  /** Looks now, or once more when it is looking just now. */
  #look(): void {
    this.#again = true;
    if (this.#looking || this.#stopped) return;
    this.#looking = this.#lookWhileAsked().finally(() => {
      this.#looking = undefined;
      if (this.#again && !this.#stopped) this.#look();
    });
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        this.#listed = undefined; // the same is looked at again
        if (isOthers(error)) return;
        this.#options.onLog({ level: 'error', message: `who is to be told of alarms can't be decided: ${messageOf(error)}` });
        return;
      }
    }
  }

  async #lookOnce(): Promise<void> {
    const { config: { routes }, now, wallAt } = this.#options;
    const utc = now();
    const time: Now = { utc, wall: wallAt(utc) };
    await this.#sendReports(time);
    const seen = [...this.#system.all(), ...this.#alarms.values()];
    const { told, ...decision } = decide({
      told: this.#outbox.state.told, alarms: seen, isComplete: this.#isComplete, routes, channels: this.#channels, now: time,
    });
    const messages = await this.#messagesOf(decision.notices, told, time);
    if (messages.length > 0 || decision.changed.length > 0 || decision.gone.length > 0) await this.#remember(decision, told, messages);
    this.#outbox.state.told = told;
    this.#forget(seen, told);
    this.#lookLater(decision.wakeAt, utc);
    for (const channel of new Set(messages.map((message) => message.channel))) this.#senders.get(channel)?.wake();
  }

  async #sendReports({ utc, wall }: Now): Promise<void> {
    const { facts: { site, timezone }, config: { page } } = this.#options;
    for (let next = this.#reports.shift(); next; next = this.#reports.shift()) {
      const { state } = this.#outbox;
      const channels = next.channels.flatMap((name) => this.#channels.get(name) ?? []);
      const messages = await reportMessages(next.report, { at: utc, wall, site, timezone, page, state, channels });
      if (messages.length > 0) await this.#remember({ changed: [], gone: [] }, state.told, messages);
      for (const { channel } of messages) this.#senders.get(channel)?.wake();
    }
  }

  async #remember({ changed, gone }: Pick<Decision, 'changed' | 'gone'>, told: Told, messages: readonly Message[]): Promise<void> {
    await this.#outbox.add({
      kind: 'told', threads: told.threads, cases: changed, gone, channels: [...told.channels], messages,
    });
    this.#durable = this.#outbox.state.number;
  }

  /** Alarms that have ended, once all was told of them. */
  #forget(seen: readonly AlarmNow[], told: Told): void {
    this.#system.forgetEnded(seen);
    for (const [id, alarm] of this.#alarms) {
      if (!isOver(alarm) || !seen.includes(alarm) || isPast(alarm)) continue; // what was found late is told as long as it is listed
      if (told.cases.get(alarmKey(alarm))?.over !== null) this.#alarms.delete(id);
    }
  }

  #lookLater(at: number | undefined, now: number): void {
    clearTimeout(this.#timer);
    if (at === undefined) return;
    if (at <= now) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => this.#look(), Math.min(at - now, LONGEST_WAIT_MS));
    this.#timer.unref();
  }

  async #messagesOf(notices: readonly Notice[], told: Told, time: Now): Promise<Message[]> {
    const { config: { routes, page }, facts } = this.#options;
    const { site, number } = this.#outbox.state;
    const active = [...this.#alarms.values()].filter((alarm) => !isOver(alarm));
    const all: Facts = { ...facts, page, active: () => active, next: (alarm) => nextStep(alarm, { routes, told, time }) };
    const messages: Message[] = [];
    for (const notice of notices) {
      const own = number + messages.length + 1;
      const id = `msg_${createHash('sha256').update(`${site} ${own}`).digest('hex').slice(0, 24)}`;
      messages.push(await messageFrom(notice, { id, number: own, time, facts: all, channel: this.#channels.get(notice.channel)! }));
    }
    return messages;
  }
}

/** What tells an alarm from all others: pump, rule and beginning. */
function idOf({ pump, rule, from }: AlarmNow): string {
  return `${pump}\n${rule}\n${from}`;
}

interface Making {
  readonly id: string;
  readonly number: number;
  readonly time: Now;
  readonly facts: Facts;
  readonly channel: Channel;
}

async function messageFrom(notice: Notice, { id, number, time, facts, channel }: Making): Promise<Message> {
  const { kind, items } = notice;
  const text = textOf(notice, facts, time.wall);
  const path = items.length > 1 || items[0].alarm.system ? '/' : alarmPath(items[0].alarm);
  const content = await channel.render({
    id, notice, text, facts, url: facts.page === undefined ? null : `${facts.page}${path}`, timestamp: new Date(time.utc).toISOString(),
  });
  const priority = items.map(({ alarm }) => alarm.priority).sort(comparePriorities)[0];
  return {
    number, id, channel: channel.name, kind, priority, summary: text.summary, keys: items.map(({ alarm }) => alarmKey(alarm)), at: time.utc,
    content, attempts: 0, notBefore: 0, problem: null,
  };
}

/** What is wrong with channels that are stuck. */
export function channelTroubles(channels: readonly ChannelStatus[]): Trouble[] {
  return channels.filter(({ isStuck }) => isStuck).map(troubleOf);
}

function troubleOf({ name, waiting, failed, problem }: ChannelStatus): Trouble {
  const what = waiting > 0 ? `${waiting} message${waiting === 1 ? '' : 's'} can't be delivered` : `${Math.max(failed, 1)} could not be delivered`;
  return {
    id: `channel-${name}`, priority: 'high', channel: name, isSure: waiting === 0, // what waits may go out a moment later
    text: `channel ${name}: ${what}${problem === null ? '' : `: ${problem}`}`,
    fix: `Tell those who are told by ${name} in another way; then see "wellwatch notify list --failed" and "wellwatch doctor"`,
  };
}

/** The outbox has been taken over by another worker, or is being closed: who has it next decides anew. */
function isOthers(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'FENCED' || error.code === 'STORE_UNAVAILABLE');
}

function outboxTroubles({ problem }: KeptOutbox): Trouble[] {
  return problem === undefined ? [] : [{ id: 'outbox', priority: 'high', text: problem, fix: `Messages go out all the same; ${OUTBOX_FIX}` }];
}
