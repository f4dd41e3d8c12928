import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { wallMs } from '../../times.ts';

export interface Change {
  readonly alarm: AlarmItem;
  readonly what: 'began' | 'ended';
  /** Wall time. */
  readonly at: string;
}

/** Changes that are told in one line. */
export interface Grouped {
  readonly what: Change['what'];
  /** The newest of them. */
  readonly first: AlarmItem;
  readonly at: string;
  readonly pumps: number;
  /** How often one pump's alarm began, when it came and went; 1 otherwise. */
  readonly times: number;
}

/** What happens to several pumps within a minute happens together. */
const TOGETHER_MS = 60_000;
/** So many pumps are one line, and so many beginnings of one alarm within ten minutes. */
const MANY = 4;
const OFTEN = 3;
const OFTEN_MS = 600_000;

/** Beginnings and ends of alarms, the newest first. */
export function changesOf(alarms: readonly AlarmItem[]): Change[] {
  const all = alarms.flatMap((alarm): Change[] => [
    ...(alarm.active ? [] : [{ alarm, what: 'ended', at: alarm.cleared ?? alarm.to } as const]),
    { alarm, what: 'began', at: alarm.from },
  ]);
  return all.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

/** The same in fewer lines: many pumps at once are one, and so is an alarm that comes and goes. */
export function grouped(changes: readonly Change[]): Grouped[] {
  const lines: Grouped[] = [];
  const told = new Set<Change>();
  for (const change of changes) {
    if (told.has(change)) continue;
    const { alarm, what, at } = change;
    const same = changes.filter((one) => !told.has(one) && one.alarm.rule === alarm.rule && wallMs(at) - wallMs(one.at) <= OFTEN_MS && one.at <= at);
    const own = same.filter((one) => one.alarm.pump === alarm.pump);
    const begun = own.filter((one) => one.what === 'began').length;
    const many = same.filter((one) => one.what === what && wallMs(at) - wallMs(one.at) <= TOGETHER_MS);
    const pumps = new Set(many.map((one) => one.alarm.pump)).size;
    const those = begun >= OFTEN ? own : pumps >= MANY ? many : [change];
    for (const one of those) told.add(one);
    lines.push({ what, at, first: alarm, pumps: those === many ? pumps : 1, times: those === own ? begun : 1 });
  }
  return lines;
}
