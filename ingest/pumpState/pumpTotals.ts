import type { Json, Table } from '../../storage/table.ts';
import type { LastReading, PumpSummary } from './stepSummary.ts';
import { measureIndex } from '../../domain/measures.ts';

/** What was stored of one pump since the table was made. */
export interface PumpTotal {
  /** Rows that were stored, corrections among them. */
  readonly rows: number;
  /** How many rules they broke; a later correction takes none back. */
  readonly alerts: number;
  readonly last: LastReading;
}

const PREFIX = 'pump:';

/** The total with what a step stored. */
export function addToTotal(total: PumpTotal | undefined, { rows, alerts, last }: PumpSummary): PumpTotal {
  if (!total) return { rows, alerts, last };
  return { rows: total.rows + rows, alerts: total.alerts + alerts, last: last.time >= total.last.time ? last : total.last };
}

/** The name under which a pump's total is kept in the job's state. */
export function totalName(pump: string): string {
  return PREFIX + pump;
}

/** The pump whose total is kept under a name, or undefined. */
export function pumpOfTotal(name: string): string | undefined {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

/** A total as it is kept: `[rows, alerts, time of the last reading, its psi]`. */
export function encodeTotal({ rows, alerts, last }: PumpTotal): Json {
  return [rows, alerts, last.time, last.psi];
}

/** The total that was kept, or undefined when that is none. */
export function decodeTotal(json: Json): PumpTotal | undefined {
  if (!Array.isArray(json) || json.length !== 4 || !json.every((item) => typeof item === 'number')) return undefined;
  const [rows, alerts, time, psi] = json;
  return { rows, alerts, last: { time, psi } };
}

/** A pump's total from the table: without rows that were replaced or have expired. Undefined when it has no readings. */
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
  return { rows, alerts, last };
}
