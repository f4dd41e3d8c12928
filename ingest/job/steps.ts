import { setImmediate as pause } from 'node:timers/promises';
import { StepBuffer } from '../decode/stepBuffer.ts';
import type { Pace } from '../pace/pace.ts';
import type { RowLimits } from '../pace/stepSizer.ts';
import type { AcknowledgedSource, OpenStep, RowSource } from '../receivers/rowSource.ts';
import type { ReceiptOrder } from './receiptOrder.ts';
import { SmallStep } from './smallStep.ts';
import { Turns } from './turns.ts';
import type { Wake } from './wake.ts';

/** Rows of one receiver, taken together. */
export interface TakenStep extends OpenStep {
  /**
   * A `step` goes to the table. A `preview` is a small step of the journal that waits for more: its rows are safe and
   * pending, so its alerts can be told. They come again with the preview or step after it.
   */
  readonly kind: 'preview' | 'step';
  readonly source: RowSource;
  /** Its rows are of retained messages: they go only where no row is yet. */
  readonly onlyNew: boolean;
  /** Rows and rejects that have come since the last preview of the same rows. */
  readonly newRows: number;
  /** When taking began, by the system's clock. */
  readonly startedAt: number;
  /** When the first of the rows that were taken now could have been taken. */
  readonly availableAt: number;
}

export interface StepOptions {
  readonly journal: AcknowledgedSource;
  /** The pull receivers. */
  readonly sources: readonly RowSource[];
  readonly receipts: ReceiptOrder;
  readonly limits: RowLimits;
  readonly wake: Wake;
  readonly now: () => number;
  /** Stops taking from pull receivers; what is in the journal is still taken, for a few seconds at most. */
  readonly signal: AbortSignal;
  /** Ends when nothing is left to take, instead of waiting for more. */
  readonly once: boolean;
  /** What else changes the table, between two steps. */
  readonly between?: () => Promise<void>;
}

/** Sources are looked at this often, whether there was an event or not. */
const IDLE_MS = 1000;
const SETTLING_MS = 50;
const DRAIN_MS = 3000;

/**
 * The rows of all receivers, step by step, in order of receipt. Under little load a step is a row or two and comes at
 * once. Under much load it is as large as allowed, and as the store can do in time. Buffers are used again: a step
 * holds until the next.
 *
 *                        ┌─ wake.wait ◄── preview ◄── SmallStep.isDue: no, and nobody else waits
 *                        ▼                                 ▲
 *    ┌────► LOOK (Turns.look) ── journal's turn ──► HELD (fromJournal)
 *    │           │       ▲                                 │ due, or another source waits, or the job stops
 *    │           │       │ wake.wait                       ▼
 *    │           │       └── nobody has anything      step ──► begin ──┐
 *    │           └── Turns.isNextFirst, or the journal has nothing      │
 *    │                          │                                      │
 *    │                          ▼                                      │
 *    │                    OTHERS (fromOthers) ──► step ──► begin ──────┤
 *    └─────────────────────────────────────────────────────────────────┘
 *   The signal: Turns.look finds no other source any more, the journal is taken for DRAIN_MS at most (DRAIN), then the end.
 */
export async function* takeSteps(options: StepOptions, pace: Pace): AsyncGenerator<TakenStep, void, void> {
  const { journal, wake, now, signal, once } = options;
  const open = new StepInProgress(options, pace);
  for (;;) {
    await pause(); // whoever has something to say, a stop for example, is heard between two steps
    await options.between?.();
    for (let ms = open.restMs(); ms > 0 && !signal.aborted; ms = open.restMs()) await wake.wait(ms);
    const startedAt = now();
    open.turns.look(startedAt, signal.aborted);
    const taken = await open.fromJournal(startedAt);
    if (open.small.isHeld) {
      const isFull = open.small.isDue(now()) || (!taken && journal.hasMore); // what it has more does not go into this step
      const isDue = isFull || open.turns.next !== undefined || signal.aborted || once;
      if (isDue) yield open.closed(journal, startedAt);
      else if (taken) yield open.preview(startedAt);
      if (isDue) open.begin();
      else if (!journal.hasMore) await wake.wait(open.small.leftMs(now()));
      continue;
    }
    const other = await open.fromOthers(startedAt);
    if (other) {
      yield open.closed(other, startedAt);
      open.begin();
    } else if (signal.aborted || (once && open.turns.isEmpty)) return;
    else await wake.wait(open.turns.settling > 0 ? SETTLING_MS : IDLE_MS);
  }
}

/** The step that is being filled, and who may fill it. */
class StepInProgress {
  readonly turns: Turns;
  readonly small: SmallStep;
  readonly #options: StepOptions;
  readonly #pace: Pace;
  readonly #buffer: StepBuffer;
  #state: OpenStep['state'] = {};
  /** Rows of it that have been given. */
  #given = 0;
  #freeAt = 0;
  #drainUntil = Infinity;
  /** When the journal last had nothing: a clock that was set back lets times of receipt stand still. */
  #emptyAt = -Infinity;

  constructor(options: StepOptions, pace: Pace) {
    this.#options = options;
    this.#pace = pace;
    this.#buffer = new StepBuffer(options.limits.capacity);
    this.small = new SmallStep(this.#buffer);
    this.turns = new Turns(options.journal, options.sources);
  }

  /** How long nothing may be taken, ms: `limits.maxRate`, and the batch's own pace. */
  restMs(): number {
    const now = this.#options.now();
    return Math.max(this.#freeAt - now, this.#pace.pauseMs(now));
  }

  /** Takes what the journal has if it is its turn; says whether there was anything. */
  async fromJournal(startedAt: number): Promise<boolean> {
    const { journal, receipts, signal } = this.#options;
    if (signal.aborted) this.#drainUntil = Math.min(this.#drainUntil, startedAt + DRAIN_MS);
    if (!journal.hasMore) this.#emptyAt = startedAt;
    if ((!this.small.isHeld && this.turns.isNextFirst) || startedAt >= this.#drainUntil) return false;
    this.#buffer.limit = this.#pace.rowsFor(journal.name, startedAt);
    if (!(await journal.take({ buffer: this.#buffer, state: this.#state }))) return false;
    this.small.hold(startedAt);
    this.turns.journalTook();
    receipts.order(this.#buffer.readings);
    return true;
  }

  /** Takes what the next of the other sources has; gives that source if there was anything. */
  async fromOthers(startedAt: number): Promise<RowSource | undefined> {
    const { journal, receipts } = this.#options;
    const source = this.turns.passOn();
    if (!source) return undefined;
    this.#buffer.limit = this.#pace.rowsFor(source.name, startedAt);
    if (!(await source.take({ buffer: this.#buffer, state: this.#state, receivedBy: journal.nextReceivedAt }))) return undefined;
    receipts.order(this.#buffer.readings);
    return source;
  }

  /** The rows that are in it, which will be more: for the alerts among them. */
  preview(startedAt: number): TakenStep {
    return this.#taken('preview', this.#options.journal, startedAt);
  }

  /** The rows that are in it, complete: its newest time of receipt goes with it. */
  closed(source: RowSource, startedAt: number): TakenStep {
    this.#options.receipts.close({ buffer: this.#buffer, state: this.#state });
    return this.#taken('step', source, startedAt);
  }

  /** The step is in the table: the next one begins. */
  begin(): void {
    const { now, limits } = this.#options;
    this.#freeAt = Math.max(this.#freeAt, now()) + (this.#buffer.size * 1000) / limits.maxRate;
    this.#buffer.clear();
    this.#state = {};
    this.#given = 0;
    this.small.clear();
  }

  #taken(kind: TakenStep['kind'], source: RowSource, startedAt: number): TakenStep {
    const { journal } = this.#options;
    const newRows = this.#buffer.size - this.#given;
    this.#given = this.#buffer.size;
    const availableAt = source === journal ? Math.max(this.#emptyAt, journal.oldestTaken ?? startedAt) : startedAt;
    const onlyNew = source === journal && journal.retained;
    return { kind, source, onlyNew, newRows, startedAt, availableAt, buffer: this.#buffer, state: this.#state };
  }
}
