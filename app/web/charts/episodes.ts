import type { AlertRunItem } from '../../http/schemas/alerts.ts';
import { wallMs, wallShort } from '../times.ts';
import type { Episode } from './StateStrip.tsx';

/** How many runs are asked for to be drawn: the most that a page has. */
export const MOST_RUNS = 500;

/** Runs of a pump that touch a range: what goes on first, then by newest end. */
export interface RunsInRange {
  readonly items: readonly AlertRunItem[];
  /** null when these are all. */
  readonly next: string | null;
}

export function episodeOf({ from, to, rule, priority }: AlertRunItem): Episode {
  return { from: wallMs(from), to: wallMs(to), severity: priority ?? 'low', title: `${rule} from ${wallShort(from)} to ${wallShort(to)}` };
}

/** The wall time in ms before which runs may be missing because there are too many; null when all are here. */
export function unknownToOf({ items, next }: RunsInRange): number | null {
  return next === null ? null : Math.min(...items.filter(({ active }) => !active).map(({ to }) => wallMs(to)));
}
