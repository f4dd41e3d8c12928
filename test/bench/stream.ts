import type { Workspace } from './harness.ts';
import type { Figure } from './report.ts';
import type { Sizes } from './sizes.ts';
import { measureLongWindows } from './stream/longWindows.ts';
import { measureRecovery } from './stream/recovery.ts';
import { measureShuffle } from './stream/shuffle.ts';
import { measureSlowStore } from './stream/slowStore.ts';

/** The streaming job and the operators: start after a kill, rows out of order, a store that becomes slow, long windows. */
export async function measureStream(workspace: Workspace, sizes: Sizes): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const measure of [measureRecovery, measureShuffle, measureSlowStore, measureLongWindows])
    figures.push(...(await measure(workspace, sizes)));
  return figures;
}
