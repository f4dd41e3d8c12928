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
import type { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import { Turns } from '../../query/turns.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { SharedTable } from '../../storage/hbase/shared/sharedTable.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import type { OwnPartitions } from './alarmTeller.ts';
import { watchAsReader } from './readersReference.ts';
import { openUnreadBook } from '../store/actBook.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';
import type { Table } from '../../storage/table/table.ts';
import { openTable } from '../store/openTable.ts';
import { AlarmValues } from './alarmValues.ts';
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
/** An alarm that was foreseen is in the table by then, or it never was. */
const FORESEEN_MS = 60_000;
/** After every time as a text. */
const NEVER = '~';

/** The alarms that are followed: all of a site, or those of a worker's partitions. */
type FollowedAlarms = Pick<AlarmIndex, 'catchUp' | 'keep' | 'pumps' | 'alarmsOf' | 'pendingOf' | 'newestHeard'> &
  { readonly own?: (pumps: readonly string[], ready: readonly number[]) => OwnPartitions };

/** An alarm that is not in the table yet. */
interface Ahead {
  readonly alarm: Foreseen;
  readonly at: number;
  /** What the pump showed, once it was told with that. */
  values: Pick<AlarmNow, 'before' | 'last'> | undefined;
}

class AlarmThread {
  readonly #index: FollowedAlarms;
  readonly #book: ActBook;
  readonly #values: AlarmValues;
  readonly #rules = new Map(config.alarms.rules.map((rule) => [rule.id, rule]));
  readonly #foreseen = new Map<string, Ahead>();
  readonly #stored: StoredRunNews;
  #open = new Set<string>();
  #ready: readonly number[] = [];
  #isKnown = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor({ index, book, table }: { readonly index: FollowedAlarms; readonly book: ActBook; readonly table: Table }) {
    this.#index = index;
    this.#book = book;
    this.#stored = new StoredRunNews(index, config.rules, () => performance.now());
    this.#values = new AlarmValues(table, (rule) => this.#rules.get(rule)?.measure ?? null);
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
    const ahead = found.map((alarm): Ahead => ({ alarm, at: performance.now(), values: undefined }));
    for (const one of ahead) this.#foreseen.set(alarmKey(one.alarm), one);
    const standings = this.#book.standings(found).map((standing) => alarmJson(standing) as AlarmNow);
    void this.#values.withValues(standings).then((alarms) => {
      alarms.forEach(({ before, last }, i) => { ahead[i].values = { ...(before && { before }), ...(last && { last }) }; });
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
    return this.#foreseen.has(alarmKey({ pump, rule })) || 
      this.#index.alarmsOf(pump, { endedFrom: Infinity }).some((one) => one.rule === rule && one.cleared === null);
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    const ready = this.#ready; // what is open in these is looked for from here on
    try {
      await this.#book.log.refresh?.();
      await this.#index.catchUp();
      await this.#index.keep();
      this.#isKnown = true;
      post({ kind: 'stored', stored: await this.#stored.changed(new Turns()) });
      const stored = told ? await this.#values.withValues(await this.#recent(new Turns())) : [];
      // Last of all: an alarm that was told meanwhile, and is not among these, would be withdrawn.
      const alarms = [...stored, ...this.#aheadOf(stored, startedAt)];
      post({ kind: 'all', alarms, newestHeard: this.#index.newestHeard, site: this.#site(), own: this.#index.own?.(alarms.map(({ pump }) => pump), ready) });
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error;
      post({ kind: 'away', problem: messageOf(error) });
    }
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, Math.max(LOOK_MS, COST_SHARE * (performance.now() - startedAt)));
  }

  /** Those that are stored and go on, were over lately, or that somebody was told of. What has just come is heard between two turns. */
  async #recent(turns: Turns): Promise<AlarmNow[]> {
    const recent = this.#wallNow() - RECENT_MS;
    const alarms: AlarmNow[] = [];
    const openPumps = new Set([...this.#open].map((key) => key.slice(0, key.indexOf('\n'))));
    for (const pump of this.#index.pumps) {
      if (pump === SITE) continue;
      const stored = this.#index.alarmsOf(pump, openPumps.has(pump) ? {} : { endedFrom: recent }).filter((one) => one.cleared === null || one.cleared >= recent || this.#open.has(alarmKey(one)));
      for (const standing of this.#book.standings(stored)) alarms.push({ ...alarmJson(standing) as AlarmNow, ...this.#lateness(standing.alarm) });
      await turns.next();
    }
    return alarms;
  }

  /** The alarm that all pumps are silent, which is one of the site itself. */
  #site(): AlarmNow | null {
    const going = this.#index.alarmsOf(SITE).filter(({ cleared }) => cleared === null);
    return (this.#book.standings(going).map(alarmJson).at(-1) ?? null) as AlarmNow | null;
  }

  /** What was foreseen, was told and is not in the table yet. */
  #aheadOf(stored: readonly AlarmNow[], startedAt: number): AlarmNow[] {
    const ends = new Map<string, string>();
    for (const one of stored) ends.set(alarmKey(one), one.cleared ?? NEVER);
    const ahead: Ahead[] = [];
    for (const [key, one] of this.#foreseen) {
      if ((ends.get(key) ?? '') >= formatTime(one.alarm.from) || startedAt > one.at + FORESEEN_MS) this.#foreseen.delete(key);
      else if (one.values) ahead.push(one);
    }
    const standings = this.#book.standings(ahead.map(({ alarm }) => alarm));
    return standings.map((standing, i) => ({ ...alarmJson(standing) as AlarmNow, ...ahead[i].values }));
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

/** Of a worker of several: the alarms of its own partitions; undefined elsewhere. */
async function openFleetAlarms(table: OpenTable, reference: { readonly current: Reference }): Promise<FollowedAlarms | undefined> {
  const { store, receivers: { kafka } } = config;
  if (store.kind !== 'hbase' || !store.shared || !kafka) return undefined;
  const [{ PartitionAlarms }, { workerPrefix }] = await Promise.all([import('./fleet/partitionAlarms.ts'), import('./fleet/workerName.ts')]);
  return new PartitionAlarms({ config, table: table as SharedTable, ...kafka, worker: workerPrefix(), reference: () => reference.current });
}

async function main(): Promise<void> {
  stepBack(BEHIND_ACKNOWLEDGEMENTS);
  // It writes nothing but what it has found of pump-days, in short transactions; nothing with HBase.
  const keeps = config.store.kind === 'embedded';
  const table = await openTable(config, { mode: keeps ? 'batch' : 'reader', patienceMs: PATIENCE_MS });
  const reference = await watchAsReader(config, () => table.savedReference());
  const index = await openFleetAlarms(table, reference) ?? openAlarmIndex(config, table, { reference: () => reference.current, keeps });
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
