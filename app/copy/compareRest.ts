import type { Alert } from '../../domain/alarm/alert.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import { sameValue } from '../../domain/reading/readings.ts';
import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';
import type { Table } from '../../storage/table/table.ts';
import { type CompareOptions, pumpDay } from './compareReadings.ts';

/** How many alerts the source has, and how many of them only there, because their readings have expired. */
export interface AlertsComparison {
  readonly alerts: number;
  readonly withoutReading: number;
}

/** Looks for each alert of the source in the target. One whose reading the target has received later may be gone. */
export async function compareAlerts({ source, target, differences, signal }: CompareOptions): Promise<AlertsComparison> {
  let alerts = 0;
  let withoutReading = 0;
  for (const pump of await source.pumps()) {
    for await (const piece of source.alerts({ pump })) {
      signal.throwIfAborted();
      alerts += piece.length;
      const there = await alertsBetween(target, pump, { from: piece[0].time, to: piece[piece.length - 1].time + 1 });
      for (const alert of piece) {
        const other = there.get(identityOf(alert));
        if (other && sameValue(other.value, alert.value) && other.threshold === alert.threshold) continue;
        const reading = await source.lookup(pump, alert.time);
        if (!reading) withoutReading++;
        else if (await hasSameReading(target, alert, reading)) {
          const how = other
            ? `is ${other.value} against ${other.threshold} in HBase, not ${alert.value} against ${alert.threshold}`
            : 'is missing in HBase';
          differences.add(`the alert ${pump} ${formatTime(alert.time)} ${alert.rule} ${how}`);
        }
      }
    }
  }
  return { alerts, withoutReading };
}

/** Compares daily statistics, but for the pump-days of which the target has more rows; gives how many the source has. */
export async function compareStats({
  source,
  target,
  differences,
  signal,
  ahead,
}: CompareOptions & { readonly ahead: ReadonlySet<string> }): Promise<number> {
  let count = 0;
  for (const pump of await source.pumps()) {
    signal.throwIfAborted();
    const there = new Map<number, DayStats>();
    for await (const piece of target.stats({ pump })) for (const stats of piece) there.set(stats.day, stats);
    for await (const piece of source.stats({ pump })) {
      for (const stats of piece) {
        count++;
        if (ahead.has(pumpDay(pump, stats.day)) || areSame(stats, there.get(stats.day))) continue;
        differences.add(
          `the statistics of ${pump} on ${formatDay(stats.day)} ${there.has(stats.day) ? 'are others' : 'are missing'} in HBase`,
        );
      }
    }
  }
  return count;
}

async function alertsBetween(
  table: Table,
  pump: string,
  range: { readonly from: number; readonly to: number },
): Promise<Map<string, Alert>> {
  const found = new Map<string, Alert>();
  for await (const piece of table.alerts({ pump, ...range })) for (const alert of piece) found.set(identityOf(alert), alert);
  return found;
}

function identityOf({ time, rule }: Alert): string {
  return `${time} ${rule}`;
}

async function hasSameReading(table: Table, { pump, time }: Alert, reading: readonly number[]): Promise<boolean> {
  const other = await table.lookup(pump, time);
  return other !== undefined && other.every((value, i) => sameValue(value, reading[i]));
}

function areSame(a: DayStats, b: DayStats | undefined): boolean {
  if (a.count !== b?.count) return false;
  return a.measures.every(
    ({ count, min, max, avg }, i) =>
      count === b.measures[i].count && sameValue(min, b.measures[i].min) && sameValue(max, b.measures[i].max) && sameValue(avg, b.measures[i].avg),
  );
}
