import { setImmediate as pause } from 'node:timers/promises';
import { type Alert, alertOf } from '../../domain/alarm/alert.ts';
import { type Breach, raise } from '../../domain/alarm/breach.ts';
import { type Foretold, ForetoldAlerts } from '../../domain/alarm/foretold.ts';
import { isNews } from '../../domain/alarm/news.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { ToldAlerts } from '../../domain/alarm/toldAlerts.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { Remote } from '../../storage/table/remote.ts';
import { StepBuffer } from '../decode/stepBuffer.ts';
import type { AcknowledgedSource } from '../receivers/rowSource.ts';
import type { AlertListener } from './alertListener.ts';
import type { Wake } from './wake.ts';

export interface LookoutOptions {
  readonly journal: AcknowledgedSource;
  readonly table: Pick<Remote, 'alertsHere'>;
  readonly rules: readonly Rule[];
  readonly reference: () => Reference;
  readonly listener: AlertListener;
  readonly wake: Wake;
  /** Aborted when nothing more is to be told. */
  readonly signal: AbortSignal;
  readonly onLog: (event: LogEvent) => void;
  /** How many alerts are remembered until their rows are stored. */
  readonly most?: number;
}

/** The step that waits for the store. */
export interface WaitingStep {
  readonly readings: Readings;
  readonly breaches: readonly Breach[];
  /** Its rows go only where no row is yet: only the table can say whether they alarm. */
  readonly onlyNew: boolean;
  /** What was told of it already. */
  readonly told: ToldAlerts;
}

/** A store that answers within this time holds nothing up. */
const PATIENCE_MS = 100;
const IDLE_MS = 1000;
/** Rows that are looked at in one go, so that the thread hears what it is told. */
const ROWS = 4096;

/**
 * Tells alerts while a store on the network is away or slow: those of the step that waits for it, then those of what comes
 * into the journal behind it. It writes nothing, and remembers a position and what it has told.
 *
 *   wait ── the store takes longer than PATIENCE_MS ──► the step under way ──► the journal behind it, as it grows ─┐
 *    ▲                                                                                                            │
 *    └───────────────────── the store has answered: due() tells the steps to come what was told of them ◄─────────┘
 *
 * Not told here: rows of retained messages, which only the table can judge, and withdrawals of alerts that are stored.
 */
export class Lookout {
  readonly #options: LookoutOptions;
  readonly #foretold: ForetoldAlerts;
  readonly #buffer = new StepBuffer(ROWS);
  #source: AcknowledgedSource | undefined;
  /** Numbers of rows of the journal: the first that was not looked at, and the first that is in no complete step. */
  #seen = 0;
  #taken = 0;
  #isFullTold = false;
  /** What was told of rows that are in the step under way by now. */
  readonly #inStep = new Set<Alert>();

  constructor(options: LookoutOptions) {
    this.#options = options;
    this.#foretold = new ForetoldAlerts(options.most);
  }

  /** How many of the first rows of the journal's step under way were looked at here. */
  get seen(): number {
    return Math.max(0, this.#seen - this.#taken);
  }

  /** The journal's step under way has this many rows: what was told of them, in order, and not given before. */
  due(rows: number): readonly Foretold[] {
    const due = this.#foretold.due(this.#taken + rows);
    for (const { alert, holds } of due) {
      if (holds) this.#inStep.add(alert);
      else this.#inStep.delete(alert);
    }
    return due;
  }

  /** The alerts that were told here and whose rows are not stored yet, in no order. */
  unstored(): ReadonlySet<Alert> {
    return new Set([...this.#foretold.holding(), ...this.#inStep]);
  }

  /** The journal's step is complete: what is behind it comes next. */
  complete(rows: number): void {
    this.#taken += rows;
  }

  /** Waits for the store, and looks on when that takes long. */
  async wait<T>(work: Promise<T>, step?: WaitingStep): Promise<T> {
    try {
      return await this.#wait(work, step);
    } finally {
      this.#inStep.clear();
    }
  }

  async #wait<T>(work: Promise<T>, step?: WaitingStep): Promise<T> {
    const { wake, signal } = this.#options;
    let over = false;
    const end = () => {
      over = true;
      wake.call(); // nothing is lost: whoever waits next looks at everything
    };
    await inTime(work.then(end, end));
    if (over || signal.aborted) return work;
    if (step) await this.#underWay(step);
    else this.#begin();
    const held = step ? [...step.told.holding] : [];
    for (const alert of held) this.#foretold.hold(alert);
    while (!over && !signal.aborted) if (!(await this.#look())) await wake.wait(IDLE_MS);
    for (const alert of held) this.#foretold.letGo(alert);
    return work;
  }

  async close(): Promise<void> {
    await this.#source?.close();
    this.#source = undefined;
  }

  /** Tells of the step that waits what has not been told, and goes on behind it, or where it was if that is farther. */
  async #underWay({ readings, breaches, onlyNew, told }: WaitingStep): Promise<void> {
    this.#begin();
    if (onlyNew) return;
    const candidates = told.candidates(breaches, readings);
    const known = await this.#known(candidates, readings);
    const news = candidates.filter((breach) => !known.has(breach));
    told.told(news, readings);
    if (news.length > 0) this.#options.listener.onAlerts({ breaches: news, readings, reference: this.#options.reference(), ahead: 'underWay' });
  }

  /** Begins behind the step under way, unless more was looked at before. */
  #begin(): void {
    if (this.#source && this.#seen >= this.#taken) return;
    void this.#source?.close();
    this.#source = this.#options.journal.ahead();
    this.#seen = this.#taken;
  }

  /** Looks at what has come; says whether there was anything. */
  async #look(): Promise<boolean> {
    this.#buffer.clear();
    if (!(await this.#source!.take({ buffer: this.#buffer, state: {} }))) return false;
    const { readings } = this.#buffer;
    const first = this.#seen;
    if (!this.#source!.retained) await this.#tell(readings, first);
    this.#seen += readings.length;
    await pause();
    return true;
  }

  async #tell(readings: Readings, first: number): Promise<void> {
    const { rules, reference, listener } = this.#options;
    const breaches = raise(rules, readings);
    const known = await this.#known(breaches, readings);
    for (const { news, withdrawn } of this.#foretold.look(readings, breaches, { first, isKnown: (breach) => known.has(breach) })) {
      if (news.length > 0) listener.onAlerts({ breaches: news, readings, reference: reference(), ahead: 'behind' });
      if (withdrawn.length > 0) listener.onWithdrawn(withdrawn);
    }
    this.#tellWhenFull();
  }

  /** The breaches that are news, by what the table says (`asked`) or, when that takes long, by what is known here. */
  async unknown(asked: Promise<Breach[]>, breaches: readonly Breach[], readings: Readings): Promise<readonly Breach[]> {
    const answer = await inTime(asked);
    if (answer) return answer;
    const known = await this.#known(breaches, readings);
    return breaches.filter((breach) => !known.has(breach));
  }

  /** The breaches that are alerts already, by what is known here: a message may be sent again. */
  async #known(breaches: readonly Breach[], readings: Readings): Promise<ReadonlySet<Breach>> {
    const known = new Set<Breach>();
    for (const breach of breaches) {
      const { pump, time, rule, value } = alertOf(breach, readings);
      for await (const piece of this.#options.table.alertsHere({ pump, from: time, to: time + 1 })) {
        if (piece.some((one) => one.rule === rule && !isNews(value, one.value))) known.add(breach);
      }
    }
    return known;
  }

  #tellWhenFull(): void {
    if (this.#foretold.missed === 0 || this.#isFullTold) return;
    this.#isFullTold = true;
    this.#options.onLog({
      level: 'warn',
      message: 'more alerts came while the store was away than are remembered: the later ones are told now, and once more when the store ' +
        'has their rows',
    });
  }
}

/** What a promise of the store gives, or undefined when it takes longer than PATIENCE_MS; then nobody hears of it any more. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      work.catch(() => undefined);
      resolve(undefined);
    }, PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
