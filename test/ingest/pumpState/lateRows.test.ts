import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { summarize } from '../../../batch/summarize.ts';
import type { Alert } from '../../../domain/alarm/alert.ts';
import type { DayStats } from '../../../domain/day/dayStats.ts';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { dayOf, formatTime } from '../../../domain/reading/wallClock.ts';
import { PumpState } from '../../../ingest/pumpState/pumpState.ts';
import { lateRows } from '../../../ingest/pumpState/pumpTotals.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { Table } from '../../../storage/table/table.ts';
import fc from '../../support/property.ts';
import { collect, type Row, row, stepOf, time } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';
import { RunningJob } from '../../support/runningJob.ts';
import { until } from '../../support/waiting.ts';

const HOUR = 3_600_000;

/** A row as its pump writes it. */
function lineOf({ pump, time: at, values }: Row): string {
  const [date, clock] = formatTime(at).split('T');
  return `${[pump, date, clock, ...values].join(',')}\n`;
}

/** What a table holds, times of receipt aside. */
interface Contents {
  readonly readings: string[];
  readonly alerts: Omit<Alert, 'receivedAt'>[];
  readonly stats: DayStats[];
}

async function contentsOf(table: Table): Promise<Contents> {
  const readings: string[] = [];
  for (const pump of await table.pumps()) {
    for await (const piece of table.readings(pump, {})) {
      for (let i = 0; i < piece.length; i++)
        readings.push(lineOf({ pump, time: piece.time[i], receivedAt: 0, values: MEASURES.map((_, m) => piece.values[m][i]) }));
    }
  }
  const alerts = (await collect(table.alerts({}))).map(({ receivedAt: _, ...alert }) => alert);
  return { readings, alerts, stats: await collect(table.stats({})) };
}

const summarizeDue = (table: Table) => summarize({ table, selection: { all: false } });

describe('whatever the order in which rows come', () => {
  // Decimals whose sums depend on their order: 3 pumps, 5 hours apart, over three days.
  const rows = ['BUTTE', 'COHUTTA', 'MOJO'].flatMap((pump, p) => Array.from({ length: 15 }, (_, i): Row => ({
    pump, time: time('2014-03-10') + i * 5 * HOUR + p * 60_000, receivedAt: 1,
    values: [10 + (i % 7) / 10, 1.731 + i / 1000, 881.1 + i, (i * 0.37) % 2, ((i + p) % 4) * 2.3, 0.1 * (i + p)],
  })));

  /** What comes of all of them in order, in one step. */
  async function contentsInOrder(): Promise<Contents> {
    const table = await openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
    await table.write(stepOf(rows));
    await summarizeDue(table);
    const contents = await contentsOf(table);
    await table.close();
    return contents;
  }

  // Each row comes after a delay, so long that anything may come before anything, and perhaps again.
  const delay = fc.oneof(fc.nat(3), fc.nat(rows.length));
  const arrivals = fc
    .array(fc.array(delay, { minLength: 1, maxLength: 3 }), { minLength: rows.length, maxLength: rows.length })
    .map((delays) =>
      rows
        .flatMap((each, i) => delays[i].map((later) => ({ line: lineOf(each), at: i + later })))
        .sort((a, b) => a.at - b.at)
        .map(({ line }) => line),
    );
  const piece = fc.record({ receiver: fc.constantFrom('directory', 'mqtt'), lines: fc.integer({ min: 1, max: 40 }) });

  test(
    'readings, alerts and daily statistics are the same to the bit: shuffled, delayed, repeated, in any files, messages and steps',
    async () => {
      const inOrder = await contentsInOrder();
      expect([inOrder.readings.length, inOrder.alerts.length, inOrder.stats.length]).toEqual([45, 34, 9]);
      await fc.assert(
        fc.asyncProperty(
          arrivals,
          fc.array(piece, { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 2, max: 60 }),
          fc.nat(5),
          async (lines, pieces, maxRows, summarizeAfter) => {
            const job = await RunningJob.start(tempDir(), { maxRows });
            let fromFiles = 0;
            for (let from = 0, number = 0; from < lines.length; number++) {
              const { receiver, lines: count } = pieces[number % pieces.length];
              const taken = lines.slice(from, from + count);
              from += taken.length;
              if (receiver === 'mqtt') await job.publish(taken.join(''));
              else job.drop(`${number}.csv`, taken.join(''));
              if (receiver === 'directory') fromFiles += taken.length;
              if (number === summarizeAfter) await summarizeDue(job.table); // days that are done before all of their rows are there
            }
            await until(async () => {
              const { directory } = await job.table.counts();
              return directory.stored + directory.duplicate === fromFiles;
            });
            const dir = join(job.inbox, '..');
            expect(await job.stop()).toMatchObject({ stored: rows.length, duplicate: lines.length - rows.length, rejected: 0 });
            const table = await openEmbeddedTable({
              dir: join(dir, 'table'),
              mode: 'writer',
              ttl: { data: null, alerts: null },
              now: Date.now,
            });
            await summarizeDue(table);
            expect(await contentsOf(table)).toEqual(inOrder);
            await table.close();
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});

describe('a late row', () => {
  async function start(dir: string): Promise<RunningJob> {
    return RunningJob.start(dir, {
      keepers: async (table) => [await PumpState.open(await table.state(), Date.now(), {
        table, window: { lengthMs: 6000, slideMs: 2000 }, latenessMs: HOUR, onWindow: () => undefined, onLog: () => undefined,
      })],
    });
  }

  test('is counted and stored, and the next summary recomputes its pump-day, and no other', async () => {
    const dir = tempDir();
    const first = await start(dir);
    const early = [
      row('A', '2014-03-10T01:00', 80),
      row('A', '2014-03-11T01:00', 81),
      row('B', '2014-03-10T01:00', 82),
      row('B', '2014-03-11T01:00', 83),
    ];
    first.drop('early.csv', early.map(lineOf).join(''));
    await until(async () => (await first.table.counts()).directory.stored === 4);
    expect(await summarizeDue(first.table)).toEqual({ pumpDays: 4, rows: 4 });
    await first.stop();
    expect(first.batches.map(({ late }) => late)).toEqual([0]);

    const second = await start(dir); // the watermark has been kept
    onTestFinished(async () => { await second.stop(); });
    const late = [row('A', '2014-03-10T23:59', 60), row('A', '2014-03-11T00:00', 70), row('B', '2014-03-11T01:00', 83)];
    second.drop('late.csv', late.slice(0, 1).map(lineOf).join(''));
    await until(async () => (await second.table.counts()).directory.stored === 5);
    expect(await summarizeDue(second.table)).toEqual({ pumpDays: 1, rows: 2 });
    const day = dayOf(time('2014-03-10'));
    expect(await collect(second.table.stats({ pump: 'A', fromDay: day, toDay: day }))).toMatchObject([
      { count: 2, measures: { [MEASURES.indexOf('psi')]: { min: 60, max: 80, avg: 70 } } },
    ]);
    second.drop('inTime.csv', late.slice(1).map(lineOf).join('')); // an hour behind, and a duplicate
    await until(async () => (await second.table.counts()).directory.duplicate === 1);
    expect(lateRows(await second.table.state())).toBe(1);
    await until(() => second.batches.reduce((rows, batch) => rows + batch.rows.directory, 0) === 3);
    expect(second.batches.reduce((sum, batch) => sum + batch.late, 0)).toBe(1);
  });
});
