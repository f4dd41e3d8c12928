import { parseDay, parseTime } from '../../domain/reading/wallClock.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import { isUnknown, MEASURES } from '../../domain/reading/measures.ts';
import type { Value } from '../../storage/parquet/columnTypes.ts';
import type { Table } from '../../storage/table/table.ts';
import type { AlarmJson } from '../acts/alarmJson.ts';
import type { ScanBounds } from './bounds.ts';
import { sqlTable } from './catalog.ts';
import { type Piece, rowPiece, type ScanRequest } from './pieces.ts';
import { ReadingSlice } from './readingSlice.ts';

/** Where the rows of questions come from. */
export interface SqlSources {
  readonly table: Table;
  readonly reference: () => Promise<Reference>;
  /** Every alarm there was, in order of pump, rule and time. */
  readonly alarms: (pumps: readonly string[] | undefined) => Promise<readonly AlarmJson[]>;
}

type Rows = AsyncIterable<readonly (readonly Value[])[]>;

/** So many readings are read at once: whoever waits for more of them holds no state of the store meanwhile. */
const SLICE_ROWS = 65_536;

/** The rows that are asked for, piece by piece; readings of a pump in order of time. */
export async function* scan(sources: SqlSources, { table, columns, bounds }: ScanRequest): AsyncGenerator<Piece> {
  if (table === 'readings') {
    yield* scanReadings(sources.table, columns, bounds);
    return;
  }
  const all = sqlTable(table)!.columns;
  for await (const rows of rowsOf(sources, table, bounds)) if (rows.length > 0) yield rowPiece(all, rows, columns);
}

async function* scanReadings(table: Table, columns: readonly number[], bounds: ScanBounds): AsyncGenerator<Piece> {
  // columns of SQL: pump, at, the measures, received_at
  const only = { measures: columns.map((column) => column - 2).filter((c) => c >= 0 && c < MEASURES.length), receipts: columns.includes(MEASURES.length + 2) };
  const slice = new ReadingSlice(columns, MEASURES.length);
  for (const pump of await pumpsWithin(table, bounds)) {
    for (let from = bounds.from, goesOn = true; goesOn;) {
      goesOn = false;
      for await (const readings of table.readings(pump, { from, to: bounds.to, only })) {
        slice.add(readings);
        if (slice.rows < SLICE_ROWS) continue;
        from = readings.time[readings.length - 1] + 1;
        goesOn = true;
        break;
      }
      if (slice.rows > 0) yield slice.take();
    }
  }
}

async function pumpsWithin(table: Table, { pumps }: ScanBounds): Promise<string[]> {
  const all = await table.pumps();
  return pumps ? all.filter((pump) => pumps.includes(pump)) : all;
}

function rowsOf(sources: SqlSources, table: Exclude<ScanRequest['table'], 'readings'>, bounds: ScanBounds): Rows {
  switch (table) {
    case 'alerts': return alertRows(sources.table, bounds);
    case 'alarms': return alarmRows(sources, bounds);
    case 'stats': return statsRows(sources.table, bounds);
    case 'pumps': return pumpRows(sources);
    case 'maintenance': return maintenanceRows(sources);
    case 'rejects': return rejectRows(sources.table);
  }
}

/** Whole pieces: with a pause in the middle of a store's state nobody is helped, alerts are few. */
async function* alertRows(table: Table, bounds: ScanBounds): AsyncGenerator<Value[][]> {
  for (const pump of await pumpsWithin(table, bounds)) {
    const rows: Value[][] = [];
    for await (const alerts of table.alerts({ pump, from: bounds.from, to: bounds.to })) {
      for (const { time, rule, measure, value, threshold, receivedAt } of alerts)
        rows.push([pump, time, rule, measure, value, threshold, receivedAt]);
    }
    yield rows;
  }
}

async function* statsRows(table: Table, bounds: ScanBounds): AsyncGenerator<Value[][]> {
  const rows: Value[][] = [];
  const orNull = (value: number): Value => (isUnknown(value) ? null : value);
  for (const pump of bounds.pumps ? await pumpsWithin(table, bounds) : [undefined]) {
    for await (const days of table.stats({ pump })) {
      for (const { pump: of, day, count, measures } of days) {
        const ranges = measures.flatMap(({ min, max, avg }) => [orNull(min), orNull(max), orNull(avg)]);
        rows.push([of, day, count, ...ranges, ...measures.map((each) => each.count)]);
      }
    }
  }
  yield rows;
}

async function* alarmRows({ alarms }: SqlSources, { pumps }: ScanBounds): AsyncGenerator<Value[][]> {
  const wall = (text: string | null): Value => (text === null ? null : parseTime(text)!);
  const instant = (text: string | undefined): Value => (text === undefined ? null : Date.parse(text));
  yield (await alarms(pumps)).map((one): Value[] => [
    one.pump, one.rule, one.priority, one.state, wall(one.from), wall(one.raised), wall(one.returned), wall(one.cleared),
    one.worst, wall(one.worstAt), one.readings, one.stale, one.late,
    one.acknowledged?.by ?? null, instant(one.acknowledged?.at), one.shelved?.by ?? null, instant(one.shelved?.until),
  ]);
}

async function* pumpRows({ reference }: SqlSources): AsyncGenerator<Value[][]> {
  yield [...(await reference()).pumps.values()].map(({ id, type, purchased, inService, vendor, latitude, longitude }): Value[] =>
    [id, type, parseDay(purchased) ?? null, parseDay(inService) ?? null, vendor, latitude, longitude]);
}

async function* maintenanceRows({ reference }: SqlSources): AsyncGenerator<Value[][]> {
  yield [...(await reference()).maintenance.values()].flat().map(({ pump, date, technician, description }): Value[] =>
    [pump, parseDay(date) ?? null, technician, description]);
}

async function* rejectRows(table: Table): AsyncGenerator<Value[][]> {
  const rows: Value[][] = [];
  for await (const rejects of table.rejects())
    for (const { source, line, reason, raw, receivedAt } of rejects) rows.push([source, line, reason, raw, receivedAt ?? null]);
  yield rows;
}
