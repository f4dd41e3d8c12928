import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../domain/errors.ts';
import type { DailyReport } from '../../domain/notify/report.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { Config } from '../config/types.ts';

export interface ReportSource {
  readonly config: Config;
  /** The configuration file that the job was started with. */
  readonly configFile: string | undefined;
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
}

/**
 * The report of the day before, as a process of its own makes it: `wellwatch report`; `onStart` gets that. Undefined when somebody has
 * ended it. Throws OUTPUT_UNAVAILABLE.
 */
export async function dailyReport(
  { config, configFile, now = Date.now }: ReportSource, onStart: (child: ChildProcess) => void,
): Promise<DailyReport | undefined> {
  const date = formatDay(dayOf(new SiteClock(config.site.timezone).wallTimeAt(now())) - 1);
  const page = join(config.dataDir, '.report.html');
  const words = ['report', '--date', date, page, '--json', '--data-dir', config.dataDir];
  const child = spawn(process.execPath, [
    fileURLToPath(new URL('../cli.js', import.meta.url)), ...words, ...(configFile === undefined ? [] : ['--config', configFile]),
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  onStart(child);
  try {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
    if (code === null) return undefined;
    if (code !== 0) throw new AppError('OUTPUT_UNAVAILABLE', stderr.trim());
    const { summary, lines } = JSON.parse(stdout) as Pick<DailyReport, 'summary' | 'lines'>;
    return { date, summary, lines, html: readFileSync(page, 'utf8') };
  } finally {
    rmSync(page, { force: true });
  }
}
