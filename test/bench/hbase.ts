import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rate, run, script, spread, type Workspace } from './harness.ts';
import { named } from './p1.ts';
import type { Figure } from './report.ts';
import { csv, write } from './rows.ts';
import type { Sizes } from './sizes.ts';

/** As seen from dist/test/bench. */
const LAUNCHER = join(import.meta.dirname, '../../../deploy/hbase/hbase');

interface BareTimes {
  readonly putMs: number;
  readonly scanMs: number;
}

interface TableTimes {
  readonly inOrderMs: number;
  readonly equalMs: number;
  readonly correctedMs: number;
  readonly scanMs: number;
}

/** The table in a real HBase on this machine, beside a bare loop that posts bodies prepared before and counts what a scanner gives. */
export async function measureHBase(workspace: Workspace, { hbaseRows: rows, repeats }: Sizes): Promise<Figure[]> {
  const file = workspace.path('hbase.csv');
  write(file, csv({ rows }));
  const dir = workspace.folder();
  const url = execFileSync(LAUNCHER, ['start', dir, '0'], { encoding: 'utf8' }).trim();
  const bare: BareTimes[] = [];
  const real: (TableTimes & { peakMb: number })[] = [];
  try {
    // The first run only warms the server up.
    for (let i = 0; i <= repeats; i++) {
      const limit = await run<BareTimes>([script('bare/hbase'), url, `bare${i}`, file]);
      const table = await run<TableTimes>([script('hbaseTable'), url, `real${i}`, workspace.folder(), file]);
      if (i === 0) continue;
      bare.push(limit.result);
      real.push({ ...table.result, peakMb: table.peakMb });
    }
  } finally {
    execFileSync(LAUNCHER, ['kill', dir]);
  }
  const peakMb = Math.max(...real.map((each) => each.peakMb));
  const figure = (what: string, times: readonly number[], limit: { readonly name: string; readonly times: readonly number[] }): Figure => ({
    goal: 'HBase', what: `${named(rows)} ${what}`, unit: 'rows/s', peakMb,
    measured: spread(times.map((ms) => rate(rows, ms))),
    limit: { name: limit.name, measured: spread(limit.times.map((ms) => rate(rows, ms))) },
  });
  const puts = { name: 'bare puts', times: bare.map(({ putMs }) => putMs) };
  const scans = { name: 'bare scan', times: bare.map(({ scanMs }) => scanMs) };
  return [
    { ...figure('rows in order', real.map(({ inOrderMs }) => inOrderMs), puts), asks: { of: 'ratio', atLeast: 0.8 } },
    figure('rows that are there already, looked up', real.map(({ equalMs }) => equalMs), puts),
    figure('corrections, looked up and put', real.map(({ correctedMs }) => correctedMs), puts),
    { ...figure('rows read', real.map(({ scanMs }) => scanMs), scans), asks: { of: 'ratio', atLeast: 0.8 } },
  ];
}
