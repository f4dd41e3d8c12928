import { isUnknown, measureIndex } from '../reading/measures.ts';
import type { Readings } from '../reading/readings.ts';
import { type Alert, alertOf } from './alert.ts';
import { type Breach, valueOf } from './breach.ts';
import { isNews } from './news.ts';

/** Something that was told of a row before its step began: an alert, or that one no longer holds. */
export interface Foretold {
  /** The row's number among all rows of the journal since the job began. */
  readonly row: number;
  readonly alert: Alert;
  /** False: the row takes the alert back. */
  readonly holds: boolean;
}

/** What is told together: first the news, then the alerts that hold no longer. */
export interface ForetoldPart {
  readonly news: readonly Breach[];
  readonly withdrawn: readonly Alert[];
}

interface LookOptions {
  readonly first: number;
  readonly isKnown: (breach: Breach) => boolean;
}

const NONE: readonly never[] = [];

/** So many are remembered; about 250 bytes each. */
const MOST = 50_000;

/**
 * What was told of rows whose steps are still to come, so that it is not told again then. Bounded: what goes beyond is told
 * and not remembered, so it is told once more when its row is stored.
 *
 *   hold (the step under way) ─► look ─► due, when the row comes into a step: forgotten here
 */
export class ForetoldAlerts {
  readonly #most: number;
  #told: Foretold[] = [];
  #missed = 0;
  /** The alerts that hold as far as is known, by pump and time of their readings. */
  readonly #holding = new Map<string, Map<number, readonly Alert[]>>();

  constructor(most = MOST) {
    this.#most = most;
  }

  /** How many were told and not remembered. */
  get missed(): number {
    return this.#missed;
  }

  /** Whether no more are remembered. */
  get full(): boolean {
    return this.#told.length >= this.#most;
  }

  /** The alerts that were told and hold, as far as is known. */
  *holding(): Iterable<Alert> {
    for (const byTime of this.#holding.values()) for (const alerts of byTime.values()) yield* alerts;
  }

  /** An alert of the step under way holds: a row behind it may take it back. */
  hold(alert: Alert): void {
    const byTime = this.#holding.get(alert.pump) ?? new Map<number, readonly Alert[]>();
    byTime.set(alert.time, [...this.#at(alert).filter(({ rule }) => rule !== alert.rule), alert]);
    this.#holding.set(alert.pump, byTime);
  }

  /** It is stored now, or holds no longer: others know of it. */
  letGo(alert: Alert): void {
    const byTime = this.#holding.get(alert.pump);
    const others = this.#at(alert).filter((one) => one !== alert); // another one may have taken its place
    if (others.length > 0) byTime?.set(alert.time, others);
    else if (byTime?.delete(alert.time) && byTime.size === 0) this.#holding.delete(alert.pump);
  }

  /**
   * What is to be told of rows behind the step under way, in parts: of each first the news, then the withdrawn. `first` is the
   * number of their first row; `isKnown` says that the table has an alert already. No object is made for most rows.
   */
  look(readings: Readings, breaches: readonly Breach[], { first, isKnown }: LookOptions): ForetoldPart[] {
    const byRow = groupByRow(breaches);
    const parts: { news: Breach[]; withdrawn: Alert[] }[] = [{ news: [], withdrawn: [] }];
    const { names, pump, time, values, length } = readings;
    for (let row = 0; row < length; row++) {
      const broken = byRow.get(row) ?? NONE;
      for (const alert of this.#holding.get(names[pump[row]])?.get(time[row]) ?? NONE) {
        // A row that lacks the measure says nothing of the alert.
        if (isUnknown(values[measureIndex[alert.measure]][row]) || broken.some(({ rule }) => rule.id === alert.rule)) continue;
        this.letGo(alert);
        this.#remember({ row: first + row, alert, holds: false });
        parts.at(-1)!.withdrawn.push(alert);
      }
      for (const breach of broken) {
        if (isKnown(breach) || !this.#isNews(breach, readings)) continue;
        const alert = alertOf(breach, readings);
        if (this.#remember({ row: first + row, alert, holds: true })) this.hold(alert);
        if (parts.at(-1)!.withdrawn.length > 0) parts.push({ news: [], withdrawn: [] });
        parts.at(-1)!.news.push(breach);
      }
    }
    return parts.filter(({ news, withdrawn }) => news.length + withdrawn.length > 0);
  }

  /** What was told of rows before this one, in order; it is forgotten here. */
  due(row: number): readonly Foretold[] {
    let count = 0;
    while (count < this.#told.length && this.#told[count].row < row) count++;
    if (count === 0) return [];
    const due = this.#told.splice(0, count);
    for (const { alert, holds } of due) if (holds) this.letGo(alert);
    return due;
  }

  #remember(one: Foretold): boolean {
    if (!this.full) return this.#told.push(one) > 0;
    this.#missed++;
    return false;
  }

  #isNews(breach: Breach, readings: Readings): boolean {
    const there = this.#holding.get(readings.names[readings.pump[breach.row]])?.get(readings.time[breach.row]);
    return isNews(valueOf(breach, readings), there?.find(({ rule }) => rule === breach.rule.id)?.value);
  }

  #at({ pump, time }: Alert): readonly Alert[] {
    return this.#holding.get(pump)?.get(time) ?? NONE;
  }
}

function groupByRow(breaches: readonly Breach[]): ReadonlyMap<number, readonly Breach[]> {
  const byRow = new Map<number, Breach[]>();
  for (const breach of breaches) {
    const those = byRow.get(breach.row);
    if (those) those.push(breach);
    else byRow.set(breach.row, [breach]);
  }
  return byRow;
}
