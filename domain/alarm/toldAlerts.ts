import type { Readings } from '../reading/readings.ts';
import { type Alert, alertOf } from './alert.ts';
import { type Breach, valueOf } from './breach.ts';
import { isNews } from './news.ts';

/**
 * The alerts of rows that wait in a small step, told before the table has them. Remembers them until the step is in the
 * table, so that none is told again, and one that did not hold is withdrawn.
 *
 *   candidates ─► told (those of them that are news to the table too)        as often as the step grows
 *   withoutTold, untrue ─► clear                                             when the step is in the table
 */
export class ToldAlerts {
  /** By pump, time and rule: the last that was told. */
  readonly #told = new Map<string, Alert>();
  /** The rows that were looked at: they keep their numbers while the step grows. */
  #rows = 0;

  /** The breaches of rows that came since the last time, without those that were told. */
  candidates(breaches: readonly Breach[], readings: Readings): Breach[] {
    const from = this.#rows;
    this.#rows = readings.length;
    return breaches.filter((breach) => breach.row >= from && this.#isNews(breach, readings));
  }

  /** Remembers alerts that are told now. */
  told(breaches: readonly Breach[], readings: Readings): void {
    for (const breach of breaches) this.#told.set(identityOf(breach, readings), alertOf(breach, readings));
  }

  /** The breaches that have not been told, of those that became alerts. */
  withoutTold(breaches: readonly Breach[], readings: Readings): readonly Breach[] {
    return this.#told.size === 0 ? breaches : breaches.filter((breach) => this.#isNews(breach, readings));
  }

  /** What was told and is no alert, because a later row of the same step corrected its reading. `breaches` are all of the step. */
  untrue(breaches: readonly Breach[], readings: Readings): Alert[] {
    if (this.#told.size === 0) return [];
    const latest = new Map<string, number>();
    for (let row = 0; row < readings.length; row++) latest.set(keyOfRow(row, readings), row);
    const isLatest = ({ row }: Breach) => latest.get(keyOfRow(row, readings)) === row;
    const held = new Set(breaches.filter(isLatest).map((breach) => identityOf(breach, readings)));
    return [...this.#told].filter(([identity]) => !held.has(identity)).map(([, alert]) => alert);
  }

  clear(): void {
    this.#told.clear();
    this.#rows = 0;
  }

  #isNews(breach: Breach, readings: Readings): boolean {
    return isNews(valueOf(breach, readings), this.#told.get(identityOf(breach, readings))?.value);
  }
}

function keyOfRow(row: number, { pump, time }: Readings): string {
  return `${pump[row]}:${time[row]}`;
}

function identityOf({ row, rule }: Breach, readings: Readings): string {
  return `${keyOfRow(row, readings)}:${rule.id}`;
}
