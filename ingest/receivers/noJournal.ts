import type { AcknowledgedSource } from './rowSource.ts';

/** The journal of a job that has no push receiver: there is never anything in it. */
export const NO_JOURNAL: AcknowledgedSource = {
  name: 'mqtt',
  hasMore: false,
  nextReceivedAt: undefined,
  settling: 0,
  oldestTaken: undefined,
  retained: false,
  take: async () => false,
  committed: async () => undefined,
  close: async () => undefined,
  ahead: () => NO_JOURNAL,
};
