import type { Alert } from '../../domain/alarm/alert.ts';
import type { Selection } from '../../domain/reading/selection.ts';

/** The alerts of a table. */
export interface StoredAlerts {
  /** Alerts by pump, then time, then rule; in pieces. */
  alerts(selection: Selection): AsyncIterable<readonly Alert[]>;
}
