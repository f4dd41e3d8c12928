import type { OutputReport } from './graph.ts';

/** A batch whose items were taken, before its operators run. */
export interface BatchStart {
  /** ms since 1970; the batch holds what came in the interval that ends here. */
  readonly time: number;
  /** Items by source. */
  readonly inputs: Readonly<Record<string, number>>;
  /** ms from the batch's time until it began: it waited for those before it. */
  readonly schedulingDelay: number;
}

/** What became of a batch. */
export interface BatchReport extends BatchStart {
  /** ms from its beginning until its state was durable. */
  readonly processingTime: number;
  readonly outputs: readonly OutputReport[];
}

/** A batch that failed, and ended its context. */
export interface BatchFailure extends BatchStart {
  /** ms from its beginning until it failed. */
  readonly processingTime: number;
  readonly error: string;
}
