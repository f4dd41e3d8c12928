import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DailySchedule } from '../../batch/schedule.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Config } from '../config.ts';
import type { Logger } from './log.ts';

/** The built-in schedule of the daily batch, for sites without cron. */
export function scheduleSummary(config: Config, at: string, log: Logger): { stop(): void } {
  const schedule = new DailySchedule({
    at,
    timezone: config.site.timezone,
    async run() {
      try {
        const worker = new Worker(new URL('./summaryThread.js', import.meta.url), { workerData: config });
        const [done] = (await once(worker, 'message')) as [{ pumpDays: number; rows: number }];
        log.info(done, `daily summary: ${done.pumpDays} pump-days, ${done.rows} rows`);
      } catch (error) {
        log.error(`the daily summary failed: ${messageOf(error)}. It is tried again tomorrow; wellwatch summarize does it now`);
      }
    },
  });
  schedule.start();
  return schedule;
}
