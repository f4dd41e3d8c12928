import type { OriginRun, RunTaker } from './runs.ts';

/** Gives runs that were read to a taker, in their order: single rows that follow each other, which were in a list, as lists again. */
export function giveAgain(runs: readonly OriginRun[], taker: RunTaker): void {
  for (let from = 0; from < runs.length;) {
    const to = listedTo(runs, from);
    if (to - from === 1) taker.add(runs[from]);
    else taker.addRows(listed(runs.slice(from, to)), 0, to - from);
    from = to;
  }
}

/** Where the single rows from a place on end that may stand in one list; behind the first in any case. */
function listedTo(runs: readonly OriginRun[], from: number): number {
  const { source, receipt, count } = runs[from];
  let to = from + 1;
  if (count > 1) return to;
  while (to < runs.length && runs[to].count === 1 && runs[to].source === source && runs[to].receipt === receipt && runs[to].time >= runs[to - 1].time) to++;
  return to;
}

function listed(runs: readonly OriginRun[]): Parameters<RunTaker['addRows']>[0] {
  const { source, receipt } = runs[0];
  return {
    source, receipt,
    time: Float64Array.from(runs, ({ time }) => time),
    line: Uint32Array.from(runs, ({ line }) => line),
    mark: Uint32Array.from(runs, ({ mark }) => mark),
  };
}
