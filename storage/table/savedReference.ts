import type { Contact, Maintenance, Pump } from '../../domain/pump/reference.ts';

/** Reference data as it was last read whole. */
export interface SavedReference {
  readonly pumps: readonly Pump[];
  readonly maintenance: readonly Maintenance[];
  /** Absent in what earlier versions have saved. */
  readonly contacts?: readonly Contact[];
}

/** The reference data that a table keeps, for whoever can't read its files. */
export interface StoredReference {
  /** The last reference data that could be read, or undefined. */
  savedReference(): Promise<SavedReference | undefined>;
  saveReference(reference: SavedReference): Promise<void>;
}
