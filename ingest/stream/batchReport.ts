import type { OutputReport } from './graph.ts';

/** What became of a batch. */
export interface BatchReport {
  readonly time: number;
  /** Items by source. */
  readonly inputs: Readonly<Record<string, number>>;
  /** ms from the batch's time until it began: it waited for those before it. */
  readonly schedulingDelay: number;
  /** ms from its beginning until its state was durable. */
  readonly processingTime: number;
  readonly outputs: readonly OutputReport[];
}
