import type { AlarmItem } from '../../http/schemas/alarms.ts';
import { wallMs, wallShort } from '../times.ts';
import type { Episode } from './StateStrip.tsx';

/** How many alarms are asked for to be drawn: the most that a page has. */
export const MOST_ALARMS = 500;

/** Alarms of a pump that touch a range: what goes on first, then by newest end. */
export interface AlarmsInRange {
  readonly items: readonly AlarmItem[];
  /** null when these are all. */
  readonly next: string | null;
}

export function episodeOf({ from, to, rule, measure, priority }: AlarmItem): Episode {
  return { from: wallMs(from), to: wallMs(to), measure, severity: priority, title: `${rule} from ${wallShort(from)} to ${wallShort(to)}` };
}

/** The wall time in ms before which alarms may be missing because there are too many; null when all are here. */
export function unknownToOf({ items, next }: AlarmsInRange): number | null {
  return next === null ? null : Math.min(...items.flatMap(({ cleared }) => (cleared === null ? [] : [wallMs(cleared)])));
}
