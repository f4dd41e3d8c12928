import type { Json } from '../../storage/table/state.ts';
import type { Table } from '../../storage/table/table.ts';
import type { LastReading, PumpSummary } from './stepSummary.ts';
import { isUnknown, measureIndex, UNKNOWN } from '../../domain/reading/measures.ts';

/** What was stored of one pump since the table was made. */
export interface PumpTotal {
  /** Rows that were stored, corrections among them. */
  readonly rows: number;
  /** How many rules they broke; a later correction takes none back. */
  readonly alerts: number;
  /** Rows whose time was before the pump's watermark: that of the newest reading so far less `limits.lateness`. */
  readonly late: number;
  readonly last: LastReading;
}

const PSI_ITEM = 3;

/** Totals are kept in the job's state under names that begin so. */
export const TOTAL_PREFIX = 'pump:';

/** The total with what a step stored. The first step of a pump has its last reading. */
export function addToTotal(total: PumpTotal | undefined, { rows, alerts, late, last }: PumpSummary): PumpTotal {
  if (!total) return { rows, alerts, late, last: last! };
  return { rows: total.rows + rows, alerts: total.alerts + alerts, late: total.late + late, last: lastOf(total.last, last) };
}

/** The total without rows that were taken back; undefined when the pump has no reading any more. Rows that were late stay counted. */
export function totalWithout(
  total: PumpTotal | undefined,
  gone: { readonly rows: number; readonly withdrawn: readonly unknown[]; readonly last: LastReading | undefined },
): PumpTotal | undefined {
  if (!total || !gone.last) return undefined;
  const { rows, alerts } = total;
  return { ...total, rows: Math.max(0, rows - gone.rows), alerts: Math.max(0, alerts - gone.withdrawn.length), last: gone.last };
}

/** One that lacks psi may be a part of the reading before, which has it. */
function lastOf(before: LastReading, last: LastReading | undefined): LastReading {
  return !last || (isUnknown(last.psi) && last.time === before.time) ? before : last;
}

/** The name under which a pump's total is kept in the job's state. */
export function totalName(pump: string): string {
  return TOTAL_PREFIX + pump;
}

/** The pump whose total is kept under a name, or undefined. */
export function pumpOfTotal(name: string): string | undefined {
  return name.startsWith(TOTAL_PREFIX) ? name.slice(TOTAL_PREFIX.length) : undefined;
}

/**
 * A total as it is kept: `[rows, alerts, time of the last reading, its psi or null, late rows]`. Totals of older versions lack the
 * late rows.
 */
export function encodeTotal({ rows, alerts, late, last }: PumpTotal): Json {
  return [rows, alerts, last.time, isUnknown(last.psi) ? null : last.psi, late];
}

/** The total that was kept, or undefined when that is none. */
export function decodeTotal(json: Json): PumpTotal | undefined {
  if (!Array.isArray(json) || (json.length !== 4 && json.length !== 5)) return undefined;
  const items = json.map((item: Json, index) => (item === null && index === PSI_ITEM ? UNKNOWN : item));
  if (!items.every((item) => typeof item === 'number')) return undefined;
  const [rows, alerts, time, psi, late = 0] = items;
  return { rows, alerts, late, last: { time, psi } };
}

/** How many rows of all pumps were late since the table was made, as the job's state has it. */
export function lateRows(state: ReadonlyMap<string, Json>): number {
  let late = 0;
  for (const [name, value] of state) if (pumpOfTotal(name) !== undefined) late += decodeTotal(value)?.late ?? 0;
  return late;
}

/** A pump's total from the table, which does not know what was replaced, has expired, or was late. Undefined when it has no readings. */
export async function recountTotal(table: Table, pump: string): Promise<PumpTotal | undefined> {
  let rows = 0;
  let last: LastReading | undefined;
  for await (const piece of table.readings(pump, {})) {
    rows += piece.length;
    if (piece.length > 0) last = { time: piece.time[piece.length - 1], psi: piece.values[measureIndex.psi][piece.length - 1] + 0 };
  }
  if (!last) return undefined;
  let alerts = 0;
  for await (const piece of table.alerts({ pump })) alerts += piece.length;
  return { rows, alerts, late: 0, last };
}
