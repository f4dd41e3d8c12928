import { StreamContext } from '../../../ingest/stream/context.ts';
import type { CheckpointStore } from '../../../ingest/stream/checkpoint.ts';
import type { Operator, Stream } from '../../../ingest/stream/stream.ts';
import { foreachBatch } from '../../../ingest/stream/operators/foreachBatch.ts';
import { queue } from '../../../ingest/stream/sources/queue.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';

/** The time before the first batch. */
export const START = 1_394_413_258_000;
export const INTERVAL = 2000;

export interface RunOptions {
  readonly checkpoint?: CheckpointStore | string;
  readonly onEvent?: (event: LogEvent) => void;
}

/** A context with batches of 2 s, the first at START + 2 s, which the test runs one by one. */
export function contextOf({ checkpoint, onEvent = () => {} }: RunOptions = {}): StreamContext {
  return new StreamContext({
    batchInterval: INTERVAL,
    clock: { now: () => START, waitUntil: () => Promise.reject(new Error('the test runs the batches')) },
    ...(checkpoint !== undefined && { checkpoint }),
    onEvent,
  });
}

/** Collects what a stream yields: an array for each batch; a stream that slides has one for each slide. */
export function collect<T>(stream: Stream<T>): (readonly T[])[] {
  const batches: (readonly T[])[] = [];
  stream.pipe(foreachBatch(({ items }) => { batches.push(items); }));
  return batches;
}

/** Runs batches through an operator and gives what came out of each. */
export async function run<T, U>(batches: readonly (readonly T[])[], operator: Operator<Stream<T>, Stream<U>>): Promise<(readonly U[])[]> {
  const context = contextOf();
  const results = collect(context.from(queue(batches)).pipe(operator));
  for (const _ of batches) await context.runBatch();
  return results;
}
