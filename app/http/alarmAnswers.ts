import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import { conditionText } from '../../domain/alarm/fold/conditionText.ts';
import { contactsOf } from '../../domain/pump/contacts.ts';
import { eventText, type Maintenance, maintenanceEvent, pumpDetails, type Reference } from '../../domain/pump/reference.ts';
import { dayOf, formatDay, formatTime, parseTime } from '../../domain/reading/wallClock.ts';
import type { Standing } from '../../query/acts/actBook.ts';
import { alarmJson } from '../../query/acts/alarmJson.ts';
import type { ListedFacts } from '../../query/alarms/alarmFacts.ts';
import type { Column } from '../../storage/parquet/columnTypes.ts';
import type { Row } from '../export/exportedTables.ts';
import { lastOf } from './answers.ts';
import type { AlarmItem } from './schemas/alarms.ts';

/* Alarms, as the API lists them. */

/** An alarm, joined with its pump and with its rule as it is in force now. */
export function listedAlarmOf(rules: readonly AlarmRule[], reference: Reference): (one: Standing<ListedFacts>) => AlarmItem {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return (standing) => {
    const { pump, rule: id, measure, priority, from, to, cleared } = standing.alarm;
    const rule = byId.get(id);
    const vendor = reference.pumps.get(pump) ?? null;
    return {
      ...alarmJson(standing),
      measure,
      condition: rule ? conditionText(rule, priority) : null,
      to: formatTime(to),
      active: cleared === null,
      known: vendor !== null,
      vendor: vendor && pumpDetails(vendor),
      ...maintenanceAround(reference.maintenance.get(pump) ?? [], from),
      contacts: contactsOf(pump, reference),
    };
  };
}

/** What was done before an alarm began, and what since. The file has no times of day: the day of its beginning counts as since. */
function maintenanceAround(events: readonly Maintenance[], from: number): Pick<AlarmItem, 'lastMaintenance' | 'since'> {
  const day = formatDay(dayOf(from));
  const before = events.findLastIndex(({ date }) => date < day);
  return { lastMaintenance: lastOf(events.slice(0, before + 1)), since: events.slice(before + 1).map(maintenanceEvent) };
}

type Cell = Row[number];

/** The columns of a file of alarms, each with its cell. Times that may be missing are texts. */
const CELLS: readonly (readonly [column: Column, cell: (item: AlarmItem) => Cell])[] = [
  [{ name: 'pump', type: 'text' }, ({ pump }) => pump],
  [{ name: 'rule', type: 'text' }, ({ rule }) => rule],
  [{ name: 'measure', type: 'text', nullable: true }, ({ measure }) => measure],
  [{ name: 'condition', type: 'text', nullable: true }, ({ condition }) => condition],
  [{ name: 'priority', type: 'text' }, ({ priority }) => priority],
  [{ name: 'state', type: 'text' }, ({ state }) => state],
  [{ name: 'from', type: 'wallTime' }, ({ from }) => parseTime(from)!],
  [{ name: 'to', type: 'wallTime' }, ({ to }) => parseTime(to)!],
  [{ name: 'raised', type: 'text', nullable: true }, ({ raised }) => raised],
  [{ name: 'returned', type: 'text', nullable: true }, ({ returned }) => returned],
  [{ name: 'cleared', type: 'text', nullable: true }, ({ cleared }) => cleared],
  [{ name: 'worst', type: 'double', nullable: true }, ({ worst }) => worst],
  [{ name: 'worstAt', type: 'text', nullable: true }, ({ worstAt }) => worstAt],
  [{ name: 'readings', type: 'count' }, ({ readings }) => readings],
  [{ name: 'stale', type: 'boolean' }, ({ stale }) => stale],
  [{ name: 'late', type: 'boolean' }, ({ late }) => late],
  [{ name: 'acknowledgedBy', type: 'text', nullable: true }, ({ acknowledged }) => acknowledged?.by ?? null],
  [{ name: 'acknowledgedAt', type: 'text', nullable: true }, ({ acknowledged }) => acknowledged?.at ?? null],
  [{ name: 'comment', type: 'text', nullable: true }, ({ acknowledged }) => acknowledged?.comment ?? null],
  [{ name: 'shelvedBy', type: 'text', nullable: true }, ({ shelved }) => shelved?.by ?? null],
  [{ name: 'shelvedUntil', type: 'text', nullable: true }, ({ shelved }) => shelved?.until ?? null],
  [{ name: 'shelvedReason', type: 'text', nullable: true }, ({ shelved }) => shelved?.reason ?? null],
  [{ name: 'known', type: 'boolean' }, ({ known }) => known],
  [{ name: 'type', type: 'text', nullable: true }, ({ vendor }) => vendor?.type ?? null],
  [{ name: 'vendor', type: 'text', nullable: true }, ({ vendor }) => vendor?.vendor ?? null],
  [{ name: 'lastMaintenance', type: 'text', nullable: true }, ({ lastMaintenance: last }) => last && eventText(last)],
];

export const ALARM_COLUMNS: readonly Column[] = CELLS.map(([column]) => column);

/** An alarm in the order of {@link ALARM_COLUMNS}. */
export function alarmRow(item: AlarmItem): Row {
  return CELLS.map(([, cell]) => cell(item));
}
