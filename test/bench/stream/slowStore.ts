import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rate, run, script, spread, type Workspace } from '../harness.ts';
import type { Figure } from '../report.ts';
import { write } from '../rows.ts';
import type { Sizes } from '../sizes.ts';
import { HOUR_ROWS, hoursOfLines } from './rows.ts';
import type { Phase, SlowStoreRun } from './slowStoreOnce.ts';

/** Rows a second that the store takes at most, see slowStoreOnce.ts. */
const SPEED = 50_000;
const SLOWER = 10;
const MOST_BATCHES = 10;
/** Batches in which the rate is still looking for the store's. */
const WARM_UP: Readonly<Record<Phase, number>> = { before: 2, slow: MOST_BATCHES, after: 3 };

/**
 * A store that is ten times slower all of a sudden, and then as before: how soon batches keep within their interval, at
 * which rates, in how much memory.
 */
export async function measureSlowStore(
  workspace: Workspace,
  {
    stream: {
      batches: [before, slow, after],
      interval,
    },
  }: Sizes,
): Promise<Figure[]> {
  const dir = workspace.folder();
  const rows = (SPEED * interval * (2 + before + slow / SLOWER + after)) / 1000;
  let hour = 0;
  mkdirSync(join(dir, 'inbox'));
  for (const lines of hoursOfLines(Math.ceil(rows / HOUR_ROWS))) write(join(dir, 'inbox', `${String(hour++).padStart(4, '0')}.csv`), lines);
  const { result, peakMb } = await run<SlowStoreRun>([script('stream/slowStoreOnce'), dir, ...[interval, before, slow, after].map(String)]);
  workspace.drop(dir);
  return figuresOf(result, interval, peakMb);
}

function figuresOf({ batches, longestMs, store }: SlowStoreRun, interval: number, peakMb: number): Figure[] {
  const of = (phase: Phase) => batches.filter((batch) => batch.phase === phase);
  const single = (value: number) => spread([value]);
  const slowMs = of('slow').map(({ ms }) => ms);
  const settledAfter = slowMs.findLastIndex((ms) => ms > interval) + 1;
  const limit = { name: 'batch interval', measured: single(interval) };
  const rateFigure = (phase: Phase): Figure => {
    const rates = of(phase).map((batch) => rate(batch.rows, interval));
    return {
      goal: 'slow store',
      what: `rate ${phase === 'slow' ? 'while it is slow' : phase}`,
      unit: 'rows/s',
      series: rates,
      measured: spread(rates.slice(WARM_UP[phase])),
      limit: { name: 'the store, while it writes', measured: single(rate(store[phase].rows, store[phase].ms)) },
    };
  };
  return [
    {
      goal: 'slow store',
      what: 'batches until processing time is below the interval',
      unit: 'batches',
      measured: single(settledAfter),
      asks: { of: 'figure', atMost: MOST_BATCHES },
      peakMb,
    },
    {
      goal: 'slow store',
      what: `processing time after ${MOST_BATCHES} batches`,
      unit: 'ms',
      measured: spread(slowMs.slice(MOST_BATCHES)),
      series: batches.map(({ ms }) => ms),
      limit,
      asks: { of: 'ratio', atMost: 1 },
    },
    { goal: 'slow store', what: 'longest write', unit: 'ms', measured: single(longestMs), limit, asks: { of: 'ratio', atMost: 1 } },
    rateFigure('before'),
    rateFigure('slow'),
    rateFigure('after'),
    {
      goal: 'slow store',
      what: 'resident memory, growth while it is slow',
      unit: 'MB',
      measured: single(Math.max(0, store.slow.rssMb - store.before.rssMb)),
      series: Object.values(store).map(({ rssMb }) => rssMb),
    },
  ];
}
