import { type Alert } from '../../../domain/alarm/alert.ts';
import type { Breach } from '../../../domain/alarm/breach.ts';
import { isUnknown, measureIndex } from '../../../domain/reading/measures.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { readingKey } from '../../../domain/reading/rowKey.ts';
import { alertsOf } from '../cells/alertCells.ts';
import { alertColumn, thresholdColumn } from '../cells/cells.ts';
import { readingOf } from '../cells/remote.ts';
import type { CellRow } from '../gateway/rows.ts';
import type { StaleCell } from '../steps/plan.ts';

export interface EarlierRowsOptions {
  /** Times of receipt up to this one were committed: cells that are later are of a step that was interrupted. */
  readonly committed: number;
  /** Rows that such a step may have put its own over, as they were before. */
  readonly undo: readonly CellRow[];
}

/**
 * The rows of HBase that a step of a partition comes to, as they were when the last one was committed: whatever a step that was
 * interrupted has put there is ours, and is put again. All rows of a pump come by one partition, so nobody else puts any.
 */
export class EarlierRows {
  readonly #committed: number;
  readonly #undo: ReadonlyMap<string, CellRow>;
  /** Those that have been looked up and were there, by key in base64. */
  readonly #rows = new Map<string, CellRow>();

  constructor({ committed, undo }: EarlierRowsOptions) {
    this.#committed = committed;
    this.#undo = new Map(undo.map((row) => [row.key, row]));
  }

  /** A row of HBase as it was; undefined when it was not there. */
  see(row: CellRow): CellRow | undefined {
    const before = this.#undo.get(row.key) ?? { key: row.key, Cell: row.Cell.filter(({ timestamp }) => timestamp <= this.#committed) };
    if (before.Cell.length === 0) return undefined;
    this.#rows.set(row.key, before);
    return before;
  }

  /** Those that some of a plan's rows come over. */
  under(rows: Readings, replaced: readonly number[]): CellRow[] {
    return replaced.flatMap((row) => this.#rows.get(keyOf(rows, row)) ?? []);
  }

  /** Alert cells that hold no longer once the `replaced` of `rows` are put, which raise `breaches`. */
  staleCells(rows: Readings, replaced: readonly number[], breaches: readonly Breach[]): StaleCell[] {
    const raised = new Set(breaches.flatMap(({ row, rule: { id, measure } }) =>
      [alertColumn(measure), thresholdColumn(measure, id)].map((column) => `${row}\0${column}`)));
    const stale = new Map<string, StaleCell>();
    for (const row of replaced) {
      for (const { pump, time, rule, measure, receivedAt } of this.#alertsUnder(rows, row)) {
        for (const column of [alertColumn(measure), thresholdColumn(measure, rule)]) {
          const id = `${row}\0${column}`;
          const before = stale.get(id);
          if (!raised.has(id) && !(before && before.timestamp >= receivedAt)) stale.set(id, { pump, time, column, timestamp: receivedAt });
        }
      }
    }
    return [...stale.values()];
  }

  /** The alert of the same rule that was there before. */
  alertOf({ row, rule }: Breach, rows: Readings): Alert | undefined {
    return this.#alertsOf(rows, row).find((alert) => alert.rule === rule.id);
  }

  /** Alerts that hold no longer because the `replaced` of `rows` were put. */
  withdrawn(rows: Readings, replaced: readonly number[], breaches: readonly Breach[]): Alert[] {
    const raised = new Set(breaches.map(({ row, rule }) => `${row}\0${rule.id}`));
    return replaced.flatMap((row) => this.#alertsUnder(rows, row).filter(({ rule }) => !raised.has(`${row}\0${rule}`)));
  }

  /** Alerts of the cells that a row has, too. */
  #alertsUnder(rows: Readings, row: number): Alert[] {
    return this.#alertsOf(rows, row).filter(({ measure }) => !isUnknown(rows.values[measureIndex[measure]][row]));
  }

  #alertsOf(rows: Readings, row: number): Alert[] {
    const before = this.#rows.get(keyOf(rows, row));
    const key = before && readingOf(before);
    return before && key ? alertsOf(key.pump, key.time, before) : [];
  }
}

function keyOf({ names, pump, time }: Readings, row: number): string {
  return Buffer.from(readingKey(names[pump[row]], time[row])).toString('base64');
}
