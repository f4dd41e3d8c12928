import { counted } from '../../domain/counted.ts';
import { totalOf } from '../../domain/receivers.ts';
import type { BatchAverages } from '../../ingest/reports/batchHistory.ts';
import type { JobStatus } from '../run/statusFile.ts';
import type { Output } from './output.ts';
import { siteTime } from './siteTime.ts';
import { type Column, printable, TextTable } from './textTable.ts';

/** How many of the last batches people are shown. */
const SHOWN = 5;

/** Writes a job's last batches as a table, and what all of them since its start come to. */
export function writeBatches(
  output: Output,
  { batches, totals, averages }: Pick<JobStatus, 'batches' | 'totals' | 'averages'>,
  timezone: string,
): void {
  if (batches.length === 0) return output.line('\nNo batch has ended since the start.');
  output.line('');
  const table = new TextTable(
    [
      { head: `Batch (${timezone})` },
      number('Steps', 2),
      number('Rows'),
      number('Rejected'),
      number('Alerts'),
      number('Scheduling delay ms', 1),
      number('Processing ms'),
      number('Total delay ms'),
    ],
    output,
  );
  table.add(
    batches
      .slice(-SHOWN)
      .map((batch) => [
        siteTime(batch.time, timezone),
        n(batch.steps),
        n(totalOf(batch.rows)),
        n(batch.counts.rejected),
        n(batch.counts.alerts),
        ...[batch.schedulingDelay, batch.processingTime, batch.totalDelay].map((ms) => ms.toFixed(1)),
      ]),
  );
  table.end();
  for (const { time, error } of batches)
    if (error !== null) output.line(`The batch of ${siteTime(time, timezone)} failed: ${printable(error)}`);
  const rows = Object.entries(totals.rows).map(([name, count]) => `${name} ${n(count)}`).join(', ');
  output.line(`\nSince the start: ${counted(totals.batches, 'batch', 'batches')}, rows from ${rows}. ${averagesText(averages)}`);
  const parts = totals.outputs.filter(({ ms }) => ms > 0).sort((a, b) => b.ms - a.ms);
  if (parts.length > 0)
    output.line(
      `Where the time went: ${parts.map(({ name, ms }) => `${name} ${Math.round((ms * 100) / totals.processingTime)} %`).join(', ')}.`,
    );
}

/** `On average: scheduling delay 3.1 ms, processing 12.0 ms, total delay 15.0 ms.` */
function averagesText({ schedulingDelay, processingTime, totalDelay }: BatchAverages): string {
  const ms = (value: number | null) => `${(value ?? 0).toFixed(1)} ms`;
  return `On average: scheduling delay ${ms(schedulingDelay)}, processing ${ms(processingTime)}, total delay ${ms(totalDelay)}.`;
}

function n(value: number): string {
  return value.toLocaleString('en');
}

function number(head: string, rank?: number): Column {
  return { head, align: 'right', rank };
}
