import { type PairColumns, foldByKey, type KeyMap, pairsOf } from '../stream/key.ts';
import { PaneTree } from '../stream/paneTree.ts';
import { meanOf } from '../../domain/statistics/statistics.ts';
import { mergePanes, type PaneColumns, paneColumnsOf, summariesOf } from './paneColumns.ts';
import { mergePumpDays, type PumpDaySummary, pumpDayOf } from './stepSummary.ts';

/** How long windows are and how often there is one: ms, both multiples of the batch interval. */
export interface WindowSettings {
  readonly lengthMs: number;
  readonly slideMs: number;
}

/** So many pump-days of all panes are kept: about 100 MB. */
export const MOST_PUMP_DAYS = 500_000;

/** What a site makes of windows that are too much to keep. */
export interface WindowBounds {
  readonly mostPumpDays: number;
  /** Told that they are: windows begin anew, and the next one is told when it is whole again. */
  readonly onTooMany: () => void;
}

/** psi of the readings of one pump and date that came within a window. */
export interface WindowRow {
  readonly pump: string;
  /** Day number of the readings. */
  readonly day: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** The exact sum, rounded, divided by the count. NaN when the sum is beyond all numbers. */
  readonly mean: number;
  /** How many rules they broke. */
  readonly alerts: number;
}

/** A window that is complete. */
export interface WindowResult {
  /** Its end: ms since 1970-01-01T00:00Z, a multiple of the slide. It holds the batches that ended in the `length` ms up to here. */
  readonly time: number;
  readonly rows: readonly WindowRow[];
}

/**
 * Windows over stored rows by arrival, in panes: the longest pieces of which both length and slide are multiples. A
 * pane's number is its time divided by its length. What a slide costs does not depend on the length.
 */
export class ArrivalWindows {
  readonly paneMs: number;
  readonly #length: number;
  readonly #slide: number;
  readonly #tree: PaneTree<PaneColumns>;
  /** Panes that have rows and are not in the tree yet; one, but for the moment after a restart. */
  readonly #open = new Map<number, KeyMap<string, PumpDaySummary>>();
  /** The first pane that is not over. */
  #next = 0;
  /** Windows that end before this pane were told by an earlier run. */
  #firstEnd = -Infinity;
  #empty = true;
  readonly #bounds: WindowBounds;
  /** How many pump-days each pane of the tree has, and all have. */
  readonly #sizes = new Map<number, number>();
  #size = 0;

  constructor({ lengthMs, slideMs }: WindowSettings, bounds: WindowBounds) {
    this.#bounds = bounds;
    this.paneMs = paneMsOf({ lengthMs, slideMs });
    this.#length = lengthMs / this.paneMs;
    this.#slide = slideMs / this.paneMs;
    this.#tree = new PaneTree(this.#length, mergePanes);
  }

  /** The first pane that a window yet to come, or the last one, has: older ones may be forgotten. */
  get firstPane(): number {
    return Math.floor(this.#next / this.#slide) * this.#slide - this.#length;
  }

  /** The pane that is open. */
  get openPane(): number {
    return this.#next;
  }

  /** The pane of a batch. */
  paneOf(batch: number): number {
    return Math.max(this.#next, Math.floor(batch / this.paneMs));
  }

  /** Begins with the window that ended last before `now`; to be followed by its panes, and `over`, of which it is the first result. */
  begin(now: number): void {
    this.#next = Math.floor(now / this.paneMs);
    this.#firstEnd = this.#next - (this.#next % this.#slide);
    this.#next = this.firstPane;
  }

  /** Adds rows to a pane that is not over. */
  add(pane: number, pumpDays: PairColumns<string, PumpDaySummary>): void {
    this.#open.set(pane, foldByKey(pairsOf(pumpDays), mergePumpDays, this.#open.get(pane)));
  }

  /** No row comes into panes before this time any more. Gives the windows that are complete now; of empty ones only the first. */
  over(time: number): WindowResult[] {
    const results: WindowResult[] = [];
    for (const end = Math.floor(time / this.paneMs); this.#next < end;) {
      const rows = this.#open.get(this.#next);
      const pane = rows && paneColumnsOf(rows);
      this.#tree.append(this.#next, pane);
      this.#open.delete(this.#next);
      this.#count(this.#next, pane?.keys.length ?? 0);
      this.#next += 1;
      if (this.#size > this.#bounds.mostPumpDays) this.#beginAnew();
      if (this.#next % this.#slide === 0 && this.#next >= this.#firstEnd) this.#result(results);
    }
    return results;
  }

  #count(pane: number, pumpDays: number): void {
    const left = pane - this.#length;
    this.#size += pumpDays - (this.#sizes.get(left) ?? 0);
    this.#sizes.delete(left);
    if (pumpDays > 0) this.#sizes.set(pane, pumpDays);
  }

  /** A window that lacks rows is never told. */
  #beginAnew(): void {
    this.#tree.clear();
    this.#sizes.clear();
    this.#size = 0;
    this.#firstEnd = this.#next + this.#length;
    this.#bounds.onTooMany();
  }

  #result(results: WindowResult[]): void {
    const window = this.#tree.window();
    const rows = Array.from(window ? summariesOf(window) : [], ([key, { psi, alerts }]) => {
      const { count, min, max } = psi;
      return { ...pumpDayOf(key), count, min, max, mean: meanOf(psi), alerts };
    });
    if (rows.length > 0 || !this.#empty) results.push({ time: this.#next * this.paneMs, rows });
    this.#empty = rows.length === 0;
  }
}

/** How long a pane is, ms. */
export function paneMsOf({ lengthMs, slideMs }: WindowSettings): number {
  return greatestCommonDivisor(lengthMs, slideMs);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
