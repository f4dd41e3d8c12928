import { type Alert, alertOf } from '../../../domain/alarm/alert.ts';
import { isUnknown } from '../../../domain/reading/measures.ts';
import { sameValue } from '../../../domain/reading/readings.ts';
import { DAY_MS } from '../../../domain/reading/wallClock.ts';
import type { Step } from '../../../storage/table/steps.ts';
import type { Row } from '../../support/steps.ts';

/** A cell that is there. */
interface Cell {
  readonly value: number;
  readonly receivedAt: number;
}

/** What a table must do, said in the plainest way: a map of cells, a map of alerts, one row after the other. */
export class TableModel {
  /** By key, then by measure. */
  readonly cells = new Map<string, Map<number, Cell>>();
  readonly alerts = new Map<string, Alert>();
  readonly days = new Map<string, number>();
  #steps = 0;

  /** Forgets what was received at or before a time. */
  expire(before: { data: number; alerts: number }): void {
    for (const [key, row] of this.cells) {
      for (const [measure, cell] of row) if (cell.receivedAt <= before.data) row.delete(measure);
      if (row.size === 0) this.cells.delete(key);
    }
    for (const [key, alert] of this.alerts) if (alert.receivedAt <= before.alerts) this.alerts.delete(key);
  }

  /** Takes a step in, and says what the table should answer. */
  write(step: Step): { stored: number; replaced: number; duplicate: number; alerts: number; withdrawn: string[] } {
    this.#steps++;
    const before = new Map(this.alerts);
    const { readings } = step;
    /** The row of the step that brought a cell last. */
    const broughtBy = new Map<string, number>();
    let duplicate = 0;
    let replaced = 0;
    for (let i = 0; i < readings.length; i++) {
      const key = keyOf(readings.names[readings.pump[i]], readings.time[i]);
      const cells = readings.values.map((column) => column[i]);
      const had = this.cells.get(key) ?? new Map<number, Cell>();
      const isFixed = (c: number) => step.onlyNew === true && had.has(c) && !broughtBy.has(`${key}\0${c}`);
      const has = [...cells.keys()].filter((c) => !isUnknown(cells[c]) && !isFixed(c));
      const adds = has.filter((c) => !had.has(c));
      const differs = has.filter((c) => had.has(c) && !sameValue(had.get(c)!.value, cells[c]));
      if (adds.length === 0 && differs.length === 0) {
        duplicate++;
        continue;
      }
      if (differs.length > 0) replaced++;
      for (const c of has) {
        const cell = had.get(c);
        if (cell && cell.receivedAt > readings.receivedAt[i]) continue;
        this.cells.set(key, had.set(c, { value: cells[c], receivedAt: readings.receivedAt[i] }));
        broughtBy.set(`${key}\0${c}`, i);
        this.days.set(`${readings.names[readings.pump[i]]}\0${Math.floor(readings.time[i] / DAY_MS)}`, this.#steps);
        for (const [id, alert] of this.alerts) if (id.startsWith(`${key}\0`) && measureOf(alert) === c) this.alerts.delete(id);
      }
    }
    let alerts = 0;
    for (const breach of step.breaches) {
      const alert = alertOf(breach, readings);
      if (broughtBy.get(`${keyOf(alert.pump, alert.time)}\0${measureOf(alert)}`) !== breach.row) continue;
      const known = before.get(alertId(alert));
      if (!known || !sameValue(known.value, alert.value)) alerts++;
      this.alerts.set(alertId(alert), alert);
    }
    const withdrawn = [...before.keys()].filter((id) => !this.alerts.has(id));
    return { stored: readings.length - duplicate, replaced, duplicate, alerts, withdrawn };
  }

  /** A pump's rows in order of time; what is missing is NaN. */
  of(pump: string, from = -Infinity, to = Infinity): CellRow[] {
    return [...this.cells]
      .map(([key, cells]) => rowOf(key, cells))
      .filter((row) => row.pump === pump && row.time >= from && row.time < to)
      .sort((a, b) => a.time - b.time);
  }

  /** Pumps that have readings, or have had them, in order of the bytes of their ids. */
  pumps(): string[] {
    return [...new Set(Array.from(this.days.keys(), (day) => day.split('\0')[0]))].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
  }

  /** Alerts by pump, time and rule. */
  sortedAlerts(): Alert[] {
    return [...this.alerts.values()].sort((a, b) =>
      Buffer.compare(Buffer.from(a.pump), Buffer.from(b.pump)) || a.time - b.time || (a.rule < b.rule ? -1 : 1));
  }
}

/** A row, with the time of receipt of each of its cells; NaN where there is none. */
export interface CellRow extends Row {
  readonly receipts: readonly number[];
}

/** The identity of an alert. */
export function alertId(alert: Alert): string {
  return `${keyOf(alert.pump, alert.time)}\0${alert.rule}`;
}

/** The column of an alert's measure: the model knows the measures by their places in the file. */
function measureOf({ measure }: Alert): number {
  return ['hz', 'disp', 'flo', 'sedPPM', 'psi', 'chlPPM'].indexOf(measure);
}

function rowOf(key: string, cells: ReadonlyMap<number, Cell>): CellRow {
  const [pump, time] = key.split('\0');
  const measures = [0, 1, 2, 3, 4, 5];
  return {
    pump, time: Number(time), receivedAt: Math.max(...Array.from(cells.values(), ({ receivedAt }) => receivedAt)),
    values: measures.map((c) => cells.get(c)?.value ?? NaN), receipts: measures.map((c) => cells.get(c)?.receivedAt ?? NaN),
  };
}

function keyOf(pump: string, time: number): string {
  return `${pump}\0${time}`;
}
