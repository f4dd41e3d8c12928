import { formatTime } from '../../../domain/reading/wallClock.ts';
import type { EnrichedAlert } from '../../../domain/alarm/enriched.ts';
import { type BatchSample, SAMPLED } from '../../../ingest/job/batchSample.ts';
import { countLines, timeLines } from '../../../ingest/stream/printedBatch.ts';
import { textOf } from '../../../ingest/stream/textOf.ts';
import { printable, TextTable } from '../textTable.ts';

/**
 * A batch as the course prints it: when it ended, its first readings as `(COHUTTA,2014-03-10,01:01:00,10.27,…)`, and
 * when there are some its alerts, and those joined with vendor and maintenance, a row for each event:
 *
 *   -------------------------------------------
 *   Time: 1394413260000 ms
 *   -------------------------------------------
 *   (LAGNAPPE,2014-03-14,12:00:00,0,0,0,1.7,0,0.4)
 *   count: 1
 *
 *   alerts
 *   pump      date        time      rule     measure  value
 *   …
 */
export function batchLines(time: number, { readings, readingCount, alerts, alertCount, joinedCount }: BatchSample): string[] {
  const items = readings.map(({ pump, time: at, values }) => printable(textOf([pump, ...formatTime(at).split('T'), ...values])));
  return [
    ...timeLines(time),
    ...items, ...countLines(items.length, readingCount),
    ...(alertCount === 0 ? [] : [...alertLines(alerts, alertCount), ...joinedLines(alerts, joinedCount)]),
  ];
}

function alertLines(alerts: readonly EnrichedAlert[], count: number): string[] {
  const heads = ['pump', 'date', 'time', 'rule', 'measure', 'value'];
  const rows = alerts.map((alert) => [...factsOf(alert), alert.measure, String(alert.value)]);
  return ['', 'alerts', ...tableLines(heads, rows), ...countLines(rows.length, count)];
}

function joinedLines(alerts: readonly EnrichedAlert[], count: number): string[] {
  const heads = [
    'pump',
    'date',
    'time',
    'rule',
    'value',
    'type',
    'purchased',
    'in service',
    'vendor',
    'event',
    'technician',
    'description',
  ];
  const rows = alerts.flatMap((alert) => {
    const { type, purchased, inService, vendor } = alert.vendor ?? { type: 'none', purchased: 'none', inService: 'none', vendor: 'none' };
    const events = alert.maintenance.length > 0 ? alert.maintenance : [{ date: 'none', technician: 'none', description: 'none' }];
    return events.map((event) => [
      ...factsOf(alert),
      String(alert.value),
      type,
      purchased,
      inService,
      vendor,
      event.date,
      event.technician,
      event.description,
    ]);
  }).slice(0, SAMPLED);
  return ['', 'alerts with vendor and maintenance', ...tableLines(heads, rows), ...countLines(rows.length, count)];
}

function factsOf({ pump, time, rule }: EnrichedAlert): string[] {
  return [pump, ...formatTime(time).split('T'), rule];
}

function tableLines(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines: string[] = [];
  new TextTable(heads.map((head) => ({ head })), { isTTY: false, columns: Infinity, line: (text) => lines.push(text) }).add(rows);
  return lines;
}
