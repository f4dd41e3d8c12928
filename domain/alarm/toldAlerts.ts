import { type Alert, alertOf } from './alert.ts';
import type { Breach } from './breach.ts';
import { measureIndex } from '../reading/measures.ts';
import type { Readings } from '../reading/readings.ts';

/**
 * The alerts of rows that wait in a small step, told before the table has them. Remembers them until
 * the step is in the table, so that none is told again and one that did not hold is withdrawn.
 */
export class ToldAlerts {
  /** By pump, time, rule and value; rows keep their numbers while the step grows. */
  readonly #told = new Map<string, Breach>();

  /** Adds breaches and gives those that were not there yet. */
  add(breaches: readonly Breach[], readings: Readings): Breach[] {
    return breaches.filter((breach) => {
      const key = newsOf(breach, readings);
      if (this.#told.has(key)) return false;
      this.#told.set(key, breach);
      return true;
    });
  }

  /** Breaches that have not been told. */
  withoutThose(breaches: readonly Breach[], readings: Readings): readonly Breach[] {
    return this.#told.size === 0 ? breaches : breaches.filter((breach) => !this.#told.has(newsOf(breach, readings)));
  }

  /** What was told, and is no alert because a later row of the same step corrected it. `breaches` are all of the step. */
  untrue(breaches: readonly Breach[], readings: Readings): Alert[] {
    if (this.#told.size === 0) return [];
    const latest = new Map<string, number>();
    for (let row = 0; row < readings.length; row++) latest.set(keyOfRow(row, readings), row);
    const isLatest = ({ row }: Breach) => latest.get(keyOfRow(row, readings)) === row;
    const held = new Set(breaches.filter(isLatest).map((breach) => identityOf(breach, readings)));
    return [...this.#told.values()]
      .filter((breach) => !held.has(identityOf(breach, readings)))
      .map((breach) => alertOf(breach, readings));
  }

  clear(): void {
    this.#told.clear();
  }
}

function keyOfRow(row: number, { pump, time }: Readings): string {
  return `${pump[row]}:${time[row]}`;
}

function identityOf({ row, rule }: Breach, readings: Readings): string {
  return `${keyOfRow(row, readings)}:${rule.id}`;
}

/** What makes it news: the same measure at the same key is none. */
function newsOf(breach: Breach, readings: Readings): string {
  return `${identityOf(breach, readings)}:${readings.values[measureIndex[breach.rule.measure]][breach.row]}`;
}
