import { MEASURE_TABLE } from '../../domain/reading/measures.ts';
import type { Column } from '../../storage/parquet/columnTypes.ts';

/** A column of a table that questions in SQL are asked of. */
export interface SqlColumn extends Column {
  /** What it holds, with its unit. */
  readonly about: string;
}

/** A table that questions in SQL are asked of. */
export interface SqlTable {
  readonly name: SqlTableName;
  readonly about: string;
  readonly columns: readonly SqlColumn[];
}

/** The tables by name. */
export type SqlTableName = 'readings' | 'alerts' | 'alarms' | 'stats' | 'pumps' | 'maintenance' | 'rejects';

const column = (name: string, type: Column['type'], about: string): SqlColumn => ({ name, type, about, nullable: true });
const pump = column('pump', 'text', 'the pump\'s id');
const at = column('at', 'wallTime', 'time of the reading, on the site\'s wall clock');
const receivedAt = column('received_at', 'instant', 'when it came');
const inUnit = ({ label, unit }: (typeof MEASURE_TABLE)[number]) => (unit === '' ? label : `${label}, ${unit}`);

/** What can be asked of, always as it is now: the later receipt holds. */
export const SQL_TABLES: readonly SqlTable[] = [
  {
    name: 'readings', about: 'what pumps reported; a missing cell is null',
    columns: [pump, at, ...MEASURE_TABLE.map((measure) => column(measure.name, 'double', inUnit(measure))), receivedAt],
  },
  {
    name: 'alerts', about: 'readings that broke a limit, one for each rule',
    columns: [
      pump, at, column('rule', 'text', 'the rule that was broken'), column('measure', 'text', 'which measure did'),
      column('value', 'double', 'its value'), column('threshold', 'double', 'the limit in force'), receivedAt,
    ],
  },
  {
    name: 'alarms', about: 'what was wrong with a pump from when to when, and what people did about it',
    columns: [
      pump, column('rule', 'text', 'the rule'), column('priority', 'text', 'high, medium or low'), column('state', 'text', 'as it is now'),
      column('began', 'wallTime', 'first reading beyond the limit'), column('raised', 'wallTime', 'when it became an alarm'),
      column('returned', 'wallTime', 'first reading back inside'), column('cleared', 'wallTime', 'when it was over; null while it goes on'),
      column('worst', 'double', 'the value farthest beyond the limit'), column('worst_at', 'wallTime', 'when that was'),
      column('readings', 'count', 'how many were beyond the limit'), column('stale', 'boolean', 'the pump has been silent since'),
      column('late', 'boolean', 'it was found long after it was raised'), column('acknowledged_by', 'text', 'who acknowledged it'),
      column('acknowledged_at', 'instant', 'when'), column('shelved_by', 'text', 'who shelved it'), column('shelved_until', 'instant', 'until when'),
    ],
  },
  {
    name: 'stats', about: 'what the daily batch stored, by pump and day',
    columns: [
      pump, column('date', 'date', 'the readings\' day'), column('count', 'count', 'readings of the day'),
      ...MEASURE_TABLE.flatMap((measure) => (['min', 'max', 'avg'] as const).map((what) =>
        column(`${measure.name}_${what}`, 'double', `${{ min: 'lowest', max: 'highest', avg: 'mean' }[what]} ${inUnit(measure)}`))),
      ...MEASURE_TABLE.map(({ name }) => column(`${name}_count`, 'count', `readings that have ${name}`)),
    ],
  },
  {
    name: 'pumps', about: 'the vendor file',
    columns: [
      column('id', 'text', 'the pump\'s id'), column('type', 'text', 'its type'), column('purchased', 'date', 'when it was bought'),
      column('in_service', 'date', 'since when it pumps'), column('vendor', 'text', 'who made it'),
      column('latitude', 'double', 'degrees'), column('longitude', 'double', 'degrees'),
    ],
  },
  {
    name: 'maintenance', about: 'the maintenance file',
    columns: [
      pump, column('date', 'date', 'when it was done'), column('technician', 'text', 'by whom'), column('description', 'text', 'what was done'),
    ],
  },
  {
    name: 'rejects', about: 'rows that could not be taken',
    columns: [
      column('source', 'text', 'the file, or mqtt: and the topic'), column('line', 'count', 'line in it, from 1'),
      column('reason', 'text', 'what was wrong'), column('raw', 'text', 'the row as it came'), receivedAt,
    ],
  },
];

/** The table of a name, whatever its case. */
export function sqlTable(name: string): SqlTable | undefined {
  return SQL_TABLES.find((table) => table.name === name.toLowerCase());
}
