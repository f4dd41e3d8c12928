import { join } from 'node:path';
import { NO_COUNTS } from '../../../domain/balance.ts';
import { sameValue } from '../../../domain/reading/readings.ts';
import { BatchLog, type JobBatch } from '../../../ingest/reports/batchLog.ts';
import { PumpState } from '../../../ingest/pumpState/pumpState.ts';
import type { WindowReport } from '../../../ingest/pumpState/windowReport.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { keptOf } from '../../../ingest/job/stepKeeper.ts';
import type { WindowSettings } from '../../../ingest/pumpState/arrivalWindows.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { Json } from '../../../storage/table/state.ts';
import type { Table } from '../../../storage/table/table.ts';
import { tempDir } from '../../support/tempDir.ts';
import { type Row, stepOf } from '../../support/steps.ts';

export const INTERVAL = 2000;
export const LATENESS = 120_000;
/** A multiple of all slides that tests use. */
export const START = 1_394_409_600_000;

/** A row that was stored, and the batch it belongs to. */
export interface StoredRow extends Row {
  readonly batch: number;
}

/** What the job does of each step, on a real table, with a clock that the test sets; and a plain list of what was stored. */
export class SteppedJob {
  readonly windows: WindowReport[] = [];
  readonly events: LogEvent[] = [];
  readonly batches: JobBatch[] = [];
  readonly stored: StoredRow[] = [];
  readonly table: Table;
  now: number;
  /** What the last step committed of windows and totals. */
  changed: Readonly<Record<string, Json>> = {};
  /** For the next start. */
  mostPumpDays: number | undefined;
  #window: WindowSettings;
  #pumps!: PumpState;
  #batches!: BatchLog;
  readonly #rows = new Map<string, Row>();

  private constructor(table: Table, window: WindowSettings, now: number) {
    this.table = table;
    this.#window = window;
    this.now = now;
  }

  static async start(window: WindowSettings, dir = tempDir()): Promise<SteppedJob> {
    const table = await openEmbeddedTable({ dir: join(dir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
    const job = new SteppedJob(table, window, START);
    await job.restart();
    return job;
  }

  /** Drops the job as a crash does, and starts another one on the same table. */
  async restart(window = this.#window): Promise<void> {
    this.#window = window;
    this.#pumps = await PumpState.open(await this.table.state(), this.now, {
      table: this.table,
      window,
      latenessMs: LATENESS,
      mostPumpDays: this.mostPumpDays,
      onWindow: (report) => this.windows.push(report),
      onLog: (event) => this.events.push(event),
    });
    const pumps = this.#pumps;
    this.#batches = new BatchLog(INTERVAL, { onBatch: (batch) => this.batches.push(batch), onOver: (time) => pumps.over(time) });
  }

  /** Takes rows in one step. `crash`: the job is gone between commit and whatever comes after it. */
  async step(rows: readonly Row[], { crash = false } = {}): Promise<void> {
    const batch = this.#batches.begin(this.now);
    const { readings, breaches, ...step } = stepOf(rows);
    const decide = keptOf([this.#pumps], readings, { batch, breaches })!;
    const { counts } = await this.table.write({
      ...step, readings, breaches,
      onDecided: (duplicates) => {
        decide(duplicates); // it may come twice
        this.changed = decide(duplicates);
        return this.changed;
      },
    });
    const before = this.stored.length;
    for (const row of rows) if (this.#isNew(row)) this.stored.push({ ...row, batch });
    if (counts.stored !== this.stored.length - before)
      throw new Error(`the table stored ${counts.stored} rows, the test ${this.stored.length - before}`);
    if (crash) return this.restart();
    this.#pumps.committed();
    this.#batches.add({
      receiver: 'mqtt',
      rows: rows.length,
      counts: NO_COUNTS,
      late: this.#pumps.late,
      availableAt: this.now,
      startedAt: this.now,
      endedAt: this.now,
      outputs: [],
    });
  }

  /** Lets time pass, and the job see it. */
  advance(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now = Math.min(end, Math.floor(this.now / INTERVAL + 1) * INTERVAL);
      this.#batches.close(this.now);
    }
  }

  #isNew(row: Row): boolean {
    const key = `${row.pump}\n${row.time}`;
    const old = this.#rows.get(key);
    if (old?.values.every((value, i) => sameValue(value, row.values[i]))) return false;
    this.#rows.set(key, row);
    return true;
  }
}
