import type { Json } from '../../storage/table/state.ts';
import { type PairColumns, columnsOf, foldByKey, KeyMap, pairsOf } from '../stream/key.ts';
import { mergePumpDays, type PumpDaySummary } from './stepSummary.ts';

type PumpDays = PairColumns<string, PumpDaySummary>;

/** What a step changes of the panes that are kept. */
export interface PaneChange {
  /** To commit with the step; null forgets a name. */
  readonly state: Readonly<Record<string, Json>>;
  /** To be called when it is committed. */
  readonly commit: () => void;
}

/** What JSON has no word for. */
const UNWRITABLE = ['Infinity', '-Infinity', 'NaN'];
const LEAST_ITEMS = 6;
/** So many fragments become one. */
const GATHERED = 8;

/**
 * Panes as they are kept in the job's state, in fragments `window:PANE:NUMBER`, so that a step writes what it has
 * itself and not all of its pane. When the last eight are no larger than the newest they become one, and so on: they
 * stay few, and a pump-day is written log₈ times at most.
 *
 *   [["16139:COHUTTA",3,0,85,92,264], …]   pump-day, count, alerts, min, max, parts of the exact sum
 *
 * Numbers that JSON has no word for are texts, such as "Infinity".
 */
export class PaneFragments {
  /** How many each pane has, in order of panes. */
  readonly #counts = new Map<number, number>();
  /** Those of the newest pane. */
  #newest: { readonly pane: number; readonly fragments: readonly PumpDays[] } = { pane: -Infinity, fragments: [] };

  /** Takes over what was kept, panes rising. */
  restore(pane: number, fragments: readonly PumpDays[]): void {
    this.#counts.set(pane, fragments.length);
    this.#newest = { pane, fragments };
  }

  /** Adds rows to the newest pane, or a newer one, and forgets the panes before `first`. */
  change(pane: number, rows: PumpDays, first: number): PaneChange {
    const state: Record<string, Json> = {};
    const left: number[] = [];
    for (const [old, count] of this.#counts) {
      if (old >= first) break; // panes rise: what is looked at is what is forgotten
      left.push(old);
      for (let i = 0; i < count; i++) state[nameOf(old, i)] = null;
    }
    const before = pane === this.#newest.pane ? this.#newest.fragments : [];
    const fragments = rows.keys.length > 0 ? gathered([...before, rows]) : before;
    for (const [i, fragment] of fragments.entries()) if (fragment !== before[i]) state[nameOf(pane, i)] = encode(fragment);
    for (let i = fragments.length; i < before.length; i++) state[nameOf(pane, i)] = null;
    return {
      state,
      commit: () => {
        for (const old of left) this.#counts.delete(old);
        if (rows.keys.length > 0) this.restore(pane, fragments);
      },
    };
  }
}

/** Pane and number of a fragment's name, or undefined. */
export function fragmentOf(name: string): { readonly pane: number; readonly number: number } | undefined {
  const match = /^window:(-?\d{1,15}):(\d{1,9})$/.exec(name);
  return match ? { pane: Number(match[1]), number: Number(match[2]) } : undefined;
}

/** The rows of a fragment, or undefined when that is no fragment. */
export function decodeFragment(json: Json): PumpDays | undefined {
  if (!isArray(json)) return undefined;
  const keys: string[] = [];
  const values: PumpDaySummary[] = [];
  for (const row of json) {
    if (!isArray(row) || row.length < LEAST_ITEMS) return undefined;
    const [key, ...items] = row;
    const numbers = items.map(decodeNumber);
    if (typeof key !== 'string' || !/^-?\d+:/.test(key) || numbers.includes(undefined)) return undefined;
    const [count, alerts, min, max, ...sum] = numbers as number[];
    keys.push(key);
    values.push({ psi: { count, min, max, sum }, alerts });
  }
  return { keys, values };
}

/** Makes one of the last fragments as long as many of them are no larger than the newest. */
function gathered(fragments: readonly PumpDays[]): readonly PumpDays[] {
  const size = fragments.at(-1)!.keys.length;
  const from = fragments.findLastIndex(({ keys }) => keys.length > size) + 1;
  if (fragments.length - from < GATHERED) return fragments;
  const merged = fragments
    .slice(from)
    .reduce((into, part) => foldByKey(pairsOf(part), mergePumpDays, into), new KeyMap<string, PumpDaySummary>());
  return gathered([...fragments.slice(0, from), columnsOf(merged)]);
}

function encode({ keys, values }: PumpDays): Json {
  return keys.map((key, i) => {
    const { alerts, psi: { count, min, max, sum } } = values[i];
    return [key, ...[count, alerts, min, max, ...sum].map((number) => (Number.isFinite(number) ? number : String(number)))];
  });
}

function decodeNumber(json: Json): number | undefined {
  if (typeof json === 'number') return json;
  return typeof json === 'string' && UNWRITABLE.includes(json) ? Number(json) : undefined;
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function nameOf(pane: number, fragment: number): string {
  return `window:${pane}:${fragment}`;
}
