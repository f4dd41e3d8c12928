import { isUnknown } from '../../reading/measures.ts';
import { dayOf } from '../../reading/wallClock.ts';
import type { Condition } from './alarmRule.ts';
import { baselineOf, type Median, medianOf } from './baseline.ts';
import type { PumpColumns } from './columns.ts';
import { add, begun, type Facts, type Seen } from './facts.ts';
import type { Machine } from './machine.ts';

interface Span {
  readonly start: number;
  readonly values: number[];
  receivedAt: number;
}

/** What has to be known of the past to tell whether a pump deviates from it. Plain data. */
export interface DeviationState {
  /** The span of time under way: when it began, its values, and when the last of them came. Null before the first. */
  span: Span | null;
  /** The medians of the days that a baseline may look at, in order of time. */
  medians: Median[];
  /** How many medians in a row are beyond the baseline, as long as they are too few for an alarm. */
  row: { count: number; facts: Facts } | null;
}

/** Before the first reading. */
export function noDeviation(): DeviationState {
  return { span: null, medians: [], row: null };
}

/** A span of fewer readings has no median: one that a pump spent switched off says nothing of what is usual. */
export const LEAST_READINGS = 3;

type Deviates = Condition & { readonly kind: 'deviates' };

/** Follows the medians of spans of time, and hands those to the machine that say something. */
export class Deviation {
  readonly #condition: Deviates;
  readonly #state: DeviationState;
  readonly #machine: Machine;
  /** The baseline of a day, once it is known. */
  #usual: { readonly day: number; readonly baseline: ReturnType<typeof baselineOf> } | undefined;

  constructor(condition: Deviates, state: DeviationState, machine: Machine) {
    this.#condition = condition;
    this.#state = state;
    this.#machine = machine;
  }

  /** Takes the next reading, which may end a span. */
  take(time: number, value: number, receivedAt: number): void {
    this.pass(time);
    const { overMs } = this.#condition;
    this.#state.span ??= { start: Math.floor(time / overMs) * overMs, values: [], receivedAt };
    this.#state.span.values.push(value);
    this.#state.span.receivedAt = Math.max(this.#state.span.receivedAt, receivedAt);
  }

  /** Takes the rows `from` to `to` - 1 of a column as {@link take} does; a missing cell says nothing. */
  takeColumn({ time, receivedAt }: PumpColumns, column: Float64Array, from: number, to: number): void {
    const { overMs } = this.#condition;
    for (let row = from; row < to;) {
      if (isUnknown(column[row])) {
        row++;
        continue;
      }
      this.pass(time[row]);
      const span = (this.#state.span ??= { start: Math.floor(time[row] / overMs) * overMs, values: [], receivedAt: receivedAt[row] });
      const end = span.start + overMs;
      let newest = span.receivedAt;
      for (; row < to && time[row] < end; row++) {
        if (isUnknown(column[row])) continue;
        span.values.push(column[row]);
        if (receivedAt[row] > newest) newest = receivedAt[row];
      }
      span.receivedAt = newest;
    }
  }

  /** Ends the span under way when a moment lies behind it. */
  pass(time: number): void {
    const { span, medians } = this.#state;
    const { overMs, days } = this.#condition;
    if (span === null || time < span.start + overMs) return;
    this.#state.span = null;
    if (span.values.length < LEAST_READINGS) return;
    const median = medianOf(span.values);
    const day = dayOf(span.start);
    this.#judge({ ...span, median }, day);
    medians.push([span.start, median]);
    while (dayOf(medians[0][0]) < day - days) medians.shift();
  }

  #judge({ start, values, receivedAt, median }: Span & { readonly median: number }, day: number): void {
    if (this.#usual?.day !== day) this.#usual = { day, baseline: baselineOf(this.#state.medians, day, this.#condition) };
    const { baseline } = this.#usual;
    if (baseline === null) return;
    const end = start + this.#condition.overMs;
    const x = distanceTo(this.#condition, median - baseline.median) - baseline.reach;
    const seen: Seen = { time: end, x, value: median, weight: values.length, receivedAt };
    if (this.#machine.isBreach) this.#machine.judge(end, x, median, receivedAt, values.length);
    else if (!(x > 0)) {
      this.#state.row = null;
      this.#machine.judge(end, x, median, receivedAt);
    } else this.#countInRow(seen, start);
  }

  /** Some medians in a row make a breach, which began with the first of them. */
  #countInRow(seen: Seen, start: number): void {
    const row = this.#state.row ?? { count: 0, facts: { ...begun({ ...seen, weight: 0 }), from: start } };
    row.count++;
    if (row.count < this.#condition.inARow) {
      add(row.facts, seen);
      this.#state.row = row;
      this.#machine.judge(seen.time, -Infinity, seen.value, seen.receivedAt);
      return;
    }
    this.#state.row = null;
    this.#machine.judge(seen.time, seen.x, seen.value, seen.receivedAt, seen.weight);
    this.#machine.includeBefore(row.facts);
  }
}

function distanceTo({ side }: Deviates, deviation: number): number {
  if (side === 'both') return Math.abs(deviation);
  return side === 'below' ? -deviation : deviation;
}
