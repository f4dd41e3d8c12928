import { join } from 'node:path';
import type { AppError } from '../../domain/errors.ts';
import { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { Journal } from '../../storage/journal/journal.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import type { Config } from '../config/types.ts';

export interface OpenJournalOptions {
  readonly config: Config;
  /** Up to where the table is complete. */
  readonly from: JournalPosition;
  /** 8 bytes, see ReceiptClock. */
  readonly clock: SharedArrayBuffer;
  readonly onLog: (event: LogEvent) => void;
  /** The disk refuses. */
  readonly onFailure: (error: AppError) => void;
}

/** Opens the journal of a data directory, and says in words what happens to it. Throws JOURNAL_DAMAGED or JOURNAL_UNAVAILABLE. */
export function openJournal({ config: { dataDir, limits }, from, clock, onLog, onFailure }: OpenJournalOptions): Journal {
  return Journal.open({
    dir: join(dataDir, 'journal'),
    from,
    clock: new ReceiptClock(clock, Date.now),
    limit: limits.journal,
    onFull: (full) =>
      onLog(
        full
          ? {
              level: 'error',
              message:
                `the journal has reached limits.journal (${limits.journal} bytes): nothing more is acknowledged until the table ` +
                'has taken some of it',
            }
          : { level: 'info', message: 'the journal has room again: messages are acknowledged' },
      ),
    onWarning: (message) => onLog({ level: 'warn', message }),
    onDamage: (message) => onLog({ level: 'error', message }),
    onFailure,
  });
}
