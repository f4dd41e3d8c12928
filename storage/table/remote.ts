import type { Alert } from '../../domain/alarm/alert.ts';
import type { Selection } from '../../domain/reading/selection.ts';
import type { StoredFleet } from './fleet.ts';
import type { Table } from './table.ts';

/** Since when a store does not answer (ms since 1970-01-01T00:00Z), and why. */
export interface StoreAway {
  readonly since: number;
  readonly reason: string;
}

/** What a table on the network can do beside being a table. */
export interface Remote {
  /** Since when the store is away; undefined while it is there. */
  away(): StoreAway | undefined;
  /** The alerts that are known here, without asking the store: all that this site has stored, in order of pump and time. */
  alertsHere(selection: Selection): AsyncIterable<readonly Alert[]>;
  /**
   * Takes counts, positions and what is known of expired pump-days over from a table whose rows have been copied.
   * May be done again: then it adds what has been counted since.
   */
  takeOver(source: Table): Promise<void>;
}

/** A table that has been opened, wherever it is: only one on the network has the powers of `Remote`, and one that is shared a fleet. */
export type OpenTable = Table & Partial<Remote> & Partial<StoredFleet>;
