import type { BatchSampler } from '../../ingest/job/batchSample.ts';
import type { JobListener } from '../../ingest/job/job.ts';
import { enrich } from '../../domain/alarm/enriched.ts';
import { joined } from '../../domain/alarm/newAlerts.ts';
import { newRunsOf } from '../../domain/alarm/newRuns.ts';
import type { FromJob } from './jobMessages.ts';
import type { SharedFlag } from './sharedFlag.ts';

export interface JobListenerOptions {
  readonly post: (message: FromJob) => void;
  /** Whether each alert is wanted. */
  readonly every: boolean;
  /** Set while nobody reads them: then they are only counted. */
  readonly unread: SharedFlag;
  /** Whether the runs of alerts are wanted. */
  readonly runs: boolean;
  /** Gets each alert; the main thread then gets samples. */
  readonly sampler: BatchSampler | undefined;
  /** ms. */
  readonly batchInterval: number;
}

const ALERTS_A_MESSAGE = 200;

/** Passes what the job tells on to the main thread. */
export function jobListener({ post, every, unread, runs, sampler, batchInterval }: JobListenerOptions): JobListener {
  return {
    onAlerts(news) {
      if (runs) post({ kind: 'runs', runs: newRunsOf(news) });
      if (!every && !sampler) return;
      // In pieces: what the main thread does in one go stays short, and a storm is never there as objects all at once.
      for (let from = 0; from < news.breaches.length; from += ALERTS_A_MESSAGE) {
        if (!sampler && unread.isSet) return post({ kind: 'unread', alerts: news.breaches.length - from });
        const alerts = joined({ ...news, breaches: news.breaches.slice(from, from + ALERTS_A_MESSAGE) }); // Alert & { vendor, maintenance }
        if (news.ahead !== 'behind') sampler?.raised(alerts);
        if (every) post({ kind: 'alerts', alerts });
      }
    },
    onWithdrawn(alerts) {
      sampler?.withdrawn(alerts);
      post({ kind: 'withdrawn', alerts });
    },
    onDue(those, reference) {
      sampler?.raised(those.filter(({ holds }) => holds).map(({ alert }) => enrich(alert, reference)));
      sampler?.withdrawn(those.filter(({ holds }) => !holds).map(({ alert }) => alert));
    },
    onBatch(batch) {
      post({ kind: 'batch', batch });
      const sample = sampler?.take();
      if (sample) post({ kind: 'sample', time: batch.time + batchInterval, sample });
    },
  };
}
