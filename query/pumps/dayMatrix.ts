import type { Reference } from '../../domain/pump/reference.ts';
import type { Measure } from '../../domain/reading/measures.ts';
import { dayOf, formatDay } from '../../domain/reading/wallClock.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { AlarmIndex } from '../alarms/alarmIndex.ts';
import type { AlertDays } from '../alarms/alertDays.ts';
import { idTest } from '../idTest.ts';
import { Turns } from '../turns.ts';
import { daysOfPump } from './dayPages.ts';
import { type DayFigure, DayRow } from './dayRow.ts';
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
  readonly alerts: AlertDays;
  readonly alarms: AlarmIndex;
  readonly reference: Reference;
  /** In the order of the rows. */
  readonly pumps: readonly string[];
}

/** Adds up days by pump or by group, from stored summaries; columns are the days from the first to the last that has anything. */
export async function dayMatrix({ table, alerts, alarms, reference, pumps }: MatrixSources, question: MatrixQuestion): Promise<DayMatrix> {
  const { fromDay, toDay, measure, figure, by, q, isWanted } = question;
  const [isNamed, turns] = [idTest(q), new Turns()];
  const length = toDay - fromDay + 1;
  const total = new DayRow(length, measure, figure);
  const rows = new Map<string, DayRow>();
  const rowsOf = (pump: string, day: string): DayRow[] => {
    const name = groupOf(by, pump, day, reference);
    const row = rows.get(name) ?? new DayRow(length, measure, figure);
    rows.set(name, row);
    return [row, total];
  };
  for (const pump of pumps) {
    if (!isNamed(pump)) continue;
    for (const facts of await daysOfPump(table, alerts, { pump, fromDay, toDay })) {
      const day = formatDay(facts.day);
      if (isWanted?.(pump, day) ?? true) for (const row of rowsOf(pump, day)) row.addDay(facts.day - fromDay, facts);
    }
    for (const { from } of alarms.alarmsOf(pump)) {
      const [slot, day] = [dayOf(from) - fromDay, formatDay(dayOf(from))];
      if (slot >= 0 && slot < length && (isWanted?.(pump, day) ?? true)) for (const row of rowsOf(pump, day)) row.addAlarm(slot, pump);
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
