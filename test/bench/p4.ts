import { join } from 'node:path';
import { configured, type Ended, rate, run, script, spread, wellwatch, type Workspace } from './harness.ts';
import { costIn, named, runFiles } from './p1.ts';
import type { Figure } from './report.ts';
import { csv, write } from './rows.ts';
import type { Sizes } from './sizes.ts';

/** The sample of the course has this many. */
const COURSE_ROWS = 47_900;
const COLD_MS = 500;

type Timed = Ended & { readonly result: { readonly rows: number; readonly ms: number } };

/** P4: the daily batch over all pump-days, beside a bare scan of the same rows packed the same way; and one from cold. */
export async function measureSummaries(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const rows of sizes.tables) figures.push(await summarizeAll(workspace, rows, sizes.repeats));
  figures.push(await summarizeCold(workspace, sizes.repeats));
  return figures;
}

async function summarizeAll(workspace: Workspace, rows: number, repeats: number): Promise<Figure> {
  const dataDir = await filled(workspace, rows);
  const bareDir = workspace.folder();
  const file = workspace.path('summary.csv');
  await run([script('bare/files'), file, bareDir]);
  const bare: Timed[] = [];
  const real: Timed[] = [];
  for (let i = 0; i < repeats; i++) {
    bare.push(await run([script('bare/scan'), bareDir]));
    real.push(await run([script('summarizeOnce'), join(dataDir, 'table')]));
  }
  workspace.drop(dataDir);
  workspace.drop(bareDir);
  for (const { result } of [...bare, ...real]) if (result.rows !== rows) throw new Error(`expected ${rows} rows, got ${result.rows}`);
  const rates = (runs: readonly Timed[]) => spread(runs.map(({ result }) => rate(rows, result.ms)));
  return {
    goal: 'P4', what: `daily batch, ${named(rows)} rows`, unit: 'rows/s', measured: rates(real),
    limit: { name: 'bare scan', measured: rates(bare) },
    asks: { of: 'ratio', atLeast: 0.6 }, peakMb: Math.max(...real.map((each) => each.peakMb)), cost: costIn(real, rows),
  };
}

async function summarizeCold(workspace: Workspace, repeats: number): Promise<Figure> {
  const from = await filled(workspace, COURSE_ROWS);
  const ended: Ended[] = [];
  for (let i = 0; i < repeats; i++) {
    const dataDir = workspace.dataDir([], from);
    ended.push(await run(wellwatch('summarize', ...configured(dataDir, {}))));
    workspace.drop(dataDir);
  }
  workspace.drop(from);
  return {
    goal: 'P4', what: `wellwatch summarize, ${COURSE_ROWS.toLocaleString('en')} rows, process start to exit`, unit: 'ms',
    measured: spread(ended.map((each) => each.wallMs)), asks: { of: 'figure', atMost: COLD_MS },
    peakMb: Math.max(...ended.map((each) => each.peakMb)), cost: costIn(ended, COURSE_ROWS),
  };
}

/** A data directory whose table holds so many rows; the file they came from stays as `summary.csv`. */
async function filled(workspace: Workspace, rows: number): Promise<string> {
  const file = workspace.path('summary.csv');
  write(file, csv({ rows }));
  const { dataDir } = await runFiles(workspace, { files: [file], rows, keep: true });
  return dataDir;
}
