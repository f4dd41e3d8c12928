import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { StoredRuns } from '../../domain/alarm/liveRuns.ts';
import { alarmKey, type AlarmNow } from '../../domain/notify/alarmNow.ts';
import type { AlarmTeller } from './alarmTeller.ts';
import type { Trouble } from '../notify/systemAlarms.ts';
import type { Config } from '../config/types.ts';
import { alarmId, type AlarmThreadData, type FromAlarms, type ToAlarms } from './alarmMessages.ts';
import { SilenceGate } from './silenceGate.ts';
import type { SiteListener } from './siteListener.ts';

const STOP_MS = 1000;
const AGAIN_MS = 5000;
/** For so long nothing may be known of alarms before somebody is told. */
const BLIND_MS = 60_000;

/** A look at a day leaves only garbage behind: V8 would let that grow to 48 MB before it looks. */
const YOUNG_MB = 12;

export interface AlarmFollowerOptions {
  readonly config: Config;
  /** Who tells people, if anybody is told. */
  readonly notifier?: AlarmTeller | undefined;
  /** Gets what is stored of pumps and rules that had alerts. */
  readonly onStored: (stored: StoredRuns) => void;
  /** How the job is just now. */
  readonly status: () => Parameters<SilenceGate['see']>[0];
  readonly onLog: (event: LogEvent) => void;
}

/** The thread that follows alarms, as the main thread has it; one that dies is started again. */
export class AlarmFollower {
  readonly #config: Config;
  readonly #notifier: AlarmTeller | undefined;
  readonly #onStored: (stored: StoredRuns) => void;
  readonly #onLog: (event: LogEvent) => void;
  #worker: Worker | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  readonly #gate: SilenceGate;
  readonly #status: () => Parameters<SilenceGate['see']>[0];
  #site: AlarmNow | null = null;
  /** What the thread has passed on, by `alarmId`. */
  #alarms = new Map<string, AlarmNow>();
  #orphans: readonly number[] = [];
  #isStopping = false;
  #knownAt = performance.now();
  #again: NodeJS.Timeout | undefined;

  constructor({ config, notifier, onStored, status, onLog }: AlarmFollowerOptions) {
    this.#config = config;
    this.#notifier = notifier;
    this.#onStored = onStored;
    this.#status = status;
    this.#onLog = onLog;
    this.#gate = new SilenceGate(config.alarms.rules, Date.now());
  }

  /** Passes on what the job tells of alerts. */
  readonly listener: SiteListener = { onNewRuns: (runs) => this.#post({ kind: 'runs', runs }) };

  /** The table has to be there. */
  start(): void {
    if (this.#isStopping) return;
    const workerData: AlarmThreadData = { config: this.#config, told: this.#notifier !== undefined };
    const worker = new Worker(new URL('./alarmThread.js', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker = worker;
    this.#alarms = new Map(); // it begins anew
    this.#exited = once(worker, 'exit').catch(() => undefined);
    worker.on('message', (message: FromAlarms) => this.#hear(message));
    worker.on('error', (error) => this.#onLog({ level: 'error', message: `the thread that follows alarms died: ${messageOf(error)}. It is ` +
      'started again; until then nobody is told of new alarms' }));
    worker.on('exit', () => {
      this.#worker = undefined;
      if (!this.#isStopping) this.#again = setTimeout(() => this.start(), AGAIN_MS).unref();
    });
    this.#sendOpen();
  }

  /** Whether it is known what is an alarm, and whether all pumps are silent. */
  troubles(): Trouble[] {
    const now = Date.now();
    this.#gate.see(this.#status(), now);
    const silence = this.#site && this.#gate.letsSite(this.#site.rule, now) ? [silenceTrouble(this.#site, this.#isOfFleet)] : [];
    const known = [...silence, ...orphanTroubles(this.#orphans)];
    if (performance.now() - this.#knownAt < BLIND_MS) return known;
    return [...known, {
      id: 'alarms', priority: 'high', isSure: true,
      text: 'it has not been known for a minute what is an alarm',
      fix: 'See the log and "wellwatch status": the store is away, or the thread that follows alarms can\'t keep up',
    }];
  }

  /** Takes no longer than a second, even if the thread does. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#again);
    this.#post({ kind: 'stop' });
    await Promise.race([this.#exited, sleep(STOP_MS, undefined, { ref: false })]);
    this.#worker?.unref(); // it only reads: it may end with the process
  }

  get #isOfFleet(): boolean {
    const { store } = this.#config;
    return store.kind === 'hbase' && store.shared === true;
  }

  #hear(message: FromAlarms): void {
    if (message.kind === 'away') return;
    this.#knownAt = performance.now();
    if (message.kind === 'stored') return this.#onStored(message.stored);
    if (!this.#notifier) return;
    for (const alarm of message.kind === 'changed' ? message.alarms : message.changed) this.#alarms.set(alarmId(alarm), alarm);
    if (message.kind === 'changed') return this.#notifier.change(message.alarms, [], message.own);
    for (const id of message.gone) this.#alarms.delete(id);
    this.#site = message.site;
    this.#orphans = message.own?.orphans ?? [];
    const open = new Set(this.#notifier.openCases().map(alarmKey));
    this.#gate.see(this.#status(), Date.now());
    this.#notifier.setAll(this.#gate.through([...this.#alarms.values()], {
      now: Date.now(), newestHeard: message.newestHeard, isOpen: (alarm) => open.has(alarmKey(alarm)),
    }), message.own);
    this.#sendOpen();
  }

  #sendOpen(): void {
    if (this.#notifier) this.#post({ kind: 'open', keys: this.#notifier.openCases().map(alarmKey), ready: this.#notifier.ready?.() ?? [] });
  }

  #post(message: ToAlarms): void {
    this.#worker?.postMessage(message);
  }
}

/** Rows of these wait, and nobody is told of their alarms. */
function orphanTroubles(partitions: readonly number[]): Trouble[] {
  if (partitions.length === 0) return [];
  return [{
    id: 'partitions', priority: 'high',
    text: `${partitions.length === 1 ? 'partition' : 'partitions'} ${partitions.join(', ')}: no worker has ${partitions.length === 1 ? 'it' : 'them'} that is heard`,
    fix: 'See "wellwatch status" and the logs of the workers, and start one; docs/fleet.md says more. Its rows wait in Kafka, and no alarm of its pumps is seen',
  }];
}

/** One word instead of one for each pump: it is the gateway, the network or the power as a rule. */
function silenceTrouble({ priority, from }: AlarmNow, isOfFleet: boolean): Trouble {
  return {
    id: 'silence', priority, isSure: true,
    text: `all pumps ${isOfFleet ? 'of a partition ' : ''}are silent, nothing has come since ${from.slice(0, 16).replace('T', ' ')}`,
    fix: 'Look at the gateways, at the network between them and this machine, and at the power of the site; no alarm of any pump is seen meanwhile',
  };
}
