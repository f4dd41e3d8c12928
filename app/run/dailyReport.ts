import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
}

/** What `wellwatch alarms report --json` says of one figure. */
interface Figure {
  readonly kpi: string;
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly met: boolean | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * The report of the day before, as a process of its own makes it; `onStart` gets that. Undefined when somebody has ended it. A page of
 * the day may go with it as `html`. Throws OUTPUT_UNAVAILABLE.
 */
export async function dailyReport({ config, configFile }: ReportSource, onStart: (child: ChildProcess) => void): Promise<DailyReport | undefined> {
  const date = formatDay(dayOf(new SiteClock(config.site.timezone).wallTimeAt(Date.now())) - 1);
  const words = ['alarms', 'report', '--from', date, '--to', date, '--json', '--data-dir', config.dataDir];
  const child = spawn(process.execPath, [
    fileURLToPath(new URL('../cli.js', import.meta.url)), ...words, ...(configFile === undefined ? [] : ['--config', configFile]),
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  onStart(child);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  if (code === null) return undefined;
  if (code !== 0) throw new AppError('OUTPUT_UNAVAILABLE', stderr.trim());
  return reportOf(date, stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Figure));
}

/** A day in figures, as people read it. */
export function reportOf(date: string, figures: readonly Figure[]): DailyReport {
  const detail = (kpi: string, name: string) => figures.find((one) => one.kpi === kpi)?.details[name];
  const alarms = Number(detail('average-rate', 'alarms') ?? 0);
  const late = Number(detail('useless', 'foundLate') ?? 0);
  return {
    date,
    summary: `REPORT ${date}: ${alarms} alarm${alarms === 1 ? '' : 's'}${late > 0 ? `, ${late} found late` : ''}`,
    lines: figures.map(({ name, value, unit, met }) =>
      `${name}: ${value === null ? 'not known' : `${Number(value.toPrecision(3))} ${unit}`.trim()}${met === false ? ' (NOT MET)' : ''}`),
  };
}
