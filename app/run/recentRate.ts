import { totalOf } from '../../domain/receivers.ts';
import { type JobStatus, SHOWN_BATCHES } from './statusFile.ts';

/** How far back a rate looks. */
const LATELY_MS = 30_000;

/**
 * Rows a second over the last half minute, or over as much of it as the job has run and its kept batches
 * reach back. Whole batch intervals only: what the open one has taken is not known yet.
 */
export function recentRate({ at, startedAt, batches }: Pick<JobStatus, 'at' | 'startedAt' | 'batches'>, batchInterval: number): number {
  const end = Math.floor(Date.parse(at) / batchInterval) * batchInterval;
  const intervals = Math.min(SHOWN_BATCHES, Math.max(1, Math.round(LATELY_MS / batchInterval)));
  const begin = end - intervals * batchInterval;
  const rows = batches.filter(({ time }) => time >= begin).reduce((sum, batch) => sum + totalOf(batch.rows), 0);
  return (rows * 1000) / Math.max(batchInterval, end - Math.max(begin, Date.parse(startedAt)));
}
