import { type ExactSum, mergeExactly } from '../../domain/statistics/exactSum.ts';
import type { KeyMap } from '../stream/key.ts';
import type { PumpDaySummary } from './stepSummary.ts';

/**
 * Summaries of pump-days as plain numbers, for the panes of a window, which are many and live long: a third of the
 * memory that objects take, and nothing that the garbage collector has to walk through.
 *
 *   numbers:  count, alerts, min, max, rest, sum of keys[0] │ count, alerts, min, max, rest, sum of keys[1] │ …
 *
 * The sum is exact: rest is the smaller part of it, 0 when there is none.
 */
export interface PaneColumns {
  readonly keys: readonly string[];
  readonly numbers: readonly number[];
  /** By position the sums that have more than two parts; mostly there are none. */
  readonly longSums?: ReadonlyMap<number, ExactSum>;
}

const WIDTH = 6;
const COUNT = 0;
const ALERTS = 1;
const MIN = 2;
const MAX = 3;
const REST = 4;
const SUM = 5;

/** The columns of a pane, by `pumpDayKey` in order of first appearance. */
export function paneColumnsOf(pumpDays: KeyMap<string, PumpDaySummary>): PaneColumns {
  const keys = Array.from(pumpDays, ([key]) => key);
  const columns = new Builder(keys);
  let place = 0;
  for (const [, summary] of pumpDays) columns.set(place++, summary);
  return columns.done();
}

/** The readings of both; keys in order of first appearance. */
export function mergePanes(a: PaneColumns, b: PaneColumns): PaneColumns {
  const { keys, places } = unite(a.keys, b.keys);
  const columns = new Builder(keys, a);
  for (let i = 0; i < b.keys.length; i++) columns.add(places?.[i] ?? i, b, i);
  return columns.done();
}

/** Each key with its summary. */
export function* summariesOf(pane: PaneColumns): Iterable<readonly [key: string, summary: PumpDaySummary]> {
  const { keys, numbers } = pane;
  for (const [i, key] of keys.entries()) {
    const own = i * WIDTH;
    const psi = { count: numbers[own + COUNT], min: numbers[own + MIN], max: numbers[own + MAX], sum: sumOf(pane, i) };
    yield [key, { psi, alerts: numbers[own + ALERTS] }];
  }
}

/** Columns that are being made. */
class Builder {
  readonly keys: readonly string[];
  readonly numbers: number[];
  longSums: Map<number, ExactSum> | undefined;

  /** `begun` has the first of the keys. */
  constructor(keys: readonly string[], begun?: PaneColumns) {
    this.keys = keys;
    this.numbers = Array<number>(keys.length * WIDTH).fill(0);
    if (!begun) return;
    for (let i = 0; i < begun.numbers.length; i++) this.numbers[i] = begun.numbers[i];
    if (begun.longSums) this.longSums = new Map(begun.longSums);
  }

  set(place: number, { psi: { count, min, max, sum }, alerts }: PumpDaySummary): void {
    const own = place * WIDTH;
    this.numbers[own + COUNT] = count;
    this.numbers[own + ALERTS] = alerts;
    this.numbers[own + MIN] = min;
    this.numbers[own + MAX] = max;
    this.#setSum(place, sum);
  }

  add(place: number, other: PaneColumns, from: number): void {
    const { numbers } = this;
    const own = place * WIDTH;
    const its = from * WIDTH;
    const isNew = numbers[own + COUNT] === 0;
    numbers[own + COUNT] += other.numbers[its + COUNT];
    numbers[own + ALERTS] += other.numbers[its + ALERTS];
    numbers[own + MIN] = isNew ? other.numbers[its + MIN] : Math.min(numbers[own + MIN], other.numbers[its + MIN]);
    numbers[own + MAX] = isNew ? other.numbers[its + MAX] : Math.max(numbers[own + MAX], other.numbers[its + MAX]);
    this.#setSum(place, isNew ? sumOf(other, from) : mergeExactly(sumOf(this, place), sumOf(other, from)));
  }

  done(): PaneColumns {
    const { keys, numbers, longSums } = this;
    return longSums ? { keys, numbers, longSums } : { keys, numbers };
  }

  #setSum(place: number, sum: ExactSum): void {
    const own = place * WIDTH;
    this.longSums?.delete(place);
    if (sum.length > 2) (this.longSums ??= new Map<number, ExactSum>()).set(place, sum);
    this.numbers[own + REST] = sum.length === 2 ? sum[0] : 0;
    this.numbers[own + SUM] = sum.length > 0 && sum.length <= 2 ? sum[sum.length - 1] : 0;
  }
}

function sumOf(
  { numbers, longSums }: { readonly numbers: readonly number[]; readonly longSums?: ReadonlyMap<number, ExactSum> | undefined },
  place: number,
): ExactSum {
  const long = longSums?.get(place);
  if (long) return long;
  const own = place * WIDTH;
  return numbers[own + REST] === 0 ? [numbers[own + SUM]] : [numbers[own + REST], numbers[own + SUM]];
}

/** All keys, and the places of the second ones among them; without `places` both are the same, which as a rule they are. */
function unite(a: readonly string[], b: readonly string[]): { readonly keys: readonly string[]; readonly places?: readonly number[] } {
  if (a.length === b.length && a.every((key, i) => key === b[i])) return { keys: a };
  const keys = [...a];
  const known = new Map<string, number>();
  for (let i = 0; i < a.length; i++) known.set(a[i], i);
  return { keys, places: b.map((key) => known.get(key) ?? keys.push(key) - 1) };
}
