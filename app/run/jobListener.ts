import type { BatchSampler } from '../../ingest/batchSample.ts';
import type { JobListener } from '../../ingest/job.ts';
import type { FromJob } from './jobMessages.ts';

export interface JobListenerOptions {
  readonly post: (message: FromJob) => void;
  readonly detail: JobListener['detail'];
  /** Gets the alerts instead of the main thread, which then gets samples. */
  readonly sampler: BatchSampler | undefined;
  /** ms. */
  readonly batchInterval: number;
}

const ALERTS_A_MESSAGE = 200;

/** Passes what the job tells on to the main thread. */
export function jobListener({ post, detail, sampler, batchInterval }: JobListenerOptions): JobListener {
  return {
    detail: sampler ? 'every' : detail,
    onAlerts(alerts) {
      if (sampler) return sampler.raised(alerts);
      // In pieces: what the main thread does in one go stays short.
      for (let from = 0; from < alerts.length; from += ALERTS_A_MESSAGE) post({ kind: 'alerts', alerts: alerts.slice(from, from + ALERTS_A_MESSAGE) });
    },
    onRuns: (runs) => post({ kind: 'runs', runs }),
    onWithdrawn(alerts) {
      sampler?.withdrawn(alerts);
      post({ kind: 'withdrawn', alerts });
    },
    onBatch(batch) {
      post({ kind: 'batch', batch });
      const sample = sampler?.take();
      if (sample) post({ kind: 'sample', time: batch.time + batchInterval, sample });
    },
  };
}
