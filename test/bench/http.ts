import { join } from 'node:path';
import { type Ended, run, script, spread, type Workspace } from './harness.ts';
import type { Figure } from './report.ts';
import { named } from './p1.ts';
import type { Sizes } from './sizes.ts';

/** What a curve may take once its readings have been gone through, and what any work may hold up the others, in ms. */
const WARM_MS = 200;
const HELD_UP_MS = 50;

interface Curves {
  readonly index: number;
  readonly cold: number;
  readonly same: readonly number[];
  readonly others: readonly number[];
  readonly weekCold: number;
  readonly weeks: readonly number[];
  readonly hours: readonly number[];
  readonly heldUpMs: number;
}

/** What the HTTP side asks of a table: curves of one pump with very many readings, the first time and later. */
export async function measureHttp(workspace: Workspace, { curveRows }: Sizes): Promise<Figure[]> {
  const dir = workspace.folder();
  const { result, peakMb }: Ended & { readonly result: Curves } = await run([
    '--expose-gc',
    script('http/askCurves'),
    join(dir, 'table'),
    String(curveRows),
  ]);
  workspace.drop(dir);
  const figure = (what: string, ms: readonly number[], atMost?: number): Figure => ({
    goal: 'HTTP', what, unit: 'ms', measured: spread(ms), peakMb, ...(atMost === undefined ? {} : { asks: { of: 'figure', atMost } }),
  });
  const all = `${named(curveRows)} readings`;
  return [
    figure('runs of alerts, the first time', [result.index]),
    figure(`curves of ${all}, the first time`, [result.cold]),
    figure(`curves of ${all}, again`, result.same, WARM_MS),
    figure(`curves of nearly all of ${all}, another range each time`, result.others, WARM_MS),
    figure('curves of a week, the first time', [result.weekCold]),
    figure('curves of a week, another range each time', result.weeks, WARM_MS),
    figure('curves of four hours, each the first time', result.hours, WARM_MS),
    figure('the longest that the thread was held up', [result.heldUpMs], HELD_UP_MS),
  ];
}
