import { AppError } from '../../domain/errors.ts';
import type { Stream } from './stream.ts';

/** A stream for each type of items. */
export type StreamsOf<T extends readonly unknown[]> = { readonly [I in keyof T]: Stream<T[I]> };
/** A batch of each: its items, in order. */
export type BatchesOf<T extends readonly unknown[]> = { readonly [I in keyof T]: readonly T[I][] };

/** What becomes of the batches of one time. */
export interface Together<T extends readonly unknown[], U> {
  readonly kind: string;
  readonly compute: (batches: BatchesOf<T>, time: number) => readonly U[] | Promise<readonly U[]>;
}

/**
 * A node with several inputs, the first of which gives it context and interval. Throws AppError CONFIG without a first, and
 * unless all are of one context and have a batch at the same times.
 */
export function together<T extends readonly unknown[], U>(streams: StreamsOf<T>, { kind, compute }: Together<T, U>): Stream<U> {
  const [first, ...others] = streams as readonly Stream<unknown>[];
  if (!first) throw new AppError('CONFIG', `expected ${kind} of one stream at least, got none`);
  for (const other of others) checkSameTimes(kind, first, other);
  const readers = (streams as readonly Stream<unknown>[]).map((stream) => stream.reader());
  return first.graph.add({
    kind,
    interval: first.interval,
    compute: (time) => compute(readers.map((read) => read()) as unknown as BatchesOf<T>, time),
  });
}

function checkSameTimes(kind: string, one: Stream<unknown>, other: Stream<unknown>): void {
  if (one.graph !== other.graph)
    throw new AppError('CONFIG', `expected all streams of ${kind} to be of one context, got two: make all with the same context's from`);
  if (one.interval === other.interval) return;
  throw new AppError(
    'CONFIG',
    `expected all streams of ${kind} to have a batch at the same times, got intervals of ${one.interval} and ${other.interval} ms: `
    + 'give all windows the same slide',
  );
}
