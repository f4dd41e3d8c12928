import type { HourlyFiles, HourlyFilesOptions } from '../../ingest/parquet/hourlyFiles.ts';
import type { Config } from '../config/types.ts';
import { spoolDir } from '../store/storeDirs.ts';

/** Starts the hourly Parquet files when they are configured; only then their writer is loaded. */
export async function startHourlyFiles(
  config: Config,
  options: Pick<HourlyFilesOptions, 'state' | 'isCaughtUp' | 'onLog'>,
): Promise<HourlyFiles | undefined> {
  if (!config.parquet) return undefined;
  const { HourlyFiles } = await import('../../ingest/parquet/hourlyFiles.ts');
  const files = new HourlyFiles({ ...options, dir: config.parquet.path, spoolDir: spoolDir(config), now: Date.now });
  files.start();
  return files;
}
