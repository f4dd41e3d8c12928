import { costIn, type FilesRun, named, runFiles } from './p1.ts';
import { rate, type Spread, spread, type Workspace } from './harness.ts';
import type { Cost, Figure } from './report.ts';
import { csv, lines, PUMPS, shuffled, write } from './rows.ts';
import type { Sizes } from './sizes.ts';

/** P5: a file into tables of growing size; and a shuffled one among the rows of a table. */
export async function measureGrowth(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const { grown, added, late, repeats } = sizes;
  const figures: Figure[] = [];
  let smallest: Spread | undefined;
  for (const rows of grown) {
    const before = workspace.path('before.csv');
    const file = workspace.path('added.csv');
    write(before, csv({ rows }));
    write(file, csv({ rows: added, after: rows }));
    const { measured, peakMb, cost } = await addTo(workspace, { before, held: rows, file, rows: added, repeats });
    smallest ??= measured;
    figures.push({
      goal: 'P5',
      what: `${named(added)} rows into ${named(rows)}`,
      unit: 'rows/s',
      measured,
      peakMb,
      cost,
      ...(measured === smallest
        ? {}
        : { limit: { name: `into ${named(grown[0])}`, measured: smallest }, asks: { of: 'ratio', atLeast: 0.85 } }),
    });
  }
  if (smallest) figures.push(await measureLate(workspace, { late, repeats, inOrder: smallest, name: `into ${named(grown[0])}, in order` }));
  return figures;
}

interface Late {
  readonly late: number;
  readonly repeats: number;
  readonly inOrder: Spread;
  readonly name: string;
}

/** Every other reading of each pump is in the table; the rest comes shuffled. */
async function measureLate(workspace: Workspace, { late, repeats, inOrder, name }: Late): Promise<Figure> {
  const before = workspace.path('before.csv');
  const file = workspace.path('late.csv');
  write(before, everyOther(lines({ rows: 2 * late }), 0));
  write(file, shuffled(everyOther(lines({ rows: 2 * late }), 1)));
  const { measured, peakMb, cost } = await addTo(workspace, { before, held: late, file, rows: late, repeats });
  return {
    goal: 'P5', what: `${named(late)} shuffled rows among ${named(late)}`, unit: 'rows/s', measured, peakMb, cost,
    limit: { name, measured: inOrder }, asks: { of: 'ratio', atLeast: 1 / 3 },
  };
}

/** Of each two readings of a pump one. */
function* everyOther(all: Iterable<Buffer>, which: 0 | 1): Generator<Buffer> {
  let index = 0;
  for (const line of all) if (Math.floor(index++ / PUMPS) % 2 === which) yield line;
}

interface Addition {
  readonly before: string;
  readonly held: number;
  readonly file: string;
  readonly rows: number;
  readonly repeats: number;
}

async function addTo(workspace: Workspace, { before, held, file, rows, repeats }: Addition): Promise<{ measured: Spread; peakMb: number; cost: Cost }> {
  // 10 pumps need 28 years for 10⁸ rows: the last of them are still to come.
  const limits = { future: 'none' };
  const { dataDir } = await runFiles(workspace, { files: [before], rows: held, keep: true, limits });
  const runs: FilesRun[] = [];
  for (let i = 0; i < repeats; i++) runs.push(await runFiles(workspace, { files: [file], rows, from: dataDir, limits }));
  workspace.drop(dataDir);
  return {
    measured: spread(runs.map((each) => rate(rows, each.jobMs))), peakMb: Math.max(...runs.map((each) => each.peakMb)), cost: costIn(runs, rows),
  };
}
