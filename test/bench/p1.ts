import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../../domain/balance.ts';
import type { JobStatus } from '../../app/run/statusFile.ts';
import { configured, type Ended, rate, run, script, spread, wellwatch, type Workspace } from './harness.ts';
import type { Cost, Figure } from './report.ts';
import { csv, lines, shuffled, write } from './rows.ts';
import { FORMATS, long, wide, withGaps } from './shapes.ts';
import type { Sizes } from './sizes.ts';

/** One run over the files of an inbox. */
export interface FilesRun extends Ended {
  /**
   * From when the job began to take the first row until all was in the table and the file moved away: its steps follow
   * each other without a pause.
   */
  readonly jobMs: number;
  readonly counts: Counts;
  readonly dataDir: string;
}

/** P1: files → durable and alerted, beside the bare loop on the same file. */
export async function measureFiles(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const figures: Figure[] = [];
  const common = { workspace, repeats: sizes.repeats, startCpuMs: await startCpuMs(workspace) };
  for (const rows of sizes.files) {
    const file = workspace.path(`${rows}.csv`);
    write(file, csv({ rows }));
    figures.push(...(await compare({ ...common, file, bareFile: file, rows, what: `${named(rows)} rows in order` })));
  }
  const rows = sizes.shuffled;
  const bareFile = workspace.path('ordered.csv');
  const file = workspace.path('shuffled.csv');
  write(bareFile, csv({ rows }));
  write(file, shuffled(lines({ rows })));
  figures.push(...(await compare({ ...common, file, bareFile, rows, what: `${named(rows)} rows shuffled` })));
  for (const [what, shape, format] of SHAPES) {
    write(file, shape({ rows }));
    const formats = format && { formats: { [format]: FORMATS[format] }, directory: { formats: [{ files: '*.csv', format }] } };
    figures.push(...(await compare({ ...common, file, bareFile, rows, what: `${named(rows)} ${what}`, formats })));
  }
  return figures;
}

/** What sites have beside full rows of the plain form, and the format that reads it. */
const SHAPES = [
  ['rows with a quarter of the cells missing', withGaps, undefined],
  ['rows of a file that is mapped, wide, decimal comma', wide, 'wide'],
  ['rows of a file that is mapped, a line a value', long, 'long'],
] as const;

/** Processor time of a run that finds nothing to do: its start. */
async function startCpuMs(workspace: Workspace): Promise<number> {
  const { cpuMs, dataDir } = await runFiles(workspace, { files: [], rows: 0, keep: true });
  workspace.drop(dataDir);
  return cpuMs;
}

interface Comparison {
  readonly workspace: Workspace;
  readonly file: string;
  /** What the bare loop reads: it puts rows one after the other, whatever their order, so it gets them in order. */
  readonly bareFile: string;
  readonly rows: number;
  readonly what: string;
  readonly repeats: number;
  /** What of the processor time is the start. */
  readonly startCpuMs: number;
  readonly formats?: FilesTask['formats'];
}

async function compare({ workspace, file, bareFile, rows, what, repeats, startCpuMs, formats }: Comparison): Promise<Figure[]> {
  const bare: (Ended & { ms: number })[] = [];
  const real: FilesRun[] = [];
  for (let i = 0; i < repeats; i++) {
    bare.push(await runBareFiles(workspace, bareFile, rows));
    real.push(await runFiles(workspace, { files: [file], rows, formats }));
  }
  const alike = file === bareFile;
  const peakMb = Math.max(...real.map((each) => each.peakMb));
  const { cpuMs } = costIn(real, rows);
  return [
    {
      goal: 'P1', what: `${what}, in the process`, unit: 'rows/s', peakMb, cost: { rows, cpuMs: cpuMs - startCpuMs },
      measured: spread(real.map((each) => rate(rows, each.jobMs))),
      limit: { name: alike ? 'bare loop' : 'bare loop, in order', measured: spread(bare.map((each) => rate(rows, each.ms))) },
      ...(alike ? { asks: { of: 'ratio', atLeast: 0.6 } } : {}),
    },
    {
      goal: 'P1', what: `${what}, from process start`, unit: 'rows/s', cost: { rows, cpuMs },
      measured: spread(real.map((each) => rate(rows, each.wallMs))),
      limit: { name: 'bare process', measured: spread(bare.map((each) => rate(rows, each.wallMs))) },
    },
  ];
}

async function runBareFiles(workspace: Workspace, file: string, rows: number): Promise<Ended & { ms: number }> {
  const dir = workspace.folder();
  const { result, ...ended } = await run<{ rows: number; ms: number }>([script('bare/files'), file, dir]);
  workspace.drop(dir);
  if (result.rows !== rows) throw new Error(`the bare loop took ${result.rows} of ${rows} rows`);
  return { ...ended, ms: result.ms };
}

/** Which rows to take, and what is in the table before. */
export interface FilesTask {
  readonly files: readonly string[];
  readonly rows: number;
  /** A data directory to begin with a copy of. */
  readonly from?: string;
  /** Formats of the configuration, and which files have which. */
  readonly formats?: { readonly formats: object; readonly directory: object } | undefined;
  /** Leaves the data directory there. */
  readonly keep?: boolean;
  /** Limits of the configuration. */
  readonly limits?: object;
}

/** `wellwatch run --once` over files in its inbox; throws unless every row was stored. */
export async function runFiles(workspace: Workspace, { files, rows, from, keep = false, formats, limits }: FilesTask): Promise<FilesRun> {
  const dataDir = workspace.dataDir(files, from);
  const options = configured(dataDir, { mqtt: false, directory: formats?.directory }, { formats: formats?.formats, limits });
  const { result, ...ended } = await run<Counts>(wellwatch('run', '--once', ...options));
  if (result.stored !== rows) throw new Error(`expected ${rows} rows to be stored, got ${JSON.stringify(result)}`);
  const { totals } = JSON.parse(readFileSync(join(dataDir, 'status.json'), 'utf8')) as JobStatus;
  if (!keep) workspace.drop(dataDir);
  return { ...ended, jobMs: totals.processingTime, counts: result, dataDir };
}

/** What runs over so many rows took of a processor, the median of them. */
export function costIn(runs: readonly Ended[], rows: number): Cost {
  return { rows, cpuMs: spread(runs.map(({ cpuMs }) => cpuMs)).median };
}

/** 50 k, 1 M. */
export function named(rows: number): string {
  return rows >= 1_000_000 ? `${rows / 1_000_000} M` : `${rows / 1000} k`;
}
