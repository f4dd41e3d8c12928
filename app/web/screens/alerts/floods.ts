import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { ShownAlarm } from '../../shownAlarm.ts';
import { wallMs } from '../../times.ts';
import { alarmKey } from '../../activeAlarms.ts';
import type { PumpAlarm } from './byPump.ts';

/** Ten alarms in ten minutes are more than one person can follow: a flood, in EEMUA 191 and ISA-18.2. */
const MANY = 10;
const WITHIN_MS = 600_000;

/** Rows of a list in its order, where pumps of one rule and state that began together are one row. The one that `open` names stands by itself. */
export function withFloods(rows: readonly PumpAlarm[], open: string | null): ShownAlarm[] {
  const floods = new Map(
    [...Map.groupBy(rows, ({ rule, priority, state }) => `${rule} ${priority} ${state}`).values()]
      .flatMap(together)
      .filter((those) => those.length >= MANY && !those.some((alarm) => alarmKey(alarm) === open))
      .flatMap((those) => those.map((alarm) => [alarm, those] as const)),
  );
  return rows.flatMap((row): ShownAlarm[] => {
    const those = floods.get(row);
    if (!those) return [row];
    return those[0] === row ? [asOne(those)] : [];
  });
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

function asOne(those: readonly PumpAlarm[]): ShownAlarm {
  const flood: readonly AlarmItem[] = those;
  const from = those.reduce((first, one) => (one.from < first ? one.from : first), those[0].from);
  const worst = those.reduce((far, one) => (isFarther(one, far) ? one : far), those[0]);
  return { ...worst, from, others: [], lastMaintenance: null, since: [], vendor: null, flood };
}

function isFarther({ worst, condition }: AlarmItem, than: AlarmItem): boolean {
  if (worst === null || than.worst === null) return than.worst === null;
  return condition?.startsWith('above') ? worst > than.worst : worst < than.worst;
}

/** A row's key: that of an alarm, or of a flood, which keeps it while alarms come and go. */
export function rowKey(row: ShownAlarm): string {
  return row.flood ? `flood ${row.rule} ${row.priority} ${row.state ?? ''} ${row.from}` : alarmKey(row);
}
