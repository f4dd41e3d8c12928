import { isDeepStrictEqual } from 'node:util';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { PullReceiver } from '../../ingest/receivers/rowSource.ts';
import type { FromJob } from './jobMessages.ts';
import { watchChanges } from './watchChanges.ts';

type Told = Pick<PullReceiver, 'name' | 'status'>;

/** Tells the main thread how the pull receivers are, twice a second where that has changed, and when it is stopped for the last time. */
export function watchReceivers(receivers: readonly Told[], post: (message: FromJob) => void): { stop(): void } {
  const told = new Map<Told, ReceiverStatus>();
  const look = () => {
    for (const receiver of receivers) {
      const status = receiver.status();
      if (isDeepStrictEqual(status, told.get(receiver))) continue;
      told.set(receiver, status);
      post({ kind: 'receiver', name: receiver.name, status });
    }
  };
  return watchChanges(look);
}
