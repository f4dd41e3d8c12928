import type { Alert } from '../../domain/alarm/alert.ts';
import type { Foretold } from '../../domain/alarm/foretold.ts';
import type { NewAlerts } from '../../domain/alarm/newAlerts.ts';
import type { Reference } from '../../domain/pump/reference.ts';

/** Who wants to know of alerts. */
export interface AlertListener {
  /** New alerts; `joined` and `newRunsOf` say more of them. A redelivered message may tell one twice. */
  onAlerts(news: NewAlerts): void;
  /** Alerts that hold no longer: a later receipt corrected their reading. */
  onWithdrawn(alerts: readonly Alert[]): void;
  /** Rows have come into a step of which `onAlerts` and `onWithdrawn` told while a store was away. */
  onDue?(those: readonly Foretold[], reference: Reference): void;
}
