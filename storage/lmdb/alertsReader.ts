import type { Alert } from '../../domain/alarm/alert.ts';
import { ALERT_COLUMNS, alertAt, rulesOf } from './alertsMerge.ts';
import { MAX_BLOCK_ROWS } from './block.ts';
import { BlockReader } from './blockReader.ts';
import type { BlockStore } from './blockStore.ts';
import { Columns } from './columns.ts';
import type { Snapshot } from './environment.ts';
import { keepUnexpired } from './expiredCells.ts';
import type { Interned } from './interned.ts';
import { alertSeries } from './keys.ts';

/** Which alerts of a pump to read. */
export interface AlertRange {
  readonly from: number;
  readonly to: number;
  readonly expiredBefore: number;
}

/** Reads alerts. */
export class AlertsReader {
  readonly #blocks: BlockStore;
  readonly #rules: Interned;

  constructor(blocks: BlockStore, rules: Interned) {
    this.#blocks = blocks;
    this.#rules = rules;
  }

  /** A pump's alerts by time, then rule. */
  *of(pump: { name: string; number: number }, range: AlertRange, snapshot: Snapshot): Iterable<Alert> {
    const rules = [...rulesOf(this.#blocks, pump.number, snapshot)].map((number) => ({ number, name: this.#rules.name(number, snapshot) }));
    rules.sort((a, b) => (a.name < b.name ? -1 : 1));
    const series = rules.map((rule) => this.#series(pump, rule, range, snapshot)[Symbol.iterator]());
    try {
      yield* mergeByTime(series);
    } finally {
      for (const alerts of series) alerts.return?.();
    }
  }

  *#series(
    pump: { name: string; number: number },
    rule: { name: string; number: number },
    range: AlertRange,
    snapshot: Snapshot,
  ): Iterable<Alert> {
    const block = new BlockReader(ALERT_COLUMNS);
    const rows = new Columns(ALERT_COLUMNS, MAX_BLOCK_ROWS);
    for (const entry of this.#blocks.between(alertSeries(pump.number, rule.number), range, snapshot)) {
      this.#blocks.loadEntry(block, entry);
      if (block.newest <= range.expiredBefore) continue;
      rows.clear();
      block.decode(rows, block.rowAt(range.from), block.rowAt(range.to));
      keepUnexpired(rows, range.expiredBefore);
      for (let row = 0; row < rows.length; row++) yield alertAt(rows, row, pump.name, rule.name);
    }
  }
}

/** Merges alerts that come in order of time; at the same time those of an earlier iterator come first. */
function* mergeByTime(iterators: readonly Iterator<Alert>[]): Iterable<Alert> {
  const heads = iterators.map((iterator) => iterator.next());
  for (;;) {
    let earliest: Alert | undefined;
    let from = -1;
    heads.forEach((head, index) => {
      if (head.done !== true && (!earliest || head.value.time < earliest.time)) {
        earliest = head.value;
        from = index;
      }
    });
    if (!earliest) return;
    yield earliest;
    heads[from] = iterators[from].next();
  }
}
