import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DailySchedule } from '../../batch/schedule.ts';
import { messageOf } from '../../domain/errors.ts';
import type { DailyReport } from '../../domain/notify/report.ts';
import { dailyReport } from './dailyReport.ts';
import type { Config } from '../config/types.ts';
import { workerPrefix } from './fleet/workerName.ts';
import type { Logger } from './log.ts';

export interface ScheduledSummary {
  readonly config: Config;
  /** `HH:mm` in the site's zone. */
  readonly at: string;
  /** The configuration file that the job was started with. */
  readonly configFile: string | undefined;
  readonly log: Logger;
  /** Gets the report of the day before, once that is summarised; absent where nobody is to be sent one. */
  readonly onReport?: ((report: DailyReport) => void) | undefined;
}

/** Each worker summarises the pumps of the partitions that it has. */
function ofWorker({ store }: Config): string[] {
  return store.kind === 'hbase' && store.shared ? ['--worker', workerPrefix()] : [];
}

/** What made a summary fail may pass: a store that is away comes back. */
const AGAIN_MS = 600_000;

/**
 * The built-in schedule of the daily batch, for sites without cron. The batch runs as a process of its
 * own, the same command that cron would run: it can be ended at any moment and holds no thread of ours.
 */
export function scheduleSummary({ config, at, configFile, log, onReport }: ScheduledSummary): { stop(): void } {
  let child: ChildProcess | undefined;
  let again: NodeJS.Timeout | undefined;
  const report = async (tell: (report: DailyReport) => void) => {
    try {
      const made = await dailyReport({ config, configFile }, (started) => { child = started; });
      if (made) tell(made);
    } catch (error) {
      log.error(`the report of the day could not be made: ${messageOf(error)}. "wellwatch report FILE.html" does it now`);
    }
    child = undefined;
  };
  const run = async () => {
    clearTimeout(again);
    const words = ['summarize', '--json', '--data-dir', config.dataDir, ...ofWorker(config), ...(configFile === undefined ? [] : ['--config', configFile])];
    child = spawn(process.execPath, [fileURLToPath(new URL('../cli.js', import.meta.url)), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    child = undefined;
    if (code === null) return; // ended by stop
    if (code !== 0) {
      log.error(`the daily summary failed: ${stderr.trim()}. It is tried again in 10 minutes; wellwatch summarize does it now`);
      again = setTimeout(() => void run(), AGAIN_MS);
      return;
    }
    const done = JSON.parse(stdout) as { pumpDays: number; rows: number };
    if (done.pumpDays > 0) log.info(done, `daily summary: ${done.pumpDays} pump-days, ${done.rows} rows`);
    if (onReport) await report(onReport);
  };
  const schedule = new DailySchedule({ at, timezone: config.site.timezone, run });
  schedule.start();
  return {
    stop() {
      schedule.stop();
      clearTimeout(again);
      child?.kill('SIGKILL');
    },
  };
}
