import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MEASURES } from '../../domain/reading/measures.ts';
import { ReadingsBuffer } from '../../domain/reading/readings.ts';
import { HourlyFiles } from '../../ingest/parquet/hourlyFiles.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Table } from '../../storage/table/table.ts';
import { ask } from './duckdb.ts';

/** 2026-11-21T13:00Z. */
export const ONE = Date.UTC(2026, 10, 21, 13);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A reading: pump, minute of its wall time, value of all measures, time of receipt. */
export type Row = readonly [pump: string, minute: number, value: number, receivedAt: number];

/** What a crash is to interrupt: the step is decided but not committed, or committed but nobody was told. */
export type Crash = 'decided' | 'committed';

/** A table whose stored rows go into hourly files, by a clock that stands where the test puts it. */
export class Recorder {
  readonly dir: string;
  readonly out: string;
  readonly spools: string;
  readonly events: LogEvent[] = [];
  files!: HourlyFiles;
  now = ONE;
  /** The clock stays where it is though times of receipt go on: it was ahead once. */
  behind = false;
  caughtUp = true;
  readonly #table: Table;

  private constructor(dir: string, table: Table) {
    this.dir = dir;
    this.out = join(dir, 'out');
    this.spools = join(dir, 'table', 'spool');
    this.#table = table;
  }

  static async open(dir: string): Promise<Recorder> {
    mkdirSync(dir, { recursive: true });
    const table = await openEmbeddedTable({ dir: join(dir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
    const recorder = new Recorder(dir, table);
    await recorder.restart();
    return recorder;
  }

  /** Begins anew from what is on disk, as after a crash: whatever was in memory is gone. */
  async restart(): Promise<void> {
    await (this.files as HourlyFiles | undefined)?.close();
    const state = await this.#table.state();
    this.files = new HourlyFiles({
      dir: this.out,
      spoolDir: this.spools,
      state,
      now: () => this.now,
      isCaughtUp: () => this.caughtUp,
      onLog: (event) => this.events.push(event),
    });
    this.files.start();
  }

  /** Writes a step, up to a crash if there is one. The hook is called twice: a transaction may be tried again. */
  async step(rows: readonly Row[], crash?: Crash): Promise<void> {
    const readings = readingsOf(rows);
    if (!this.behind && rows.length > 0) this.now = Math.max(this.now, rows[rows.length - 1][3]);
    try {
      await this.#table.write({
        receiver: 'mqtt', readings, breaches: [], rejects: [], state: {},
        onDecided: (duplicates) => {
          const once = this.files.decided(readings, duplicates);
          const again = this.files.decided(readings, duplicates);
          if (JSON.stringify(once) !== JSON.stringify(again)) throw new Error('the second time gave something else');
          if (crash === 'decided') throw new Error('crash');
          return again;
        },
      });
      if (crash === undefined) this.files.committed();
    } catch (error) {
      if (crash !== 'decided') throw error;
    }
    if (crash !== undefined) await this.restart();
  }

  /** All the rows of the files, in their order. */
  async rows(): Promise<Row[]> {
    if (this.names().length === 0) return []; // which DuckDB takes for a mistake
    const { rows } = await ask(
      `select pump, epoch_ms("at") as at, epoch_ms(receivedAt) as received, ${MEASURES.join(', ')}
       from read_parquet('${this.out}/readings-*.parquet', filename = true, file_row_number = true)
       order by filename, file_row_number`,
    );
    return rows.map(({ pump, at, received, ...values }) => [pump as string, Number(at) / MINUTE, values.psi as number, Number(received)]);
  }

  /** The names in the folder of the files. */
  names(): string[] {
    return readdirSync(this.out).sort();
  }

  async close(): Promise<void> {
    await this.files.close();
    await this.#table.close();
  }
}

/** Readings of some rows. */
export function readingsOf(rows: readonly Row[]): ReadingsBuffer {
  const readings = new ReadingsBuffer(Math.max(1, rows.length));
  for (const [pump, minute, value, receivedAt] of rows) {
    const row = readings.length++;
    readings.pump[row] = readings.pumps.numberOf(pump);
    readings.time[row] = minute * MINUTE;
    readings.receivedAt[row] = receivedAt;
    for (const column of readings.values) column[row] = value;
  }
  return readings;
}
