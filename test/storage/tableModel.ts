import type { Alert } from '../../domain/alarm/alert.ts';
import { alertOf } from '../../domain/alarm/alert.ts';
import { sameValue } from '../../domain/reading/readings.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { Step } from '../../storage/table/steps.ts';
import type { Row } from '../support/steps.ts';

/** What a table must do, said in the plainest way: a map of rows, a map of alerts, one row after the other. */
export class TableModel {
  readonly rows = new Map<string, Row>();
  readonly alerts = new Map<string, Alert>();
  readonly days = new Map<string, number>();
  #steps = 0;

  /** Forgets what was received at or before a time. */
  expire(before: { data: number; alerts: number }): void {
    for (const [key, row] of this.rows) if (row.receivedAt <= before.data) this.rows.delete(key);
    for (const [key, alert] of this.alerts) if (alert.receivedAt <= before.alerts) this.alerts.delete(key);
  }

  /** Takes a step in, and says what the table should answer. */
  write(step: Step): { stored: number; replaced: number; duplicate: number; alerts: number; withdrawn: string[] } {
    this.#steps++;
    const before = new Map(this.alerts);
    const { readings } = step;
    const winners = new Map<string, number>();
    let duplicate = 0;
    let replaced = 0;
    for (let i = 0; i < readings.length; i++) {
      const pump = readings.names[readings.pump[i]];
      const row = { pump, time: readings.time[i], receivedAt: readings.receivedAt[i], values: readings.values.map((column) => column[i]) };
      const key = keyOf(pump, row.time);
      const old = this.rows.get(key);
      if (old && row.values.every((value, c) => sameValue(value, old.values[c]))) {
        duplicate++;
        continue;
      }
      if (old) replaced++;
      if (old && old.receivedAt > row.receivedAt) continue;
      this.rows.set(key, row);
      winners.set(key, i);
      this.days.set(`${pump}\0${Math.floor(row.time / DAY_MS)}`, this.#steps);
      for (const alert of this.alerts.keys()) if (alert.startsWith(`${key}\0`)) this.alerts.delete(alert);
    }
    let alerts = 0;
    for (const breach of step.breaches) {
      const alert = alertOf(breach, readings);
      if (winners.get(keyOf(alert.pump, alert.time)) !== breach.row) continue;
      const known = before.get(alertId(alert));
      if (!known || !sameValue(known.value, alert.value)) alerts++;
      this.alerts.set(alertId(alert), alert);
    }
    const withdrawn = [...before.keys()].filter((id) => !this.alerts.has(id));
    return { stored: readings.length - duplicate, replaced, duplicate, alerts, withdrawn };
  }

  /** A pump's rows in order of time. */
  of(pump: string, from = -Infinity, to = Infinity): Row[] {
    return [...this.rows.values()]
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

/** The identity of an alert. */
export function alertId(alert: Alert): string {
  return `${keyOf(alert.pump, alert.time)}\0${alert.rule}`;
}

function keyOf(pump: string, time: number): string {
  return `${pump}\0${time}`;
}
