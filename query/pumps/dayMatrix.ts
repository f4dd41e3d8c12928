import type { Reference } from '../../domain/pump/reference.ts';
import type { Measure } from '../../domain/reading/measures.ts';
import { DAY_MS, dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { AlarmIndex } from '../alarms/alarmIndex.ts';
import type { AlertIndex } from '../alarms/alertIndex.ts';
import { idTest } from '../idTest.ts';
import { Turns } from '../turns.ts';
import { type DayFigure, DayRow } from './dayRow.ts';
import { measuredDays } from './measuredDays.ts';
import { lastBefore } from './work.ts';

/** What the rows of a matrix are. Technician and work are those of the last event before each day. */
export const GROUPINGS = ['pump', 'vendor', 'technician', 'work'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Which days of which pumps, and which figure of them. */
export interface MatrixQuestion {
  /** Day numbers, both inclusive. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly measure: Measure;
  readonly figure: DayFigure;
  readonly by: Grouping;
  /** Part of the pump's id, in any case. */
  readonly q?: string | undefined;
  readonly isWanted?: ((pump: string, day: string) => boolean) | undefined;
}

/** Pumps, or groups of them, over days. */
export interface DayMatrix {
  /** Day number of the first column. */
  readonly fromDay: number;
  readonly days: number;
  /** By name; an empty name is what nothing is recorded of. */
  readonly rows: ReadonlyMap<string, DayRow>;
  readonly total: DayRow;
}

export interface MatrixSources {
  readonly table: StoredDays;
  readonly index: AlertIndex;
  readonly alarms: AlarmIndex;
  readonly reference: Reference;
  /** In the order of the rows. */
  readonly pumps: readonly string[];
}

/** Adds up days by pump or by group, from stored summaries; columns are the days from the first to the last that has anything. */
export async function dayMatrix({ table, index, alarms, reference, pumps }: MatrixSources, question: MatrixQuestion): Promise<DayMatrix> {
  const { fromDay, toDay, measure, figure, by, q, isWanted = () => true } = question;
  const [isNamed, turns] = [idTest(q), new Turns()];
  const length = toDay - fromDay + 1;
  const dates = Array.from({ length }, (_, slot) => formatDay(fromDay + slot));
  const total = new DayRow(length, figure);
  const rows = new Map<string, DayRow>();
  const rowsOf = (pump: string, slot: number): DayRow[] => {
    const name = groupOf(by, pump, dates[slot], reference);
    const row = rows.get(name) ?? new DayRow(length, figure);
    rows.set(name, row);
    return [row, total];
  };
  for (const pump of pumps) {
    if (!isNamed(pump)) continue;
    for (const facts of await measuredDays(table, index.days, { pump, fromDay, toDay, measure })) {
      const slot = facts.day - fromDay;
      if (!isWanted(pump, dates[slot])) continue;
      const alerts = index.alerts.get(pump, facts.day)?.count ?? 0;
      for (const row of rowsOf(pump, slot)) row.addDay(slot, pump, facts, alerts);
    }
    const rows = alarms.rowsOf(pump);
    for (let row = rows.rowFrom(fromDay * DAY_MS); row < rows.length; row++) {
      const slot = dayOf(rows.from(row)) - fromDay;
      if (!rows.isThere(row)) continue;
      if (slot >= 0 && slot < length && isWanted(pump, dates[slot])) for (const row of rowsOf(pump, slot)) row.addAlarm(slot, pump);
    }
    await turns.next();
  }
  return { fromDay, days: length, rows, total };
}

function groupOf(by: Grouping, pump: string, day: string, { pumps, maintenance }: Reference): string {
  if (by === 'pump') return pump;
  if (by === 'vendor') return pumps.get(pump)?.vendor ?? '';
  const last = lastBefore(maintenance.get(pump) ?? [], day);
  return (by === 'technician' ? last?.technician : last?.description) ?? '';
}
