import pc from 'picocolors';
import { formatDay, formatTime } from '../../../domain/reading/wallClock.ts';
import type { WindowReport, WindowReportRow } from '../../../ingest/pumpState/windowReport.ts';
import { siteTime } from '../siteTime.ts';
import { type Column, TextTable } from '../textTable.ts';
import { formatDuration } from '../../../domain/duration.ts';

/** The room for a table, in characters. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

const COLUMNS: readonly Column[] = [
  { head: 'Pump', clipTo: 8 },
  { head: 'Date', rank: 3 },
  { head: 'Rows', align: 'right', rank: 5 },
  { head: 'Min psi', align: 'right' },
  { head: 'Mean psi', align: 'right', rank: 1 },
  { head: 'Max psi', align: 'right', rank: 4 },
  { head: 'Last reading', align: 'right', rank: 2 },
  { head: 'Alerts', align: 'right' },
];
/** Heads, the summary, and a row between them. */
const LEAST_ROWS = 3;

/**
 * A window as a compact table, the worst pumps first, and a line that says what it is. No line is wider and nothing
 * higher than the room; without readings, or room for one, there are no lines.
 */
export function windowLines(report: WindowReport, room: Room, timezone: string): string[] {
  if (report.rows.length === 0 || room.rows < LEAST_ROWS) return [];
  const rows = report.rows.slice(0, room.rows - LEAST_ROWS + 1);
  const lines: string[] = [];
  const table = new TextTable(COLUMNS, { isTTY: true, columns: room.columns, line: (text) => lines.push(text) });
  table.add(rows.map(cellsOf));
  const shown =
    rows.length < report.pumpDays
      ? `the worst ${rows.length} of ${report.pumpDays.toLocaleString('en')} pumps and dates`
      : 'pumps and dates';
  const what = `${shown} of the ${formatDuration(report.lengthMs)} to ${siteTime(report.time, timezone).slice(11, 19)}`;
  return [
    ...lines.map((line, i) => (i > 0 && rows[i - 1].alerts > 0 ? pc.red(line) : line)),
    pc.dim(what.slice(0, room.columns)),
  ];
}

function cellsOf({ pump, day, count, min, mean, max, alerts, total: { last } }: WindowReportRow): string[] {
  const [date, clock] = formatTime(last.time).split('T');
  const at = clock.replace(/:00$/, '');
  return [
    pump,
    formatDay(day),
    count.toLocaleString('en'),
    ...[min, mean, max].map(psiText),
    `${psiText(last.psi)} at ${date === formatDay(day) ? at : `${date} ${at}`}`,
    alerts.toLocaleString('en'),
  ];
}

/** Six digits: enough to tell 4.9999 from 5. */
function psiText(psi: number): string {
  return Number.isFinite(psi) ? String(Number(psi.toPrecision(6))) : '–';
}
