import { isDeepStrictEqual } from 'node:util';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { PullReceiver } from '../../ingest/receivers/rowSource.ts';
import type { FromJob } from './jobMessages.ts';

const LOOK_MS = 500;

/** Tells the main thread how the pull receivers are, twice a second where that has changed, and when it is stopped for the last time. */
export function watchReceivers(receivers: readonly PullReceiver[], post: (message: FromJob) => void): { stop(): void } {
  const told = new Map<PullReceiver, ReceiverStatus>();
  const look = () => {
    for (const receiver of receivers) {
      const status = receiver.status();
      if (isDeepStrictEqual(status, told.get(receiver))) continue;
      told.set(receiver, status);
      post({ kind: 'receiver', name: receiver.name, status });
    }
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
