import { type Alert, alertFrom } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import { isNews } from '../../domain/alarm/news.ts';
import { MEASURES, measureIndex } from '../../domain/reading/measures.ts';
import { NO_ROW } from '../../domain/reading/keyCells.ts';
import { cellReceipt } from '../../domain/reading/readings.ts';
import type { TimedCells } from '../../domain/reading/rowFate.ts';
import type { BlockStore } from './blockStore.ts';
import { Columns, type RowSource } from './columns.ts';
import { endOf } from './environment.ts';
import { groupBy } from './groupBy.ts';
import type { Interned } from './interned.ts';
import { alertSeries, readingSeries, ruleOfKey } from './keys.ts';
import type { PlacedBreach } from './placedBreach.ts';
import { type Resolver, SeriesMerge } from './seriesMerge.ts';
import { timesRise } from './stepOrder.ts';

/** The columns of a series of alerts: value, threshold, and the measure's number. */
export const ALERT_COLUMNS = 3;

/** What happens to a pump's alerts in a step. */
export interface AlertChanges {
  readonly pump: { readonly name: string; readonly number: number };
  /** The step's rows, those of the pump in order of time. */
  readonly rows: RowSource;
  /** Breaches of rows that are stored now, in order of their places. */
  readonly raised: readonly PlacedBreach[];
  /** Cells that were replaced, times rising: the alerts of these measures go, unless they are raised again. */
  readonly replaced: readonly TimedCells[];
  /** Alerts received then or before have expired. */
  readonly expiredBefore: number;
}

/** An alert that comes, or with no breach the removal of one of some measures, as bits, that may be there. */
interface Change extends TimedCells {
  readonly raised: PlacedBreach | undefined;
}

/** Merges alerts: a series for each pump and rule, so that no time comes twice in one. */
export class AlertsMerge implements Resolver {
  readonly #blocks: BlockStore;
  readonly #rules: Interned;
  readonly #merge: SeriesMerge;
  #changes: readonly Change[] = [];
  #source!: RowSource;
  #known = new Set<Breach>();
  #withdraw: (stored: Columns, at: number) => void = () => undefined;

  constructor(blocks: BlockStore, rules: Interned, blockBytes: number) {
    this.#blocks = blocks;
    this.#rules = rules;
    this.#merge = new SeriesMerge(blocks, ALERT_COLUMNS, blockBytes);
  }

  /** Stores and removes alerts of a pump. Gives those that were there and hold no longer, and the breaches that are no news. */
  apply(changes: AlertChanges): { withdrawn: Alert[]; known: ReadonlySet<Breach> } {
    const { pump, raised, replaced, expiredBefore } = changes;
    const withdrawn: Alert[] = [];
    this.#source = changes.rows;
    this.#known = new Set();
    const byRule = groupBy(raised, ({ breach }) => this.#rules.intern(breach.rule.id));
    if (replaced.length > 0) for (const rule of rulesOf(this.#blocks, pump.number)) if (!byRule.has(rule)) byRule.set(rule, []);
    for (const [rule, breaches] of byRule) {
      this.#changes = inOrder(breaches, replaced, changes.rows);
      this.#withdraw = (stored, at) => withdrawn.push(alertAt(stored, at, pump.name, this.#rules.name(rule)));
      const rows = columnsOf(this.#changes, changes.rows);
      const incoming = { rows, from: 0, to: rows.length, distinct: replaced.length === 0 && timesRise(rows.time, 0, rows.length) };
      this.#merge.merge(alertSeries(pump.number, rule), incoming, this, expiredBefore);
    }
    return { withdrawn, known: this.#known };
  }

  resolve(stored: Columns, at: number, { to }: { readonly to: number }): number {
    const { raised, cells } = this.#changes[to - 1];
    if (raised) {
      if (!isNews(this.#value(raised), at === NO_ROW ? undefined : stored.values[0][at])) this.#known.add(raised.breach);
      return ~(to - 1);
    }
    if (at === NO_ROW) return NO_ROW;
    const isReplaced = (cells >> stored.values[2][at] & 1) !== 0;
    if (!isReplaced) return at;
    this.#withdraw(stored, at);
    return NO_ROW;
  }

  #value({ place, breach: { rule } }: PlacedBreach): number {
    return this.#source.values[measureIndex[rule.measure]][place];
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
  return alertFrom({
    pump, time: rows.time[row], rule, measure: MEASURES[measure[row]],
    value: value[row], threshold: threshold[row], receivedAt: rows.receivedAt[row],
  });
}

/** Breaches of one rule, and removals at the replaced times that have none, in order of time. */
function inOrder(breaches: readonly PlacedBreach[], replaced: readonly TimedCells[], { time }: RowSource): Change[] {
  const changes: Change[] = breaches.map((raised) => ({ time: time[raised.place], cells: 0, raised }));
  if (replaced.length === 0) return changes;
  const raisedAt = new Set(changes.map((change) => change.time));
  for (const { time: at, cells } of replaced) if (!raisedAt.has(at)) changes.push({ time: at, cells, raised: undefined });
  return changes.sort((a, b) => a.time - b.time);
}

function columnsOf(changes: readonly Change[], source: RowSource): Columns {
  const rows = new Columns(ALERT_COLUMNS, changes.length);
  const [value, threshold, measure] = rows.values;
  changes.forEach(({ time, raised }, index) => {
    rows.time[index] = time;
    if (!raised) return;
    const { place, breach: { rule } } = raised;
    const number = measureIndex[rule.measure];
    rows.receivedAt[index] = cellReceipt(source, place, number);
    value[index] = source.values[number][place];
    threshold[index] = rule.threshold;
    measure[index] = number;
  });
  rows.length = changes.length;
  return rows;
}
