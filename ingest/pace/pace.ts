import type { ReceiverName } from '../../domain/receivers.ts';
import { type RowLimits, StepSizer } from './stepSizer.ts';

/** A step that is done, for what it tells of the store. Times in ms since 1970-01-01T00:00Z. */
export interface MeasuredStep {
  readonly receiver: ReceiverName;
  /** Rows that went to the table; 0 for a step that waits for more. */
  readonly rows: number;
  /** Most of them went in among older ones. */
  readonly outOfOrder: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What the steps of a batch have done so far. */
interface OpenBatch {
  readonly time: number;
  /** How long the batch before it went on within its interval. */
  readonly delay: number;
  /** Rows and time by receiver. */
  readonly rows: Map<ReceiverName, number>;
  readonly ms: Map<ReceiverName, number>;
}

/** The last steps of a batch leave room for being wrong. */
const SAFE_SHARE = 0.8;
/** What is left of a batch is not worth a step when it is less than this share, or hardly more than what any step takes. */
const REST_SHARE = 1 / 50;
const REST_OVERHEADS = 1.5;
/** A batch that spent less than this share of its interval in steps had time to spare. */
const BUSY_SHARE = 1 / 2;

/**
 * How many rows the next step may have: so many that no step outlasts the batch interval, and the steps of a batch
 * together don't either, however slow the store is. Two loops see to it: what the last steps cost sizes the next one,
 * and at the end of each batch that was busy a PID controller for each receiver bounds its rate.
 */
export class Pace {
  readonly #interval: number;
  readonly #limits: RowLimits;
  readonly #sizers = new Map<ReceiverName, StepSizer>();
  #batch = emptyBatch(-Infinity, 0);
  #endedAt = -Infinity;
  #overhead = 0;

  /** `interval` is the batch's, in ms. */
  constructor(limits: RowLimits, interval: number) {
    this.#interval = interval;
    this.#limits = limits;
  }

  /** How long to wait before the next step, in ms: 0, or until the batch is over when its steps have taken the whole of its interval. */
  pauseMs(now: number): number {
    this.#turn(now);
    const spent = this.#spent();
    const rest = Math.max(this.#interval * REST_SHARE, this.#overhead * REST_OVERHEADS);
    return spent > 0 && this.#interval - spent < rest ? this.#batch.time + this.#interval - now : 0;
  }

  /** Rows that the next step of a receiver may have now; at least one. */
  rowsFor(receiver: ReceiverName, now: number): number {
    this.#turn(now);
    return this.#sizerOf(receiver).rowsWithin((this.#interval - this.#spent()) * SAFE_SHARE);
  }

  /** Learns from a step. */
  add({ receiver, rows, outOfOrder, startedAt, endedAt }: MeasuredStep): void {
    this.#turn(startedAt);
    const ms = endedAt - startedAt;
    add(this.#batch.rows, receiver, rows);
    add(this.#batch.ms, receiver, ms);
    this.#endedAt = endedAt;
    if (rows === 0) return;
    const sizer = this.#sizerOf(receiver);
    sizer.add(rows, ms, outOfOrder);
    this.#overhead = sizer.overhead;
  }

  #sizerOf(receiver: ReceiverName): StepSizer {
    const sizer = this.#sizers.get(receiver) ?? new StepSizer(this.#limits, this.#interval);
    this.#sizers.set(receiver, sizer);
    return sizer;
  }

  #spent(): number {
    let spent = 0;
    for (const ms of this.#batch.ms.values()) spent += ms;
    return spent;
  }

  /** Ends the batch when its interval is over. */
  #turn(now: number): void {
    const batch = this.#batch;
    if (now < batch.time + this.#interval) return;
    const busy = this.#spent() >= this.#interval * BUSY_SHARE;
    for (const [name, sizer] of this.#sizers) {
      // How long rows lay in the journal is no scheduling delay: after an outage it would hold up catching up.
      const measure = { rows: batch.rows.get(name) ?? 0, processingTime: batch.ms.get(name) ?? 0, schedulingDelay: batch.delay };
      sizer.endBatch({ time: batch.time + this.#interval, ...measure }, busy);
    }
    const time = Math.floor(now / this.#interval) * this.#interval;
    this.#batch = emptyBatch(time, Math.max(0, this.#endedAt - time));
  }
}

function emptyBatch(time: number, delay: number): OpenBatch {
  return { time, delay, rows: new Map(), ms: new Map() };
}

function add(sums: Map<ReceiverName, number>, name: ReceiverName, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value);
}
