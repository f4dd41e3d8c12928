import type { ReceiverName } from '../../domain/balance.ts';
import type { Json } from '../../storage/table/state.ts';
import type { StepBuffer } from '../decode/csv/parse.ts';

/** A step while it is being filled: rows and rejects, and the positions that go with them. */
export interface OpenStep {
  readonly buffer: StepBuffer;
  /** Names of positions and what they become with this step; null forgets a name. */
  readonly state: Record<string, Json>;
  /** Rows that get their time of receipt now get one that is not later: the other receiver's rows that wait came then. */
  readonly receivedBy?: number | undefined;
}

/** Where the streaming job takes rows from. Everything it gives is on disk already: in a file, or in the journal. */
export interface Source {
  readonly receiver: ReceiverName;
  /** Appends what waits, as far as there is room, and says whether there was anything. */
  take(step: OpenStep): Promise<boolean>;
  /** The table has committed all that was taken: files may be moved now, the journal trimmed. */
  committed(): Promise<void>;
  close(): Promise<void>;
}
