import { byMeasure, type Measure } from '../../../domain/reading/measures.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import type { Json } from '../../../storage/table/state.ts';
import { StepBuffer } from '../../decode/stepBuffer.ts';
import type { RowSource } from '../../receivers/rowSource.ts';
import type { SourceReports, StreamSource } from '../source.ts';
import { StateMap } from '../stateMap.ts';

/** A reading by itself: its pump, its wall time, when it came (ms since 1970-01-01T00:00Z), and its measures. */
export type ReceivedReading = { readonly pump: string; readonly time: number; readonly receivedAt: number } & Readonly<
  Record<Measure, number>
>;

/** What every source of received readings takes. */
export interface ReceivedOptions {
  readonly name?: string;
  /** Rows of a batch at most; the rest waits, on disk. */
  readonly maxRows?: number;
  /** Gets the rows that are no readings; by default a warning says how many, and shows the first. */
  readonly onRejects?: (rejects: readonly Reject[]) => void;
}

/** A receiver of the pump job at work. */
export interface OpenReceiver {
  readonly source: RowSource;
  /** Receives no more. */
  stop(): Promise<void>;
  /** Something that was received has not been taken. */
  pending(): boolean;
}

export interface ReceivedBy extends ReceivedOptions {
  readonly kind: string;
  /** Starts the receiver where the kept positions say. */
  readonly open: (positions: ReadonlyMap<string, Json>, reports: SourceReports) => OpenReceiver | Promise<OpenReceiver>;
}

/**
 * What a receiver of the pump job brings, as items. Its positions are the source's state, so what it has is taken once,
 * over crashes too: files once, messages at least once. A message that is redelivered after a kill is an item again (the
 * pump job's table recognises it by its key). A file is moved and the journal trimmed when the batch's checkpoint is on
 * disk; they can't be gone back to from an earlier one.
 */
export function receivedReadings({ kind, name, maxRows = 65_536, onRejects, open }: ReceivedBy): StreamSource<ReceivedReading> {
  const positions = new StateMap<string, Json>();
  const buffer = new StepBuffer(maxRows);
  let receiver: OpenReceiver | undefined;
  let tell: (rejects: readonly Reject[]) => void = () => undefined;
  const start: StreamSource<ReceivedReading>['start'] = async (onEvent, onError) => {
    tell = onRejects ?? ((rejects) => onEvent({ level: 'warn', message: saidOf(rejects) }));
    receiver = await open(new Map(positions), { onEvent, onError });
  };
  return {
    kind,
    name,
    state: { positions },
    start,
    async take(_, limit = Infinity) {
      buffer.clear();
      buffer.limit = Math.min(limit, maxRows);
      const state: Record<string, Json> = {};
      if (receiver?.source.hasMore) await receiver.source.take({ buffer, state });
      for (const [key, value] of Object.entries(state)) {
        if (value === null) positions.delete(key);
        else positions.set(key, value);
      }
      if (buffer.rejects.length > 0) tell([...buffer.rejects]);
      return Array.from({ length: buffer.readings.length }, (_, row) => readingOf(buffer.readings, row));
    },
    committed: () => receiver?.source.committed(),
    stop: () => receiver?.stop(),
    pending: () => receiver?.pending() ?? false,
    close: () => receiver?.source.close(),
  };
}

function readingOf({ names, pump, time, receivedAt, values }: Readings, row: number): ReceivedReading {
  return { pump: names[pump[row]], time: time[row], receivedAt: receivedAt[row], ...byMeasure((_, column) => values[column][row]) };
}

function saidOf(rejects: readonly Reject[]): string {
  const [{ source, line, reason }] = rejects;
  return `${rejects.length} row${rejects.length === 1 ? '' : 's'} could not be taken; the first, ${source} line ${line}: ${reason}`;
}
