import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ComputedDay, DaySelection, PumpDay } from '../domain/day/pumpDay.ts';
import type { StoredDays } from '../storage/table/days.ts';
import type { StoredPumps } from '../storage/table/pumps.ts';
import type { StoredReadings } from '../storage/table/readings.ts';
import { summarizeDays } from './summarizeDays.ts';

/** How far the daily batch is: pump-days done, pump-days to do, and the pump it is at. */
export interface SummaryProgress {
  readonly done: number;
  readonly total: number;
  readonly pump: string;
}

export interface SummarizeOptions {
  readonly table: StoredPumps & StoredReadings & StoredDays;
  /** Which pump-days; with `all` those that are up to date as well. */
  readonly selection: DaySelection & { readonly all: boolean };
  readonly onProgress?: ((progress: SummaryProgress) => void) | undefined;
  /** Stops between pump-days, by throwing its reason. What was stored until then is right and stays. */
  readonly signal?: AbortSignal | undefined;
  /** Readings that are read from one snapshot; fewer make tests reach its end. */
  readonly rowsPerSnapshot?: number;
}

/** What the daily batch did: pump-days whose statistics were stored, and readings in them. */
export interface Summarized {
  readonly pumpDays: number;
  readonly rows: number;
}

/** Pump-days that are stored in one transaction: short enough not to be in the way of the streaming job. */
const DAYS_PER_WRITE = 2000;
/** Consecutive days of a pump that are read in one go. */
const DAYS_PER_READ = 100;
/** About a tenth of a second. */
const ROWS_PER_SNAPSHOT = 2_000_000;

/**
 * The daily batch: minimum, maximum, mean and count of all measures for each pump-day, from the table's
 * readings into its statistics. A pump-day is stored with the state in which it was *before* its
 * readings were read: one that changes meanwhile counts as not up to date, and is done again by the next
 * run. So it may be killed anywhere, and it may run beside the streaming job. Memory does not grow with
 * the number of readings or pump-days.
 */
export async function summarize({
  table,
  selection,
  onProgress,
  signal,
  rowsPerSnapshot = ROWS_PER_SNAPSHOT,
}: SummarizeOptions): Promise<Summarized> {
  const total = onProgress ? await countDue(table, selection) : 0;
  let waiting: ComputedDay[] = [];
  let done = 0;
  let pumpDays = 0;
  let rows = 0;

  for await (const days of runsOfDays(table, selection)) {
    // consecutive due days of one pump
    const computed = await summarizeDays(table, days, rowsPerSnapshot); // the same days, with statistics
    for (const { stats } of computed) {
      if (!stats) continue;
      pumpDays++;
      rows += stats.count;
    }
    waiting.push(...computed);
    if (waiting.length >= DAYS_PER_WRITE) {
      await table.writeStats(waiting);
      waiting = [];
    }
    done += days.length;
    onProgress?.({ done, total: Math.max(total, done), pump: days[0].pump });
    await nextTurn(); // reading waits for nothing: without this no signal would be heard
    signal?.throwIfAborted();
  }
  if (waiting.length > 0) await table.writeStats(waiting);
  return { pumpDays, rows };
}

/**
 * Due pump-days, pump by pump, in runs of consecutive days. Asks for one pump at a time, so that no snapshot is held
 * while readings are read.
 */
async function* runsOfDays(
  table: StoredPumps & StoredReadings & StoredDays,
  selection: SummarizeOptions['selection'],
): AsyncIterable<readonly PumpDay[]> {
  const pumps = selection.pump === undefined ? await table.pumps() : [selection.pump];
  for (const pump of pumps) {
    let run: PumpDay[] = [];
    for (const day of await dueDays(table, { ...selection, pump })) {
      const last = run.at(-1);
      if (last && (day.day !== last.day + 1 || run.length === DAYS_PER_READ)) {
        yield run;
        run = [];
      }
      run.push(day);
    }
    if (run.length > 0) yield run;
  }
}

async function dueDays(table: StoredPumps & StoredReadings & StoredDays, selection: SummarizeOptions['selection']): Promise<PumpDay[]> {
  const due: PumpDay[] = [];
  for await (const days of table.days(selection)) {
    for (const day of days) if (isDue(day, selection.all)) due.push(day);
  }
  return due;
}

async function countDue(table: StoredPumps & StoredReadings & StoredDays, selection: SummarizeOptions['selection']): Promise<number> {
  let total = 0;
  for await (const days of table.days(selection)) {
    for (const day of days) if (isDue(day, selection.all)) total++;
  }
  return total;
}

/** An expired day is due once after each change, only to have its mark cleared. */
function isDue({ changedAt, computedAt, expired }: PumpDay, all: boolean): boolean {
  return changedAt !== computedAt || (all && !expired);
}
