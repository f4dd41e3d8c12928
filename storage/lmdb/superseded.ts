import { type Alert, alertOf } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { StepFates } from '../../domain/reading/rowFate.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import { holdsCell, type PlacedBreach } from './placedBreach.ts';

/** What of a step's breaches went with their cells, because later rows of the same step replaced these. */
export interface Superseded {
  readonly breaches: readonly Breach[];
  /** Those of them whose key does not break the same rule any more. */
  readonly alerts: readonly Alert[];
}

const NONE: Superseded = { breaches: [], alerts: [] };

/** Finds them. */
export function supersededOf(placed: readonly PlacedBreach[], fates: StepFates, readings: Readings): Superseded {
  const breaches = placed.filter(({ place, breach: { rule } }) => fates.hasLost(place, measureIndex[rule.measure])).map(({ breach }) => breach);
  if (breaches.length === 0) return NONE;
  const key = ({ row, rule }: Breach) => `${readings.pump[row]}:${readings.time[row]}:${rule.id}`;
  // Where a row was replaced by one of the step, a row of the step is there in the end.
  const held = new Set(placed.filter((one) => holdsCell(fates, one)).map(({ breach }) => key(breach)));
  const alerts = breaches.filter((breach) => !held.has(key(breach))).map((breach) => alertOf(breach, readings));
  return { breaches, alerts };
}
