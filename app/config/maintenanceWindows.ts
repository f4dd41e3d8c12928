import { z } from 'zod';
import type { MaintenanceWindow } from '../../domain/alarm/acts/maintenanceWindow.ts';
import { parseTime } from '../../domain/reading/wallClock.ts';
import { checkedText, listOf, mapping, text } from './fields.ts';
import type { Issue } from './issues.ts';

const wallTime = () => checkedText("a time of the site's wall clock such as \"2026-12-01T06:00\"", (value) => parseTime(value) !== undefined);

const window = z.strictObject({
  pumps: text('a pump id in which * stands for anything', 256),
  from: wallTime(),
  to: wallTime(),
  reason: text('a reason', 1000),
}, mapping());

/** `maintenance`: times for which work on pumps is planned. */
export const maintenanceSection = listOf(window, 'a list of maintenance windows').default([]);

/** As they are written. */
export type WrittenWindow = z.output<typeof window>;

/** The windows as the program has them. */
export function maintenanceWindows(written: readonly WrittenWindow[]): MaintenanceWindow[] {
  return written.map(({ pumps, from, to, reason }) => ({ pumps, from: parseTime(from)!, to: parseTime(to)!, reason }));
}

/** What is wrong with windows that are right by themselves. */
export function maintenanceIssues(written: readonly WrittenWindow[]): Issue[] {
  return written.flatMap(({ from, to }, i) =>
    parseTime(from)! < parseTime(to)! ? [] : [{ path: `maintenance[${i}].to`, problem: `expected a time after from (${from}), got ${to}` }],
  );
}
