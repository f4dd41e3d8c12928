import { rate, run, script, type Spread, spread, type Workspace } from '../harness.ts';
import { type FilesRun, named, runFiles } from '../p1.ts';
import type { Figure } from '../report.ts';
import { write } from '../rows.ts';
import type { Sizes } from '../sizes.ts';
import type { EventRun } from './eventWindowsOnce.ts';
import { HOUR_ROWS, hoursOfLines, hoursOfShuffledLines } from './rows.ts';

/** The same rows in order and shuffled within each hour: through the pump job into the table, and through `eventTimeWindow`. */
export async function measureShuffle(workspace: Workspace, { repeats, stream: { hours } }: Sizes): Promise<Figure[]> {
  const rows = hours * HOUR_ROWS;
  const ordered = workspace.path('inOrder.csv');
  const late = workspace.path('late.csv');
  write(ordered, flat(hoursOfLines(hours)));
  write(late, flat(hoursOfShuffledLines(hours)));
  const jobs: Record<'ordered' | 'late', FilesRun[]> = { ordered: [], late: [] };
  const operators: Record<'ordered' | 'late' | 'bare', Memory[]> = { ordered: [], late: [], bare: [] };
  for (let i = 0; i < repeats; i++) {
    jobs.ordered.push(await runFiles(workspace, { files: [ordered], rows }));
    jobs.late.push(await runFiles(workspace, { files: [late], rows }));
    for (const how of ['bare', 'ordered', 'late'] as const) operators[how].push(await eventWindows(how, hours));
  }
  const ratesOf = (runs: readonly Memory[]) => spread(runs.map(({ ms }) => rate(rows, ms)));
  const jobRates = (runs: readonly FilesRun[]) => spread(runs.map(({ jobMs }) => rate(rows, jobMs)));
  const figure = (
    what: string,
    measured: Spread,
    limit: { name: string; measured: Spread },
    runs: readonly { readonly peakMb: number }[],
  ): Figure => ({
    goal: 'shuffle',
    what,
    unit: 'rows/s',
    measured,
    limit,
    peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)),
  });
  return [
    figure(
      `${named(rows)} rows into the table, each hour shuffled`,
      jobRates(jobs.late),
      { name: 'in order', measured: jobRates(jobs.ordered) },
      jobs.late,
    ),
    figure(
      'eventTimeWindow, 1 min, in order',
      ratesOf(operators.ordered),
      { name: 'bare loop', measured: ratesOf(operators.bare) },
      operators.ordered,
    ),
    figure(
      'eventTimeWindow, 1 min, each hour shuffled',
      ratesOf(operators.late),
      { name: 'in order', measured: ratesOf(operators.ordered) },
      operators.late,
    ),
  ];
}

type Memory = EventRun & { readonly peakMb: number };

async function eventWindows(how: 'bare' | 'ordered' | 'late', hours: number): Promise<Memory> {
  const { result, peakMb } = await run<EventRun>([script('stream/eventWindowsOnce'), how, String(hours)]);
  if (result.counted !== hours * HOUR_ROWS) throw new Error(`expected ${hours * HOUR_ROWS} rows in final windows, got ${result.counted}`);
  return { ...result, peakMb };
}

function* flat(hours: Iterable<Buffer[]>): Generator<Buffer> {
  for (const lines of hours) yield* lines;
}
