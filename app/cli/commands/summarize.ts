import { summarize as summarizeTable } from '../../../batch/summarize.ts';
import { existsSync } from 'node:fs';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import { whyNot } from '../../../storage/files/diskProblem.ts';
import { writeAtomically } from '../../../storage/files/atomicFile.ts';
import { type SummaryRun, writeSummaryRun } from '../../../storage/files/summaryRun.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import { dayRange, type PeriodOptions } from '../period.ts';
import { checkPlace } from '../wholeFile.ts';
import { printable } from '../textTable.ts';
import { sayOtherZone } from '../otherZone.ts';
import { nothingStored } from '../withTable.ts';
import type { Config } from '../../config/types.ts';
import { hasTable, openTable } from '../../store/openTable.ts';

export interface SummarizeOptions extends PeriodOptions {
  readonly pump?: string | undefined;
  readonly date?: string | undefined;
  /** Only pumps of the partitions that a worker has whose name begins so. */
  readonly worker?: string | undefined;
  /** Where node_exporter's textfile collector finds how it went. */
  readonly metricsFile?: string | undefined;
}

/** How long it waits for a store that is away. */
const PATIENCE_MS = 60_000;

/** `wellwatch summarize`: the daily batch. Progress on a terminal, one line at the end. Throws STORE_UNAVAILABLE where nobody has made the table. */
export async function summarize(context: Context, options: SummarizeOptions): Promise<number> {
  const { config, json, output, notes } = context;
  const all = options.date !== undefined || options.from !== undefined || options.to !== undefined;
  const { metricsFile, worker } = options;
  if (worker !== undefined && !(config.store.kind === 'hbase' && config.store.shared))
    throw new AppError('USAGE', '--worker: expected with store.shared only, where each worker has some of the partitions');
  checkMetricsFile(metricsFile, all || options.pump !== undefined);
  const startedAt = performance.now();
  const selection = { pump: options.pump, ...dayRange(options, config.site.timezone), all };
  const done = async (did: Pick<SummaryRun, 'pumpDays' | 'rows'>) => {
    if (all || options.pump !== undefined) return;
    await keepRun(config, metricsFile, { at: Date.now(), durationMs: performance.now() - startedAt, ...did });
  };
  sayOtherZone(context);
  // A wrong path must not look like a quiet night: an empty table is one that a job has made, and nothing else.
  if (!(await hasTable(config, PATIENCE_MS))) throw new AppError('STORE_UNAVAILABLE', `there is no table to summarize. ${nothingStored(config)}`);
  const table = await openTable(config, { mode: 'batch', patienceMs: PATIENCE_MS, ofWorker: worker });
  try {
    const result = await interruptible((signal) => summarizeTable({
      table, selection, signal,
      onProgress: ({ done, total, pump }) => notes.progress(`${done} of ${counted(total, 'pump-day')}: ${printable(pump)}`),
    }));
    notes.progress('');
    const { pumpDays, rows } = result;
    await done({ pumpDays, rows });
    const nothing = pumpDays > 0 || worker !== undefined ? undefined : whyNothing(config, selection, await table.pumps());
    if (nothing !== undefined) notes.say(nothing);
    if (json) output.line(JSON.stringify({ pumpDays, rows }));
    else if (nothing === undefined)
      output.line(
        pumpDays === 0
          ? 'All daily statistics were up to date.'
          : `Summarized ${counted(pumpDays, 'pump-day')} with ${counted(rows, 'reading')}.`,
      );
    await output.flush();
    return 0;
  } finally {
    await table.close();
  }
}

/** The collector reads names that end in `.prom`, and a run over some pump-days is not the daily batch. Throws USAGE. */
function checkMetricsFile(file: string | undefined, isPart: boolean): void {
  if (file === undefined) return;
  if (isPart) throw new AppError('USAGE', '--metrics-file: expected without --date, --from, --to and --pump: it tells that all which was due is done');
  if (!file.endsWith('.prom')) throw new AppError('USAGE', `--metrics-file: expected a file whose name ends in .prom, got "${file}"`);
  checkPlace(file);
}

/** Keeps that all that was due is done, for metrics of the job and for the collector. */
async function keepRun({ dataDir }: Config, metricsFile: string | undefined, run: SummaryRun): Promise<void> {
  if (existsSync(dataDir)) writeSummaryRun(dataDir, run);
  if (metricsFile === undefined) return;
  const { summaryText } = await import('../../http/siteMetrics.ts');
  try {
    writeAtomically(metricsFile, await summaryText(run), 0o644);
  } catch (error) {
    throw new AppError('OUTPUT_UNAVAILABLE', `${metricsFile} can't be written: ${whyNot(error)}. The statistics are stored`, { cause: error });
  }
}

/** Why there was nothing to do, unless everything was up to date. */
function whyNothing(
  config: Config,
  { pump, all }: { readonly pump: string | undefined; readonly all: boolean },
  pumps: readonly string[],
): string | undefined {
  if (pumps.length === 0) return nothingStored(config);
  if (pump !== undefined && !pumps.includes(pump))
    return `No pump ${printable(pump)}: it has no readings. "wellwatch pumps" lists those that have some.`;
  return all ? 'No readings of that time: there is nothing to summarize.' : undefined;
}
