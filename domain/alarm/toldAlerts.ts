import { isUnknown, type Measure, measureIndex } from '../reading/measures.ts';
import type { Readings } from '../reading/readings.ts';
import { type Alert, alertOf } from './alert.ts';
import { type Breach, valueOf } from './breach.ts';
import type { Foretold } from './foretold.ts';
import { isNews } from './news.ts';

/**
 * The alerts of rows that wait in a small step, told before the table has them. Remembers them until the step is in the
 * table, so that none is told again, and one that did not hold is withdrawn.
 *
 *   foretold ─► candidates ─► told (those of them that are news to the table too)        as often as the step grows
 *   newsOf, withdrawals ─► clear                                                         when the step is in the table
 */
export class ToldAlerts {
  /** By pump, time and rule: the last that was told. */
  readonly #told = new Map<string, Alert>();
  /** By pump, time and rule: those that were taken back before their correction came into the step. */
  readonly #takenBack = new Set<string>();
  /** The rows that were looked at: they keep their numbers while the step grows. */
  #rows = 0;

  /** The alerts that were told and hold, as far as is known. */
  get holding(): Iterable<Alert> {
    return this.#told.values();
  }

  /** Rows have come into the step of which somebody has been told before, in order. */
  foretold(those: readonly Foretold[]): void {
    for (const { alert, holds } of those) {
      const identity = `${alert.pump}:${alert.time}:${alert.rule}`;
      if (holds) this.#tell(identity, alert);
      else {
        this.#told.delete(identity);
        this.#takenBack.add(identity);
      }
    }
  }

  /** The breaches of rows that came since the last time, without those that were told; the first `seen` rows were looked at elsewhere. */
  candidates(breaches: readonly Breach[], readings: Readings, seen = 0): Breach[] {
    const from = Math.max(this.#rows, seen);
    this.#rows = readings.length;
    return breaches.filter((breach) => breach.row >= from && this.#isNews(breach, readings));
  }

  /** Whether the alert of a breach was taken back: then it is news, whatever the table still has. */
  wasTakenBack(breach: Breach, readings: Readings): boolean {
    return this.#takenBack.size > 0 && this.#takenBack.has(identityOf(breach, readings));
  }

  /** Remembers alerts that are told now. */
  told(breaches: readonly Breach[], readings: Readings): void {
    for (const breach of breaches) this.#tell(identityOf(breach, readings), alertOf(breach, readings));
  }

  /** The breaches that have not been told, of those that became alerts. */
  withoutTold(breaches: readonly Breach[], readings: Readings): readonly Breach[] {
    return this.#told.size === 0 ? breaches : breaches.filter((breach) => this.#isNews(breach, readings));
  }

  /**
   * What is still to be told of a step: of its `raised` breaches those that have not been, and alerts that were taken back too
   * early, as the table has them now as before. `breaches` are all of the step.
   */
  newsOf(raised: readonly Breach[], breaches: readonly Breach[], readings: Readings): readonly Breach[] {
    const news = this.withoutTold(raised, readings);
    if (this.#takenBack.size === 0) return news;
    const known = new Set(raised);
    const again = breaches.filter((breach) => !known.has(breach) && this.wasTakenBack(breach, readings));
    const isLatest = again.length > 0 ? latestRows(readings) : () => false;
    return [...news, ...again.filter(isLatest)];
  }

  /**
   * What is still to be withdrawn: what the table has taken out, and what was told and is no alert, because a later row of the
   * same step corrected its reading. `breaches` are all of the step.
   */
  withdrawals(stored: readonly Alert[], breaches: readonly Breach[], readings: Readings): Alert[] {
    const open = stored.filter(({ pump, time, rule }) => !this.#takenBack.has(`${pump}:${time}:${rule}`));
    if (this.#told.size === 0) return open;
    const held = new Set(breaches.filter(latestRows(readings)).map((breach) => identityOf(breach, readings)));
    return [...open, ...[...this.#told].filter(([identity]) => !held.has(identity)).map(([, alert]) => alert)];
  }

  clear(): void {
    this.#told.clear();
    this.#takenBack.clear();
    this.#rows = 0;
  }

  #tell(identity: string, alert: Alert): void {
    this.#told.set(identity, alert);
    this.#takenBack.delete(identity);
  }

  #isNews(breach: Breach, readings: Readings): boolean {
    return isNews(valueOf(breach, readings), this.#told.get(identityOf(breach, readings))?.value);
  }
}

/** Whether no later row of the step has the breach's pump, time and measure. */
function latestRows(readings: Readings): (breach: Breach) => boolean {
  const byMeasure = new Map<Measure, Map<string, number>>();
  const latestOf = (measure: Measure) => {
    const latest = new Map<string, number>();
    const column = readings.values[measureIndex[measure]];
    for (let row = 0; row < readings.length; row++) if (!isUnknown(column[row])) latest.set(keyOfRow(row, readings), row);
    byMeasure.set(measure, latest);
    return latest;
  };
  return ({ row, rule: { measure } }) => (byMeasure.get(measure) ?? latestOf(measure)).get(keyOfRow(row, readings)) === row;
}

function keyOfRow(row: number, { names, pump, time }: Readings): string {
  return `${names[pump[row]]}:${time[row]}`;
}

function identityOf({ row, rule }: Breach, readings: Readings): string {
  return `${keyOfRow(row, readings)}:${rule.id}`;
}
