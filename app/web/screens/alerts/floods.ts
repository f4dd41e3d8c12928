import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { ShownAlarm } from '../../shownAlarm.ts';
import { wallMs } from '../../times.ts';
import { alarmKey } from '../../activeAlarms.ts';
import { byPump, byUrgency, type PumpAlarm } from './byPump.ts';

/** Ten alarms in ten minutes are more than one person can follow: a flood, in EEMUA 191 and ISA-18.2. */
const MANY = 10;
const WITHIN_MS = 600_000;
/** A flood is one row until it is half of that, or it would come and go with each alarm. */
const STILL_MANY = 5;

interface FloodOptions {
  /** The alarm that is open: its flood is spread out. */
  readonly open: string | null;
  /** Keys of the floods that the list has shown last. */
  readonly were: ReadonlySet<string>;
}

/**
 * Rows of a list in its order, where pumps of one rule and state that began together are one row. Their alarms of other rules have rows
 * of their own, or are a flood as well.
 */
export function withFloods(rows: readonly PumpAlarm[], options: FloodOptions): ShownAlarm[] {
  const { open, were } = options;
  const floods = new Map(
    [...Map.groupBy(rows, ({ rule, priority, state }) => `flood ${rule} ${priority} ${state}`)]
      .flatMap(([key, alike]) => together(alike).map((those, i) => ({ key: `${key} ${i}`, those })))
      .filter(({ key, those }) => those.length >= (were.has(key) ? STILL_MANY : MANY) && !those.some((alarm) => alarmKey(alarm) === open))
      .flatMap(({ key, those }) => {
        const flood = asOne(key, those);
        return those.map((alarm) => [alarm, flood] as const);
      }),
  );
  const shown = [...new Set(rows.map((row) => floods.get(row) ?? row))];
  const others = byPump([...floods.keys()].flatMap((row) => row.others));
  return others.length === 0 ? shown : [...shown, ...withFloods(others, options)].sort(byUrgency);
}

/** Keys of the floods among rows. */
export function floodKeys(rows: readonly ShownAlarm[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ floodKey }) => floodKey ?? []));
}

/** Alarms cut where more than ten minutes lie between the beginnings of a group. */
function together(alarms: readonly PumpAlarm[]): PumpAlarm[][] {
  const groups: PumpAlarm[][] = [];
  for (const alarm of alarms.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    const group = groups.at(-1);
    if (group && wallMs(alarm.from) - wallMs(group[0].from) <= WITHIN_MS) group.push(alarm);
    else groups.push([alarm]);
  }
  return groups.map((group) => alarms.filter((alarm) => group.includes(alarm)));
}

function asOne(floodKey: string, those: readonly PumpAlarm[]): ShownAlarm & { readonly floodKey: string } {
  const flood: readonly AlarmItem[] = those;
  const from = those.reduce((first, one) => (one.from < first ? one.from : first), those[0].from);
  const worst = those.reduce((far, one) => (isFarther(one, far) ? one : far), those[0]);
  return { ...worst, from, others: [], lastMaintenance: null, since: [], vendor: null, flood, floodKey };
}

function isFarther({ worst, condition }: AlarmItem, than: AlarmItem): boolean {
  if (worst === null || than.worst === null) return than.worst === null;
  return condition?.startsWith('above') ? worst > than.worst : worst < than.worst;
}

/** A row's key: that of an alarm, or of a flood, which keeps it while alarms come and go. */
export function rowKey(row: ShownAlarm): string {
  return row.floodKey ?? alarmKey(row);
}
