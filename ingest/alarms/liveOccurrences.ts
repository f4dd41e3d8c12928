import { type Alert, alertOf } from '../../domain/alarm/alert.ts';
import { enrich, type Enriched } from '../../domain/alarm/enriched.ts';
import { belongs, follow, type Followed, goesOn, NO_HISTORY, type History, seenUpTo, without } from '../../domain/alarm/history.ts';
import type { NewAlerts } from '../../domain/alarm/newAlerts.ts';
import type { Occurrence } from '../../domain/alarm/occurrence.ts';
import type { Readings } from '../../domain/reading/readings.ts';
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

  previewed(readings: Readings, { breaches }: StepFacts): void {
    this.#follow(readings, { breaches });
  }

  decided(readings: Readings, duplicates: Uint8Array, { breaches }: StepFacts): Readonly<Record<string, Json>> {
    this.#follow(readings, { breaches, duplicates });
    return {};
  }

  committed(): void {
    for (const [pump, { history }] of this.#step) this.#histories.set(pump, history);
    this.#step.clear();
  }

  /** The occurrences that new alerts of the step under way belong to, as they are now, joined. Of each pump and rule the oldest first. */
  of({ breaches, readings, reference }: NewAlerts): Enriched<Occurrence>[] {
    const found = new Map<string, Set<Occurrence>>();
    for (const breach of breaches) {
      const alert = alertOf(breach, readings);
      const occurrence = this.#step.get(alert.pump)?.occurrences.find((one) => belongs(alert, one));
      if (!occurrence) continue; // a later row of the step corrected its reading
      const key = `${alert.pump}\n${alert.rule}`;
      found.set(key, (found.get(key) ?? new Set()).add(occurrence));
    }
    return [...found.values()].flatMap((those) =>
      [...those].sort((a, b) => a.from - b.from).slice(-MOST_TOLD).map((one) => enrich(one, reference)),
    );
  }

  /** Takes alerts out that hold no longer, because a row of the step under way corrected their reading. */
  withdrawn(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      const before = this.#histories.get(alert.pump) ?? NO_HISTORY;
      const followed = this.#step.get(alert.pump);
      // What was told of this step and corrected by it is not in what was followed.
      if (followed && alert.time <= before.front.last)
        this.#step.set(alert.pump, { ...followed, history: without(followed.history, alert) });
    }
  }

  #follow(readings: Readings, { breaches, duplicates }: Pick<StepFacts, 'breaches'> & { readonly duplicates?: Uint8Array }): void {
    const before = (pump: string) => this.#histories.get(pump) ?? NO_HISTORY;
    this.#step.clear();
    for (const { pump, newest, arrived } of arrivalsOf({ readings, breaches, duplicates, isOpen: (id) => goesOn(before(id)) })) {
      this.#step.set(pump, arrived ? follow(before(pump), arrived) : { history: seenUpTo(before(pump), newest), occurrences: [] });
    }
  }
}
