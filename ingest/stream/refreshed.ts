import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';

/** A value that is loaded again when it has become old; made by {@link refreshed}. */
export interface Refreshed<T> {
  /** The value for the batch of this time. Rejects with AppError REFERENCE_UNUSABLE when it could not be loaded even once. */
  at(time: number, onEvent: (event: LogEvent) => void): Promise<T>;
}

/**
 * A value that is loaded with the first batch and again with the first one that comes `everyMs` of batch time later.
 * The batch waits for it: what a batch is joined with does not depend on how long loading takes, so `load` needs a
 * time limit of its own. When it fails, the last good one stays for another `everyMs`, with a warning.
 */
export function refreshed<T>(load: () => T | Promise<T>, everyMs: number): Refreshed<T> {
  let last: { readonly value: T } | undefined;
  let due = -Infinity;
  return {
    async at(time, onEvent) {
      if (time < due && last) return last.value;
      due = time + everyMs;
      try {
        last = { value: await load() };
      } catch (error) {
        if (!last)
          throw new AppError('REFERENCE_UNUSABLE', `expected reference data for the first batch, got none: ${messageOf(error)}`, {
            cause: error,
          });
        onEvent({ level: 'warn', message: `reference data could not be refreshed: ${messageOf(error)}. The last good one stays` });
      }
      return last.value;
    },
  };
}
