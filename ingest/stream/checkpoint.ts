import type { Json } from '../../storage/table/state.ts';

/** A key of a state and its value; without a value, the key is removed. */
export type Entry = readonly [key: Json] | readonly [key: Json, value: Json];

/** What all operators remember after a batch, or what changed of it in one batch. */
export interface Checkpoint {
  /** The batch that it belongs to. */
  readonly time: number;
  /** Entries by name of a state, in order. */
  readonly state: Readonly<Record<string, readonly Entry[]>>;
}

/**
 * Where a context keeps its checkpoints. Batches come one after the other; what `save` was given is durable when it
 * returns. All throw AppError when the store can't be used.
 */
export interface CheckpointStore {
  /** The last checkpoint, whole; undefined when there is none. */
  load(): Promise<Checkpoint | undefined>;
  /** Adds what a batch changed. `whole` gives all there is after it, for a store that begins anew. */
  save(changes: Checkpoint, whole: () => Checkpoint): Promise<void>;
  /** Nothing more will be saved. */
  close?(): Promise<void>;
}

/** A part of an operator's memory. */
export interface NodeState {
  /** What changed since the last call, in an order in which it can be done again. */
  changes(): Entry[];
  /** Forgets what changed, where nobody keeps it. */
  forgetChanges(): void;
  entries(): Entry[];
  restore(entries: readonly Entry[]): void;
}

/** Does changes to entries that are held by the text of their key. */
export function applyEntries(target: Map<string, Entry>, changes: readonly Entry[]): void {
  for (const entry of changes) {
    const key = JSON.stringify(entry[0]);
    if (entry.length === 1) target.delete(key);
    else target.set(key, entry);
  }
}

/** The state after checkpoints and changes that follow on each other. */
export function mergedState(records: readonly Checkpoint[]): Checkpoint['state'] {
  const state = new Map<string, Map<string, Entry>>();
  for (const record of records) {
    for (const [name, changes] of Object.entries(record.state)) {
      const entries = state.get(name) ?? new Map<string, Entry>();
      applyEntries(entries, changes);
      state.set(name, entries);
    }
  }
  return Object.fromEntries(Array.from(state, ([name, entries]) => [name, [...entries.values()]]));
}
