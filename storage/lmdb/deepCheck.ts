import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';
import { alarmDayProblem } from './alarmDays.ts';
import { ALERT_COLUMNS } from './alertsMerge.ts';
import { BlockReader } from './blockReader.ts';
import type { StoresThen } from './copyStores.ts';
import { FIRST_MARK_BYTES, MARK_BYTES } from './days.ts';
import type { Entry } from './environment.ts';
import { parseDayRecordKey, pumpOfKey, timeOfKey } from './keys.ts';
import { originsProblem } from './origins/originLog.ts';
import { statsProblem } from './statsStore.ts';

/** A record that is not as any version wrote it. */
export interface DamagedRecord {
  /** Its sub-database. */
  readonly store: string;
  /** What it holds, for people: of which pump, and from when on. */
  readonly what: string;
  /** Its key in hex. */
  readonly key: string;
  readonly problem: string;
}

/** What is wrong with a record, or undefined; the one before it of the same sub-database is known. */
type Check = (entry: Entry, before: Uint8Array | undefined) => string | undefined;

const RECORDS_A_TURN = 2000;
const CHANGE_BYTES = 25;
/** The name of what holds the pumps' names. */
export const PUMP_NAMES = 'pumpNames';

/**
 * Reads every record of a table's state, and gives those that are damaged. `onRecords` hears now and then how many were read. What
 * lmdb itself can't follow ends that sub-database, and is given as damage of all that lies behind.
 */
export async function* damagedRecords(
  { stores, snapshot }: StoresThen, onRecords: (records: number) => void,
): AsyncIterable<DamagedRecord> {
  const names = new Map<number, string>();
  let records = 0;
  for (const [store, database] of inOrder(stores)) {
    const check = checkOf(store, names);
    let last: Uint8Array | undefined;
    try {
      for (const { key, value } of database.all(snapshot)) {
        const entry = { key: Uint8Array.from(key), value: Uint8Array.from(value) };
        if (store === PUMP_NAMES) names.set(pumpOfKey(key), Buffer.from(value).toString());
        const problem = attempt(() => check(entry, last));
        if (problem !== undefined) yield { store, what: described(store, entry.key, names), key: hex(entry.key), problem };
        last = entry.key;
        if (++records % RECORDS_A_TURN > 0) continue;
        onRecords(records);
        await turn();
      }
    } catch (error) {
      yield { store, what: `all behind ${last ? described(store, last, names) : 'its beginning'}`, key: last ? hex(last) : '', problem: messageOf(error) };
    }
  }
  onRecords(records);
}

/** Names of pumps first: the others are told by them. */
function inOrder<S>(stores: ReadonlyMap<string, S>): (readonly [string, S])[] {
  return [...stores].sort(([a], [b]) => Number(b === PUMP_NAMES) - Number(a === PUMP_NAMES));
}

function checkOf(store: string, names: ReadonlyMap<number, string>): Check {
  switch (store) {
    case 'readings': return blockCheck(new BlockReader(MEASURES.length), 4, names);
    case 'alerts': return blockCheck(new BlockReader(ALERT_COLUMNS), 8, names);
    case 'stats': return ({ value }) => statsProblem(value);
    case 'days': return ({ value }) => lengthProblem(value, value.length === MARK_BYTES || value.length === FIRST_MARK_BYTES);
    case 'alarmDays': return ({ value }) => alarmDayProblem(value);
    case 'origins': return ({ value }) => originsProblem(value);
    case 'changes': return ({ value }) => lengthProblem(value, value.length > 0 && value.length % CHANGE_BYTES === 0);
    case 'rejects': case 'state': return ({ value }) => jsonProblem(value);
    default: return () => undefined; // names and numbers, which are no more than their bytes
  }
}

/** Blocks: whole by their check sum, under their own time, their rows in order, behind the block before. */
function blockCheck(reader: BlockReader, seriesBytes: number, names: ReadonlyMap<number, string>): Check {
  let lastTime = -Infinity;
  return ({ key, value }, before) => {
    const isSameSeries = before !== undefined && Buffer.from(before).compare(key, 0, seriesBytes, 0, seriesBytes) === 0;
    const earlier = isSameSeries ? lastTime : -Infinity;
    lastTime = timeOfKey(key);
    const problem = reader.load(value);
    if (problem !== undefined) return problem;
    if (!names.has(pumpOfKey(key))) return `no pump has the number ${pumpOfKey(key)}`;
    if (reader.first !== timeOfKey(key)) return `it begins at ${formatTime(reader.first)}`;
    if (reader.first <= earlier) return `it begins within the block before it, which ends at ${formatTime(earlier)}`;
    for (let row = 1; row < reader.rows; row++)
      if (reader.timeOf(row) <= reader.timeOf(row - 1)) return `its row ${row + 1} is not later than the one before`;
    lastTime = reader.last;
    return undefined;
  };
}

function lengthProblem(value: Uint8Array, isRight: boolean): string | undefined {
  return isRight ? undefined : `${value.length} bytes are none`;
}

function jsonProblem(value: Uint8Array): string | undefined {
  JSON.parse(Buffer.from(value).toString());
  return undefined;
}

function attempt(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return messageOf(error);
  }
}

/** What a key of a sub-database stands for; names of pumps by their number. */
export function described(store: string, key: Uint8Array, names: ReadonlyMap<number, string>): string {
  const pump = () => names.get(pumpOfKey(key)) ?? `number ${pumpOfKey(key)}`;
  switch (store) {
    case 'readings': case 'alerts': return `pump ${pump()} from ${formatTime(timeOfKey(key))}`;
    case 'origins': case 'changes': return `pump ${pump()}`;
    case 'days': case 'stats': case 'alarmDays': return (({ pump: id, day }) => `pump ${id} on ${formatDay(day)}`)(parseDayRecordKey(key));
    case 'state': return Buffer.from(key).toString();
    default: return `record ${hex(key)}`;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
