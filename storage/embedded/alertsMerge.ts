import { type Alert, type Breach } from '../../domain/alert.ts';
import { MEASURES, measureIndex } from '../../domain/measures.ts';
import type { Readings } from '../../domain/readings.ts';
import type { BlockStore } from './blockStore.ts';
import { Columns } from './columns.ts';
import { endOf } from './environment.ts';
import type { Interned } from './interned.ts';
import { alertSeries, readingSeries, ruleOfKey } from './keys.ts';
import { NONE, type Resolver, SeriesMerge } from './seriesMerge.ts';

/** The columns of a series of alerts: value, threshold, and the measure's number. */
export const ALERT_COLUMNS = 3;

/** What happens to a pump's alerts in a step. */
export interface AlertChanges {
  readonly pump: { readonly name: string; readonly number: number };
  readonly readings: Readings;
  /** Breaches of rows that are stored now. */
  readonly raised: readonly Breach[];
  /** Times, rising, of readings that were replaced: their alerts go, unless they are raised again. */
  readonly replaced: readonly number[];
  /** Alerts received then or before have expired. */
  readonly expiredBefore: number;
}

/** An alert that comes, or with no breach the removal of one that may be there. */
interface Change {
  readonly time: number;
  readonly breach: Breach | undefined;
}

/** Merges alerts: a series for each pump and rule, so that no time comes twice in one. */
export class AlertsMerge implements Resolver {
  readonly #blocks: BlockStore;
  readonly #rules: Interned;
  readonly #merge: SeriesMerge;
  #changes: readonly Change[] = [];
  #withdraw: (stored: Columns, at: number) => void = () => undefined;

  constructor(blocks: BlockStore, rules: Interned, blockBytes: number) {
    this.#blocks = blocks;
    this.#rules = rules;
    this.#merge = new SeriesMerge(blocks, ALERT_COLUMNS, blockBytes);
  }

  /** Stores and removes alerts of a pump. Returns those that were there and hold no longer. */
  apply(changes: AlertChanges): Alert[] {
    const { pump, raised, replaced, expiredBefore } = changes;
    const withdrawn: Alert[] = [];
    const byRule = Map.groupBy(raised, ({ rule }) => this.#rules.intern(rule.id));
    if (replaced.length > 0) for (const rule of rulesOf(this.#blocks, pump.number)) if (!byRule.has(rule)) byRule.set(rule, []);
    for (const [rule, breaches] of byRule) {
      this.#changes = inOrder(breaches, replaced, changes.readings);
      this.#withdraw = (stored, at) => withdrawn.push(alertAt(stored, at, pump.name, this.#rules.name(rule)));
      const order = Uint32Array.from(this.#changes, (_, index) => index);
      const rows = columnsOf(this.#changes, changes.readings);
      const incoming = { rows, order, from: 0, to: order.length, distinct: replaced.length === 0, contiguous: true };
      this.#merge.merge(alertSeries(pump.number, rule), incoming, this, expiredBefore);
    }
    return withdrawn;
  }

  resolve(stored: Columns, at: number, _from: number, to: number): number {
    if (this.#changes[to - 1].breach) return ~(to - 1);
    if (at !== NONE) this.#withdraw(stored, at);
    return NONE;
  }

  takeAll(): boolean {
    return true;
  }

  dropped(): void {
    // Nothing but the alert itself is kept of an alert.
  }
}

/** The numbers of the rules that a pump has alerts of, rising. */
export function* rulesOf(blocks: BlockStore, pump: number, snapshot?: Parameters<BlockStore['after']>[2]): Iterable<number> {
  const prefix = readingSeries(pump);
  const end = endOf(prefix);
  let entry = blocks.after(prefix, end, snapshot);
  while (entry) {
    const rule = ruleOfKey(entry.key);
    yield rule;
    entry = blocks.after(endOf(alertSeries(pump, rule)), end, snapshot);
  }
}

/** The alert in a row of a series. */
export function alertAt(rows: Columns, row: number, pump: string, rule: string): Alert {
  const [value, threshold, measure] = rows.values;
  return {
    pump, time: rows.time[row], rule, measure: MEASURES[measure[row]],
    value: value[row], threshold: threshold[row], receivedAt: rows.receivedAt[row],
  };
}

/** Breaches of one rule, and removals at the replaced times that have none, in order of time. */
function inOrder(breaches: readonly Breach[], replaced: readonly number[], { time }: Readings): Change[] {
  const changes: Change[] = breaches.map((breach) => ({ time: time[breach.row], breach }));
  if (replaced.length > 0) {
    const raisedAt = new Set(changes.map((change) => change.time));
    for (const at of replaced) if (!raisedAt.has(at)) changes.push({ time: at, breach: undefined });
  }
  return changes.sort((a, b) => a.time - b.time);
}

function columnsOf(changes: readonly Change[], readings: Readings): Columns {
  const rows = new Columns(ALERT_COLUMNS, changes.length);
  const [value, threshold, measure] = rows.values;
  changes.forEach(({ time, breach }, index) => {
    rows.time[index] = time;
    if (!breach) return;
    const number = measureIndex[breach.rule.measure];
    rows.receivedAt[index] = readings.receivedAt[breach.row];
    value[index] = readings.values[number][breach.row];
    threshold[index] = breach.rule.threshold;
    measure[index] = number;
  });
  rows.length = changes.length;
  return rows;
}
