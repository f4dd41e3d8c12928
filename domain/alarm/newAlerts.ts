import { alertOf } from './alert.ts';
import type { Breach } from './breach.ts';
import type { Readings } from '../reading/readings.ts';
import { enrich, type EnrichedAlert } from './enriched.ts';
import type { Reference } from '../pump/reference.ts';

/** Alerts of a step that nobody has been told of, with all that is needed to say more of them. Holds until the next step. */
export interface NewAlerts {
  /** Rule by rule, in order of receipt. */
  readonly breaches: readonly Breach[];
  /** The columns that they point into. */
  readonly readings: Readings;
  readonly reference: Reference;
  /** Later rows of the same step replaced their readings, which are told all the same; they are withdrawn next. */
  readonly replaced?: true;
  /** They are told while a store takes its time: their rows are of the step under way, or of the journal behind it. */
  readonly ahead?: 'underWay' | 'behind';
}

/** Each alert, joined with its pump's vendor and maintenance history. */
export function joined({ breaches, readings, reference }: NewAlerts): EnrichedAlert[] {
  return breaches.map((breach) => enrich(alertOf(breach, readings), reference));
}
