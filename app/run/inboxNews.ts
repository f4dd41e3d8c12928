import { isDeepStrictEqual } from 'node:util';
import type { DirectoryReceiver, DirectoryStatus } from '../../ingest/receivers/directory/receiver.ts';
import type { FromJob } from './jobMessages.ts';

const LOOK_MS = 500;

/** Tells the main thread how the inbox is, twice a second if that has changed, and when it is stopped for the last time. */
export function watchInbox(directory: DirectoryReceiver, post: (message: FromJob) => void): { stop(): void } {
  let told: DirectoryStatus | undefined;
  const look = () => {
    const status = directory.status();
    if (isDeepStrictEqual(status, told)) return;
    told = status;
    post({ kind: 'directory', status });
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    stop() {
      clearInterval(timer);
      look();
    },
  };
}
