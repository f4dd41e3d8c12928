import type { Alarm, Pending } from './alarm.ts';
import type { PumpColumns } from './columns.ts';
import { RuleFold, type RuleState } from './ruleFold.ts';
import { SilentFold, type SilentState } from './silentFold.ts';
import type { RuleSpan } from './versions.ts';

/** What has to be remembered of a pump at the end of a day, by the key of a span of a rule. Plain data; JSON. */
export type PumpState = Readonly<Record<string, RuleState | SilentState>>;

/** Before the first reading. */
export const NO_STATE: PumpState = {};

interface Running {
  readonly span: RuleSpan;
  readonly fold: RuleFold | SilentFold;
}

/**
 * Folds a pump's readings, in order of time, into its alarms: a pure function of readings and rules. Its state after any
 * reading is all that has to be known to go on, so that it can be kept at the end of each day, and after late readings the
 * days from theirs on are folded again until one ends in the state that was kept.
 */
export class PumpFold {
  readonly #running: readonly Running[];
  readonly #before: PumpState;
  readonly #ended: Alarm[] = [];
  #last = -Infinity;

  /** Goes on from a state, of which it takes a copy. `spans` are those of the pump. */
  constructor(pump: string, spans: readonly RuleSpan[], state: PumpState = NO_STATE) {
    this.#before = state;
    this.#running = spans.map((span) => {
      const known = Object.hasOwn(state, span.key) ? structuredClone(state[span.key]) : undefined;
      const fold = span.rule.condition.kind === 'silent'
        ? new SilentFold(pump, span.rule, known as SilentState | undefined)
        : new RuleFold(pump, span.rule, known as RuleState | undefined);
      return { span, fold };
    });
  }

  /** Takes the next readings, which come after all that were taken before. */
  take(columns: PumpColumns): void {
    const { length, time } = columns;
    if (length === 0) return;
    for (const { span, fold } of this.#running) {
      if (span.from > time[length - 1]) continue;
      const from = firstFrom(time, length, span.from);
      const to = firstFrom(time, length, span.to);
      fold.take(columns, from, to);
      for (const alarm of fold.takeEnded()) this.#ended.push(alarm);
      if (to < length) this.#end({ span, fold }, span.to);
    }
    this.#last = time[length - 1];
  }

  /** Hands over the alarms that are over; those of each rule in order of time. */
  takeEnded(): Alarm[] {
    return this.#ended.splice(0);
  }

  /** A copy of the state after all that was taken. What is over is not in it. */
  state(): PumpState {
    if (this.#last === -Infinity) return this.#before;
    const lasting = this.#running.filter(({ span }) => span.from <= this.#last && this.#last < span.to);
    return structuredClone(Object.fromEntries(lasting.map(({ span, fold }) => [span.key, fold.state])));
  }

  /**
   * The alarms that are over and those that go on, when known time has passed up to a moment after the last reading: a
   * reading that has just come holds on. Rules that are in force no longer end theirs. Nothing more can be taken afterwards.
   */
  closeAt(moment: number): Alarm[] {
    for (const { span, fold } of this.#running) {
      if (!(fold instanceof RuleFold)) continue;
      if (span.to < Infinity) this.#end({ span, fold }, Math.min(moment, span.to));
      else {
        fold.pass(moment);
        this.#ended.push(...fold.takeEnded(), ...(fold.open ? [fold.open] : []));
      }
    }
    return this.takeEnded();
  }

  /** What may become an alarm by the rules in force, after all that was taken and passed. */
  pending(): Pending[] {
    return this.#running.flatMap(({ span, fold }) => (fold instanceof RuleFold && span.to === Infinity ? (fold.pending ?? []) : []));
  }

  /** A rule that has been changed or taken out ends its alarm. `known` is up to when anything is known. */
  #end({ span, fold }: Running, known: number): void {
    if (!(fold instanceof RuleFold)) return;
    fold.pass(known);
    this.#ended.push(...fold.takeEnded(), ...fold.end(span.to));
  }
}

/** The first row at a time or after it. */
function firstFrom(time: Float64Array, length: number, wanted: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
