import type { Json } from '../../storage/table/state.ts';
import type { WindowSettings } from './arrivalWindows.ts';
import { decodeFragment, fragmentOf } from './paneFragments.ts';
import { decodeTotal, pumpOfTotal, type PumpTotal } from './pumpTotals.ts';
import type { PumpDaySummary } from './stepSummary.ts';
import type { PairColumns } from '../stream/key.ts';

/** The name of what says how the rest is to be read. */
export const FORMAT_NAME = 'windows';
/** Incremented when what is kept of windows and totals can't be read as before. */
const VERSION = 1;

/** What the job's state holds of windows and totals, as far as it can be used. */
export interface KeptState {
  /** Windows that it was kept for; undefined when there is nothing, or nothing that can be read. */
  readonly settings: WindowSettings | undefined;
  /** Fragments in order of their numbers, by pane in order of panes. */
  readonly panes: ReadonlyMap<number, readonly PairColumns<string, PumpDaySummary>[]>;
  readonly totals: ReadonlyMap<string, PumpTotal>;
  /** Names that hold something that can't be used. */
  readonly unusable: readonly string[];
}

/** How windows and totals are kept from now on. */
export function formatOf({ lengthMs, slideMs }: WindowSettings): Json {
  return { version: VERSION, lengthMs, slideMs };
}

/** Reads what was kept. Throws nothing: what can't be used is named. */
export function readKept(state: ReadonlyMap<string, Json>): KeptState {
  const format = state.get(FORMAT_NAME);
  const settings = settingsOf(format);
  const fragments: {
    readonly name: string;
    readonly pane: number;
    readonly number: number;
    readonly rows: PairColumns<string, PumpDaySummary> | undefined;
  }[] = [];
  const totals = new Map<string, PumpTotal>();
  const unusable: string[] = format !== undefined && !settings ? [FORMAT_NAME] : [];
  for (const [name, value] of state) {
    const fragment = fragmentOf(name);
    const pump = pumpOfTotal(name);
    const total = pump === undefined || !settings ? undefined : decodeTotal(value);
    if (fragment) fragments.push({ name, ...fragment, rows: settings && decodeFragment(value) });
    else if (total) totals.set(pump!, total);
    else if (pump !== undefined) unusable.push(name);
  }
  fragments.sort((a, b) => a.pane - b.pane || a.number - b.number);
  const panes = new Map<number, PairColumns<string, PumpDaySummary>[]>();
  for (const { name, pane, number, rows } of fragments) {
    const before = panes.get(pane) ?? [];
    if (!rows || before.length !== number) unusable.push(name);
    else panes.set(pane, [...before, rows]);
  }
  return { settings, panes, totals, unusable };
}

function settingsOf(json: Json | undefined): WindowSettings | undefined {
  if (typeof json !== 'object' || json === null || !('version' in json) || json.version !== VERSION) return undefined;
  const { lengthMs, slideMs } = json;
  return typeof lengthMs === 'number' && typeof slideMs === 'number' ? { lengthMs, slideMs } : undefined;
}
