import { setImmediate as pause } from 'node:timers/promises';
import type { DirectoryReceiver } from '../receivers/directory/receiver.ts';
import type { JournalSource } from '../receivers/journalSource.ts';
import { StepBuffer } from '../decode/csv/parse.ts';
import type { Pace } from '../pace/pace.ts';
import type { ReceiptOrder } from './receiptOrder.ts';
import type { OpenStep, Source } from '../receivers/source.ts';
import type { RowLimits } from '../pace/stepSizer.ts';
import type { Wake } from './wake.ts';

/** Rows of one receiver, taken together. */
export interface TakenStep extends OpenStep {
  readonly source: Source;
  /** False for a small step that waits for more before it goes to the table: its rows are in the journal, and pending. */
  readonly complete: boolean;
  /** When taking began, by the system's clock. */
  readonly startedAt: number;
  /** When the first of the rows that were taken now could have been taken. */
  readonly availableAt: number;
}

export interface StepOptions {
  readonly journal: JournalSource;
  readonly directory: DirectoryReceiver | undefined;
  readonly receipts: ReceiptOrder;
  readonly limits: RowLimits;
  readonly wake: Wake;
  readonly now: () => number;
  /** Stops taking from files; what is in the journal is still taken, for a few seconds at most. */
  readonly signal: AbortSignal;
  /** Ends when nothing is left to take, instead of waiting for more. */
  readonly once: boolean;
}

/** A small step goes to the table when it has this many rows, or its first row has waited this long. */
const SMALL_ROWS = 4096;
const SMALL_MS = 500;
/** The inbox is looked at this often, whether there was an event or not. */
const IDLE_MS = 1000;
const SETTLING_MS = 50;
const DRAIN_MS = 3000;

/**
 * The rows of both receivers, step by step, in order of receipt: what the journal has goes before what is read from
 * files afterwards. A journal that is never empty does not shut files out: once it has come to messages that came after
 * a file did, steps of both take turns, and the file's rows count as received before those messages. Under little load a step is a row or two and comes at once;
 * under much load it is as large as allowed, and as the store can do in time. Buffers are used again: a step holds until the next.
 */
export async function* takeSteps(options: StepOptions, pace: Pace): AsyncGenerator<TakenStep, void, void> {
  const { journal, directory, receipts, limits, wake, now, signal, once } = options;
  const open = { buffer: new StepBuffer(limits.capacity), state: {} as OpenStep['state'] };
  let heldSince: number | undefined;
  let fileSince: number | undefined; // when the first file was seen that waits
  let journalHadItsTurn = false;
  let emptyAt = -Infinity; // when the journal last had nothing: a clock that was set back lets times of receipt stand still
  let drainUntil = Infinity;
  let freeAt = 0;
  const restMs = () => Math.max(freeAt - now(), pace.pauseMs(now()));
  const clear = () => {
    freeAt = Math.max(freeAt, now()) + (open.buffer.size * 1000) / limits.maxRate;
    open.buffer.clear();
    open.state = {};
    heldSince = undefined;
  };
  for (;;) {
    await pause(); // whoever has something to say, a stop for example, is heard between two steps
    for (let ms = restMs(); ms > 0 && !signal.aborted; ms = restMs()) await wake.wait(ms);
    const startedAt = now();
    open.buffer.limit = pace.rowsFor('mqtt', startedAt);
    if (signal.aborted) drainUntil = Math.min(drainUntil, startedAt + DRAIN_MS);
    const fileWaits = !signal.aborted && directory?.hasMore === true;

    fileSince = fileWaits ? (fileSince ?? startedAt) : undefined;
    const filesTurn =
      fileSince !== undefined && journalHadItsTurn && heldSince === undefined && (journal.nextReceivedAt ?? -Infinity) > fileSince;
    if (!journal.hasMore) emptyAt = startedAt;
    const taken = !filesTurn && startedAt < drainUntil && (await journal.take(open));
    if (taken) {
      heldSince ??= startedAt;
      journalHadItsTurn = true;
      receipts.order(open.buffer.readings);
    }
    if (heldSince !== undefined) {
      const due = open.buffer.full || open.buffer.size >= SMALL_ROWS || now() - heldSince >= SMALL_MS;
      const complete = due || fileWaits || signal.aborted || once;
      if (complete) receipts.close(open);
      if (taken || complete) yield { ...open, source: journal, complete, startedAt, availableAt: Math.max(emptyAt, journal.oldestTaken ?? startedAt) };
      if (complete) clear();
      else if (!journal.hasMore) await wake.wait(Math.max(1, heldSince + SMALL_MS - now()));
      continue;
    }
    open.buffer.limit = pace.rowsFor('directory', startedAt);
    journalHadItsTurn = false;
    if (fileWaits && (await directory.take({ ...open, receivedBy: journal.nextReceivedAt }))) {
      receipts.order(open.buffer.readings);
      receipts.close(open);
      yield { ...open, source: directory, complete: true, startedAt, availableAt: startedAt };
      clear();
      continue;
    }
    if (signal.aborted || (once && !directory?.hasMore && !directory?.settling)) return;
    await wake.wait(directory?.settling ? SETTLING_MS : IDLE_MS);
  }
}
