import type { LogEvent } from '../../domain/logEvent.ts';
import type { BatchReport } from './batchReport.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import type { RateOptions } from './sourceRate.ts';

export interface StreamContextOptions extends RateOptions {
  /** ms between two batches. */
  readonly batchInterval: number;
  readonly clock?: Clock;
  /** Where state is kept over restarts: a store, or a folder for `FileCheckpoints`. Without it, nowhere. */
  readonly checkpoint?: CheckpointStore | string;
  /** What a person may want to know; standard error by default. */
  readonly onEvent?: (event: LogEvent) => void;
  /** Told what became of each batch, as `listen` with `onBatchCompleted` does. */
  readonly onBatch?: (report: BatchReport) => void;
}

/** How a context ends. */
export interface StopOptions {
  /** Takes what the sources have received already. */
  readonly graceful?: boolean;
  /** ms after which a graceful stop begins no further batch; what is left then is told. */
  readonly limit?: number;
}

/** Where a context is in its life: not started, running (until the last batch of a stop), at its end. */
export type ContextState = 'initialized' | 'active' | 'stopped';

/** What becomes of log events where nobody hears them: standard error. */
export function logToStderr({ level, message }: LogEvent): void {
  if (level !== 'debug') console.error(`${level}: ${message}`);
}
