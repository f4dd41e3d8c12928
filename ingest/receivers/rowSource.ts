import type { ReceiverName } from '../../domain/receivers.ts';
import type { Json } from '../../storage/table/state.ts';
import type { StepBuffer } from '../decode/stepBuffer.ts';
import type { ReceiverStatus } from './receiverStatus.ts';

/** A step while it is being filled: rows and rejects, and the positions that go with them. */
export interface OpenStep {
  readonly buffer: StepBuffer;
  /** Positions by name, as they are once the step is in the table; null forgets a name. */
  readonly state: Record<string, Json>;
  /** Rows that get their time of receipt now get one that is not later: the journal's rows that wait came then. */
  readonly receivedBy?: number | undefined;
}

/**
 * Where the streaming job takes rows from. What a source gives is safe already: in a file, in the journal, at a broker
 * that remembers. How far it has been read is a position: a name in the job's state that commits with the rows. A source
 * is made from that state, so after a crash it goes on exactly behind the last row that is in the table.
 *
 *   hasMore ── take ──► rows and positions in the step ── the table commits ──► committed
 */
export interface RowSource {
  /** The receiver that the rows it gives now are credited to. */
  readonly name: ReceiverName;
  /** Whether `take` would find something. */
  readonly hasMore: boolean;
  /** Time of receipt of the first row that waits, ms since 1970-01-01T00:00Z; undefined where a row gets it when it is taken. */
  readonly nextReceivedAt: number | undefined;
  /** How many things are there that can't be taken yet, files that somebody still writes to: the job looks again soon. */
  readonly settling: number;
  /** Appends what waits, as far as there is room, and says whether there was anything. */
  take(step: OpenStep): Promise<boolean>;
  /** The table has all that was taken: files may be moved now, the journal trimmed. */
  committed(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The source whose rows were acknowledged to their senders before they are in the table. They go first, their alerts may
 * be told while they wait, and a job that stops still takes them.
 */
export interface AcknowledgedSource extends RowSource {
  /** Time of receipt of the first row that the last `take` took. */
  readonly oldestTaken: number | undefined;
  /** Whether the rows of the last step that took some are of messages that a broker had kept for whoever subscribes. */
  readonly retained: boolean;
  /** Reads on from where this one stands, for alerts that can't wait; nothing that it takes is committed. It has to be closed. */
  ahead(): AcknowledgedSource;
}

/** A receiver that takes rows from where they are safe, as files are. */
export interface PullReceiver extends RowSource {
  /** How it is just now. */
  status(): ReceiverStatus;
}
