import type { DirectoryStatus } from '../../ingest/receivers/directory/receiver.ts';
import type { Config } from '../config/types.ts';
import type { Receivers } from './jobReports.ts';

/** What is said of the configured pull receivers until the job's thread tells how they are: a line for each. */
export function startingReceivers({ receivers: { directory } }: Config): Receivers {
  return {
    ...(directory && { directory: inboxAt(directory.path) }),
  };
}

function inboxAt(path: string): DirectoryStatus {
  return { state: 'starting', path, file: null, lastMessageAt: null, lastError: null };
}
