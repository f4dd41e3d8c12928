import type { StoredAlarmDays } from './alarmDays.ts';
import type { StoredAlerts } from './alerts.ts';
import type { StoredDays } from './days.ts';
import type { StoredOrigins } from './origins.ts';
import type { StoredPumps } from './pumps.ts';
import type { StoredReadings } from './readings.ts';
import type { StoredReceipts } from './receipts.ts';
import type { StoredRejects } from './rejects.ts';
import type { Retracting } from './retractions.ts';
import type { StoredReference } from './savedReference.ts';
import type { StoredState } from './state.ts';
import type { StepSink } from './steps.ts';

/** What keeps a table going. */
export interface Upkeep {
  /** Removes what has expired; does a bounded piece of the work and says whether more is left. */
  expire(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * The wide-column table `sensor` (docs/table.md): readings (`data`), alerts (`alerts`), daily statistics
 * (`stats`), and beside them what commits with a step: rejects, counts and positions. There is one
 * writer of steps and one of statistics; any number of readers, in other processes too, each of which
 * sees whole steps only. Pumps come in order of the bytes of their UTF-8 ids, then times rise.
 *
 * Each subject has a file beside this one; a reader asks for the subjects that it needs.
 *
 * Every method throws AppError STORE_UNAVAILABLE when the store can't be reached or written,
 * STORE_DAMAGED when what it holds can't be read.
 */
export interface Table
  extends StepSink, StoredState, StoredPumps, StoredReadings, StoredAlerts, StoredRejects, StoredReceipts, StoredOrigins, StoredDays,
    StoredAlarmDays, StoredReference, Retracting, Upkeep {}
