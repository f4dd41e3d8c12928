import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { windowLines as painted } from '../../../../app/cli/live/windowTable.ts';
import { displayWidth } from '../../../../app/cli/textTable.ts';
import { dayOf } from '../../../../domain/reading/wallClock.ts';
import type { WindowReport, WindowReportRow } from '../../../../ingest/pumpState/windowReport.ts';
import { time } from '../../../support/steps.ts';

/** Without the colours that a terminal gets. */
const windowLines = (...given: Parameters<typeof painted>) => painted(...given).map((line) => stripVTControlCharacters(line));

const at = time('2014-03-14T12:00');

function pump(name: string, psi: number, alerts = 0): WindowReportRow {
  return {
    pump: name,
    day: dayOf(at),
    count: 1234,
    min: psi,
    max: psi + 10.5,
    mean: psi + 7.30793319415449,
    alerts,
    total: { rows: 5000, alerts, late: 0, last: { time: at, psi } },
  };
}

function report(rows: readonly WindowReportRow[]): WindowReport {
  return { time: Date.parse('2026-11-21T10:00:06Z'), lengthMs: 6000, slideMs: 2000, pumpDays: rows.length, rows };
}

const three = report([
  pump('LAGNAPPE', 0, 7),
  pump('NANTAHALLA', 75),
  { ...pump('COHUTTA', 80), total: { rows: 1, alerts: 0, late: 0, last: { time: at + 86_400_000, psi: 91 } } },
]);

test('in 80 columns: all that there is to say of a window, the worst first', () => {
  expect(windowLines(report([pump('LAGNAPPE', 0, 7), pump('NANTAHALLA', 75)]), { columns: 80, rows: 23 }, 'America/Chicago')).toEqual([
    'Pump        Date         Rows  Min psi  Mean psi  Max psi  Last reading  Alerts',
    'LAGNAPPE    2014-03-14  1,234        0   7.30793     10.5    0 at 12:00       7',
    'NANTAHALLA  2014-03-14  1,234       75   82.3079     85.5   75 at 12:00       0',
    'pumps and dates of the 6s to 04:00:06',
  ]);
});

test('in 40 columns: the pump, how low it was, and its alerts', () => {
  expect(windowLines(three, { columns: 40, rows: 23 }, 'UTC')).toEqual([
    'Pump        Min psi  Mean psi  Alerts',
    'LAGNAPPE          0   7.30793       7',
    'NANTAHALLA       75   82.3079       0',
    'COHUTTA          80   87.3079       0',
    'pumps and dates of the 6s to 10:00:06',
  ]);
});

test('a last reading of another date says so', () => {
  expect(windowLines(three, { columns: 120, rows: 23 }, 'UTC')[3]).toMatch(/ 91 at 2014-03-15 12:00 /);
});

test('it is no higher and no wider than the room, and says what it leaves out', () => {
  const many = { ...report(Array.from({ length: 30 }, (_, i) => pump(`泵-${i}`, i))), pumpDays: 12_000 };
  const lines = windowLines(many, { columns: 60, rows: 10 }, 'UTC');
  expect(lines.length).toBe(10);
  expect(lines.at(-1)).toBe('the worst 8 of 12,000 pumps and dates of the 6s to 10:00:06');
  for (const columns of [20, 35, 50, 80]) {
    for (const rows of [3, 4, 12]) {
      const fitted = windowLines(many, { columns, rows }, 'UTC');
      expect(fitted.length).toBeLessThanOrEqual(rows);
      if (columns > 30) expect(Math.max(...fitted.map(displayWidth))).toBeLessThanOrEqual(columns);
    }
  }
});

test('there is nothing without readings, or without room for one', () => {
  expect(windowLines(report([]), { columns: 80, rows: 23 }, 'UTC')).toEqual([]);
  expect(windowLines(three, { columns: 80, rows: 2 }, 'UTC')).toEqual([]);
});

test('a value near a limit is not rounded to it, a mean that is none is a dash', () => {
  const line = windowLines(report([{ ...pump('A', 4.9999), mean: NaN }]), { columns: 80, rows: 23 }, 'UTC')[1];
  expect(line).toMatch(/ 4\.9999 +– /);
});
