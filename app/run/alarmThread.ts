import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { isStoreUnavailable, messageOf } from '../../domain/errors.ts';
import { alarmKey, type AlarmNow } from '../../domain/notify/alarmNow.ts';
import { type Foreseen, foreseen } from '../../domain/notify/foreseen.ts';
import { SITE } from '../../domain/alarm/rule.ts';
import type { NewRun } from '../../domain/alarm/alertRun.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { ActBook } from '../../query/acts/actBook.ts';
import { alarmJson } from '../../query/acts/alarmJson.ts';
import type { AlarmFacts } from '../../query/alarms/alarmFacts.ts';
import { Turns } from '../../query/turns.ts';
import { watchAsReader } from './readersReference.ts';
import { openUnreadBook } from '../store/actBook.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';
import type { Table } from '../../storage/table/table.ts';
import { openTable } from '../store/openTable.ts';
import { AheadAlarms } from './aheadAlarms.ts';
import { AlarmValues } from './alarmValues.ts';
import { type FollowedAlarms, openFleetAlarms } from './followedAlarms.ts';
import { RecentAlarms } from './recentAlarms.ts';
import { StoredRunNews } from './storedRunNews.ts';
import { stepBack } from './stepBack.ts';
import type { AlarmThreadData, FromAlarms, ToAlarms } from './alarmMessages.ts';

/*
 * The alarms of a running site as they are, for whoever is told of them, in a thread of its own: folding a day holds up neither an
 * acknowledgement nor a step. It reads the table and the log of acts, as the page does.
 */
const port = parentPort!;
const { config, told } = workerData as AlarmThreadData;
const post = (message: FromAlarms) => port.postMessage(message);

const BEHIND_ACKNOWLEDGEMENTS = 5;
const PATIENCE_MS = 2000;
/** Looks follow each other so, in ms; where one takes long, it is a fifth of the time. */
const LOOK_MS = 500;
const COST_SHARE = 4;
/** What has been over for longer is looked at only when somebody waits to hear of its end. */
const RECENT_MS = 2 * 86_400_000;
/** So many alarms are brought together with what people did, before others have their turn. */
const TOGETHER = 50;

class AlarmThread {
  readonly #index: FollowedAlarms;
  readonly #book: ActBook;
  readonly #rules = new Map(config.alarms.rules.map((rule) => [rule.id, rule]));
  readonly #ahead: AheadAlarms;
  readonly #stored: StoredRunNews;
  readonly #recent: RecentAlarms;
  #open = new Set<string>();
  #ready: readonly number[] = [];
  #isKnown = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor({ index, book, table }: { readonly index: FollowedAlarms; readonly book: ActBook; readonly table: Table }) {
    this.#index = index;
    this.#book = book;
    this.#stored = new StoredRunNews(config.rules, () => performance.now());
    const values = new AlarmValues(table, (rule) => this.#rules.get(rule)?.measure ?? null);
    this.#recent = new RecentAlarms(values);
    this.#ahead = new AheadAlarms(book, values);
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, 0);
  }

  /** Pumps and rules that somebody was told of: what became of their alarms has to be told. */
  setOpen(open: readonly string[], ready: readonly number[]): void {
    this.#open = new Set(open);
    this.#ready = ready;
  }

  /** Alerts are known before their readings are in the table: what is an alarm for certain is told at once. */
  foresee(runs: readonly NewRun[]): void {
    this.#stored.watch(runs);
    if (!this.#isKnown || !told) return;
    const now = this.#wallNow();
    const found = runs.flatMap((run) => {
      const rule = this.#rules.get(run.rule);
      const alarm = rule && foreseen(run, rule, { now, lateMs: config.alarms.lateMs });
      return alarm && !this.#isGoingOn(alarm) ? [alarm] : [];
    });
    if (found.length === 0) return;
    void this.#ahead.take(found).then((alarms) => {
      this.#recent.passed(alarms);
      post({ kind: 'changed', alarms, own: this.#index.own?.(alarms.map(({ pump }) => pump), this.#ready) });
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#looking;
    clearTimeout(this.#timer);
    await this.#index.keep('too').catch(() => undefined); // it is found again
  }

  #isGoingOn({ pump, rule }: Foreseen): boolean {
    return this.#ahead.has({ pump, rule }) ||
      this.#index.alarmsOf(pump, { endedFrom: Infinity }).some((one) => one.rule === rule && one.cleared === null);
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    const ready = this.#ready; // what is open in these is looked for from here on
    try {
      await this.#book.log.refresh?.();
      await this.#index.catchUp();
      await this.#index.keep();
      const turns = new Turns({ rests: this.#isKnown });
      this.#isKnown = true;
      const facts = await this.#recentFacts(turns);
      post({ kind: 'stored', stored: this.#stored.changed() });
      const stored = await this.#recent.withValues(await this.#asTold(facts, turns), (pump) => this.#index.lastOf(pump));
      // Last of all: an alarm that was told meanwhile, and is not among these, would be withdrawn.
      const alarms = [...stored, ...this.#ahead.notIn(stored, startedAt)];
      const own = this.#index.own?.(alarms.map(({ pump }) => pump), ready);
      post({ kind: 'looked', ...this.#recent.changesTo(alarms), newestHeard: this.#index.newestHeard, site: this.#site(), own });
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error;
      post({ kind: 'away', problem: messageOf(error) });
    }
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, Math.max(LOOK_MS, COST_SHARE * (performance.now() - startedAt)));
  }

  /**
   * Those that are stored and go on, were over lately, or that somebody was told of; none where nobody is told. What has just come is
   * heard between two turns.
   */
  async #recentFacts(turns: Turns): Promise<AlarmFacts[]> {
    const recent = told ? this.#wallNow() - RECENT_MS : Infinity;
    const watchedFrom = this.#stored.watchedFrom();
    const openPumps = new Set([...this.#open].map((key) => key.slice(0, key.indexOf('\n'))));
    const facts: AlarmFacts[] = [];
    for (const pump of this.#index.pumps) {
      await turns.next();
      if (pump === SITE) continue;
      const endedFrom = openPumps.has(pump) ? -Infinity : Math.min(recent, watchedFrom.get(pump) ?? Infinity);
      const found = this.#index.alarmsOf(pump, { endedFrom });
      this.#stored.see(pump, [...found, ...this.#index.pendingOf(pump)]);
      if (told) facts.push(...found.filter((one) => one.cleared === null || one.cleared >= recent || this.#open.has(alarmKey(one))));
    }
    return facts;
  }

  async #asTold(facts: readonly AlarmFacts[], turns: Turns): Promise<AlarmNow[]> {
    const alarms: AlarmNow[] = [];
    for (let from = 0; from < facts.length; from += TOGETHER) {
      for (const standing of this.#book.standings(facts.slice(from, from + TOGETHER)))
        alarms.push({ ...alarmJson(standing) as AlarmNow, ...this.#lateness(standing.alarm) });
      await turns.next();
    }
    return alarms;
  }

  /** The alarm that all pumps are silent, which is one of the site itself. */
  #site(): AlarmNow | null {
    const going = this.#index.alarmsOf(SITE).filter(({ cleared }) => cleared === null);
    return (this.#book.standings(going).map(alarmJson).at(-1) ?? null) as AlarmNow | null;
  }

  /** Late is what was found when later readings had come already, and what came late itself: a file of this morning. */
  #lateness({ late, foundAt, raised }: AlarmFacts): Pick<AlarmNow, 'late' | 'found'> {
    const found = this.#book.clock.wallTimeAt(foundAt);
    return late || found - raised > config.alarms.lateMs ? { late: true, found: formatTime(found) } : { late: false };
  }

  #wallNow(): number {
    return this.#book.clock.wallTimeAt(Date.now());
  }
}

async function main(): Promise<void> {
  stepBack(BEHIND_ACKNOWLEDGEMENTS);
  // It writes nothing but what it has found of pump-days, in short transactions; nothing with HBase.
  const keeps = config.store.kind === 'embedded';
  const table = await openTable(config, { mode: keeps ? 'batch' : 'reader', patienceMs: PATIENCE_MS });
  const reference = await watchAsReader(config, () => table.savedReference());
  const index = await openFleetAlarms(config, table, reference) ?? openAlarmIndex(config, table, { reference: () => reference.current, keeps, rests: true });
  const thread = new AlarmThread({ index, book: await openUnreadBook(config), table });
  port.on('message', (message: ToAlarms) => {
    switch (message.kind) {
      case 'open': return thread.setOpen(message.keys, message.ready);
      case 'runs': return thread.foresee(message.runs);
      case 'stop':
        return void thread.stop().then(() => reference.stop()).then(() => table.close()).finally(() => process.exit()); // ends this thread
    }
  });
  thread.start();
}

void main();
