import { statfsSync } from 'node:fs';
import { forecastText, isSoonFull, SOON_FULL_FIX } from '../../domain/disk/diskText.ts';
import { RECEIVER_NAMES } from '../../domain/receivers.ts';
import type { Trouble } from '../notify/systemAlarms.ts';
import type { Config } from '../config/types.ts';
import type { JobStatus } from './statusFile.ts';

/** Less free space than this is worth a word; a tenth of it is urgent. */
const LITTLE = 1e9;
/** So much of `limits.journal` is a lot. */
const FILLING = 0.8;
/** A disk that is full within so many days is worth a word to somebody now. */
const SOON_DAYS = 7;
/** States in which nothing can come by a receiver. */
const DOWN: readonly string[] = ['away', 'reconnecting', 'refused', 'failed', 'deaf'];

export interface TroubleOptions {
  readonly config: Pick<Config, 'dataDir' | 'limits' | 'notify' | 'site'>;
  readonly status: Omit<JobStatus, 'at' | 'notify'>;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: number;
}

/** What is wrong with a running site itself. Nothing of it asks the store: that may be just what is away. */
export function siteTroubles({ config, status, now }: TroubleOptions): Trouble[] {
  return [...storeTroubles(status), ...receiverTroubles(status), ...journalTroubles(config, status), ...silence(config, status, now)];
}

function storeTroubles({ store }: TroubleOptions['status']): Trouble[] {
  if (store.state !== 'away') return [];
  return [{
    id: 'store', priority: 'high',
    text: `the store is away: ${store.reason}`,
    fix: `Bring HBase at ${store.url} back. Messages and files wait on this machine meanwhile, and nothing is lost; what is an alarm is known late`,
  }];
}

function receiverTroubles({ receivers }: TroubleOptions['status']): Trouble[] {
  return RECEIVER_NAMES.flatMap((name): Trouble[] => {
    const status = receivers[name];
    if (!status || !DOWN.includes(status.state)) return [];
    return [{
      id: `receiver-${name}`, priority: 'high',
      text: `nothing can come by the receiver ${name}, which is ${status.state}${status.lastError === null ? '' : `: ${status.lastError}`}`,
      fix: 'See "wellwatch status" and "wellwatch doctor"; until then no alarm of what it brings is seen',
    }];
  });
}

function journalTroubles({ limits }: TroubleOptions['config'], { journal }: TroubleOptions['status']): Trouble[] {
  if (!journal.full && journal.bytes < FILLING * limits.journal) return [];
  return [{
    id: 'journal', priority: 'high',
    text: journal.full ? 'the journal is full: messages are no longer acknowledged' : `the journal is ${(journal.bytes / 1e9).toFixed(1)} GB large, ` +
      `near limits.journal (${(limits.journal / 1e9).toFixed(1)} GB)`,
    fix: 'Find out why the store does not keep up ("wellwatch status"), or raise limits.journal where the disk has room',
  }];
}

function silence({ notify: { nothingReceivedMs } }: TroubleOptions['config'], { receivers, startedAt }: TroubleOptions['status'], now: number): Trouble[] {
  const last = Math.max(Date.parse(startedAt), ...RECEIVER_NAMES.map((name) => Date.parse(receivers[name]?.lastMessageAt ?? startedAt)));
  if (nothingReceivedMs === null || now - last <= nothingReceivedMs) return [];
  return [{
    id: 'nothing-received', priority: 'high', isSure: true,
    text: `nothing at all has come since ${new Date(last).toISOString()}`,
    fix: 'Look at the gateways and at the network between them and this machine; notify.nothingReceived says how long is too long',
  }];
}

/** Whether the disk of the data directory is nearly full, or will be within days. */
export function diskTroubles(dataDir: string, disk: JobStatus['disk']): Trouble[] {
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  if (free >= LITTLE) return disk && isSoonFull(disk, SOON_DAYS) ? [{ id: 'disk', priority: 'medium', text: forecastText(disk), fix: SOON_FULL_FIX }] : [];
  return [{
    id: 'disk', priority: free < LITTLE / 10 ? 'high' : 'medium',
    text: `the disk of ${dataDir} has only ${(free / 1e6).toFixed(0)} MB left`,
    fix: 'Make room: a full disk stops the acknowledgement of messages',
  }];
}
