import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { DirectoryReceiver } from '../../receivers/directory/receiver.ts';
import type { StreamSource } from '../source.ts';
import { type ReceivedOptions, type ReceivedReading, receivedReadings } from './receivedReadings.ts';

export interface DirectoryReadingsOptions extends ReceivedOptions {
  /** A file is taken when it has been still for so many ms; `auto`, the default, takes one that was moved in at once. */
  readonly settle?: number | 'auto';
}

/**
 * Readings from CSV files that are moved into a folder: the pull receiver of the pump job. A file that is read goes to
 * `done/` in it. Where it is not there yet the folder is made; throws AppError INBOX_UNAVAILABLE when that can't be.
 */
export function directoryReadings(
  path: string,
  { settle = 'auto', ...options }: DirectoryReadingsOptions = {},
): StreamSource<ReceivedReading> {
  return receivedReadings({
    ...options,
    kind: `directoryReadings(${path})`,
    open(state, { onEvent }) {
      const source = new DirectoryReceiver({
        path,
        settle,
        clock: new ReceiptClock(ReceiptClock.shared(), Date.now),
        now: Date.now,
        state,
        onLog: onEvent,
      });
      source.start();
      return {
        source,
        stop: async () => undefined,
        pending: () => false, // files lie safe until the next start
      };
    },
  });
}
