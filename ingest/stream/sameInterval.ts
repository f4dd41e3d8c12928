import { AppError } from '../../domain/errors.ts';
import type { Stream } from './stream.ts';

/** Throws AppError CONFIG unless two streams can be put together batch by batch: of one context, with the same interval. */
export function checkSameInterval(kind: string, one: Stream<unknown>, other: Stream<unknown>): void {
  if (one.graph !== other.graph)
    throw new AppError('CONFIG', `expected both streams of ${kind} to be of one context, got two: make both with the same context's from`);
  if (one.interval === other.interval) return;
  throw new AppError(
    'CONFIG',
    `expected both streams of ${kind} to have a batch at the same times, got intervals of ${one.interval} and ${other.interval} ms: give both windows the same slide`,
  );
}
