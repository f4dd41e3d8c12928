import { type Alert, alertOf } from '../../domain/alarm/alert.ts';
import { enrich, type Enriched } from '../../domain/alarm/enriched.ts';
import { follow, type Followed, goesOn, NO_HISTORY, type History, seenUpTo, without } from '../../domain/alarm/history.ts';
import type { NewAlerts } from '../../domain/alarm/newAlerts.ts';
import { type Occurrence, OccurrenceFold } from '../../domain/alarm/occurrence.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { groupBy } from '../../storage/lmdb/groupBy.ts';
import type { Json } from '../../storage/table/state.ts';
import type { StepFacts, StepKeeper } from '../job/stepKeeper.ts';
import { arrivalsOf } from './arrivals.ts';

/** So many occurrences of a pump and rule are told at a time, the newest: a pump that flaps must not fill the screen. */
const MOST_TOLD = 10;

/**
 * Follows occurrences while rows come, for whoever watches: the terminal, the live stream. It keeps a history by pump in
 * memory and asks the table nothing. So after a restart an occurrence begins with the first reading that comes then, and
 * what corrected rows did to an earlier one is known to those who ask the table.
 *
 *   previewed ─► decided ─► committed       the step under way is folded anew each time, on top of what was before it
 */
export class LiveOccurrences implements StepKeeper {
  readonly #histories = new Map<string, History>();
  /** By pump, with the step under way. */
  #step = new Map<string, Followed>();
  /** Follows what is looked at while a store takes its time; those rows come again here. */
  #ahead: LiveOccurrences | undefined;

  previewed(readings: Readings, { breaches }: StepFacts): void {
    this.#follow(readings, { breaches });
  }

  decided(readings: Readings, duplicates: Uint8Array, { breaches }: StepFacts): Readonly<Record<string, Json>> {
    this.#follow(readings, { breaches, duplicates });
    return {};
  }

  lookedAt(readings: Readings, { breaches, first }: Pick<StepFacts, 'breaches'> & { readonly first: boolean }): void {
    if (first || !this.#ahead) this.#ahead = this.#copy();
    else this.#ahead.committed();
    this.#ahead.#follow(readings, { breaches });
  }

  /** Forgets a pump of which readings were taken back: its occurrences begin with what comes then. */
  forget(pump: string): void {
    this.#histories.delete(pump);
  }

  committed(): void {
    for (const [pump, { history }] of this.#step) this.#histories.set(pump, history);
    this.#step.clear();
  }

  /**
   * The occurrences that new alerts of the step under way belong to, as they are now, joined. Of each pump and rule the
   * oldest comes first.
   */
  of({ ahead, ...news }: NewAlerts): Enriched<Occurrence>[] {
    if (ahead && this.#ahead) return this.#ahead.of(news);
    const { breaches, readings, reference, replaced } = news;
    if (replaced) return apart(breaches.map((breach) => alertOf(breach, readings))).map((one) => enrich(one, reference));
    const found = new Map<string, Set<Occurrence>>();
    const byRule = new Map<string, readonly Occurrence[]>();
    for (const { row, rule } of breaches) {
      const pump = readings.names[readings.pump[row]];
      const key = `${pump}\n${rule.id}`;
      const all = byRule.get(key) ?? this.#ofRule(pump, rule.id);
      byRule.set(key, all);
      const occurrence = lastBefore(all, readings.time[row]);
      if (!occurrence || occurrence.to < readings.time[row]) continue; // a later row of the step corrected its reading
      found.set(key, (found.get(key) ?? new Set()).add(occurrence));
    }
    return [...found.values()].flatMap((those) =>
      [...those].sort((a, b) => a.from - b.from).slice(-MOST_TOLD).map((one) => enrich(one, reference)),
    );
  }

  /** Takes alerts out that hold no longer, because a row of the step under way corrected their reading. */
  withdrawn(alerts: readonly Alert[]): void {
    this.#ahead?.withdrawn(alerts);
    for (const alert of alerts) {
      const before = this.#histories.get(alert.pump) ?? NO_HISTORY;
      const followed = this.#step.get(alert.pump);
      // What was told of this step and corrected by it is not in what was followed.
      if (followed && alert.time <= before.front.last)
        this.#step.set(alert.pump, { ...followed, history: without(followed.history, alert) });
    }
  }

  /** Without the step under way. Histories don't change, they are replaced. */
  #copy(): LiveOccurrences {
    const copy = new LiveOccurrences();
    for (const [pump, history] of this.#histories) copy.#histories.set(pump, history);
    return copy;
  }

  /** A rule's occurrences at a pump in the step under way, in order of beginning. */
  #ofRule(pump: string, rule: string): readonly Occurrence[] {
    const all = this.#step.get(pump)?.occurrences ?? [];
    return all.filter((one) => one.rule === rule).sort((a, b) => a.from - b.from);
  }

  #follow(readings: Readings, { breaches, duplicates }: Pick<StepFacts, 'breaches'> & { readonly duplicates?: Uint8Array }): void {
    const before = (pump: string) => this.#histories.get(pump) ?? NO_HISTORY;
    this.#step.clear();
    for (const { pump, newest, arrived } of arrivalsOf({ readings, breaches, duplicates, isOpen: (id) => goesOn(before(id)) })) {
      this.#step.set(pump, arrived ? follow(before(pump), arrived) : { history: seenUpTo(before(pump), newest), occurrences: [] });
    }
  }
}

/** The last occurrence that begins at a time or before it. */
function lastBefore(occurrences: readonly Occurrence[], time: number): Occurrence | undefined {
  let [low, high] = [0, occurrences.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (occurrences[middle].from <= time) low = middle + 1;
    else high = middle;
  }
  return occurrences[low - 1];
}

/** Occurrences of alerts whose readings are gone: those of a pump and rule are one, as no reading between them is known. */
function apart(alerts: readonly Alert[]): Occurrence[] {
  const byPump = groupBy(alerts, ({ pump }) => pump);
  return [...byPump.values()].flatMap((those) => {
    const fold = new OccurrenceFold();
    for (const alert of those.sort((a, b) => a.time - b.time)) fold.add(alert, 1);
    return fold.end(2).map(({ fromStart: _, ...one }): Occurrence => ({ ...one, active: false }));
  });
}
