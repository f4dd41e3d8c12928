import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, messageOf } from '../../domain/errors.ts';
import { diskTrouble } from '../../storage/files/diskProblem.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { syncFolder } from '../../storage/journal/segments.ts';
import { SpoolFile } from '../../storage/parquet/spool.ts';
import type { Json } from '../../storage/table/state.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { StepKeeper } from '../job/stepKeeper.ts';
import { fileStem, type Hour, HOUR_MS, storedByHour } from './hours.ts';
import { publish } from './publish.ts';

/** The spools that are not yet files are kept in the job's state under this name. */
export const PARQUET_STATE = 'parquet';

/** An hour ends this much later by the clock: rows that were received before its end may still be on their way. */
const GRACE_MS = 60_000;
const TICK_MS = 30_000;

/** Rows of an hour that are to become a file. */
interface Spool {
  readonly hour: Hour;
  /** When the first of them was received, ms: no other spool of the table has that, as receipts rise from step to step. */
  readonly since: number;
  /** How much of the spool is committed. */
  readonly bytes: number;
}

export interface HourlyFilesOptions {
  /** Where the files go. */
  readonly dir: string;
  /** Where the spools lie: with the table, as they commit with it. */
  readonly spoolDir: string;
  /** The job's state as the table had it at start. */
  readonly state: ReadonlyMap<string, Json>;
  /** The system's clock, from which times of receipt come as long as it does not go back. */
  readonly now: () => number;
  /** Whether all that was received before now has been taken. */
  readonly isCaughtUp: () => boolean;
  readonly onLog: (event: LogEvent) => void;
}

/**
 * The stored readings as Parquet files, one for each hour of receipt (UTC). A step's rows go into the hour's spool,
 * whose length commits with the step: what lies beyond it after a crash was not stored, and is written over. When a
 * later hour has begun, or the clock says so, the spool becomes a file in the background and goes. Rows of that hour
 * that come after all get a second file.
 *
 * `decided` throws STORE_UNAVAILABLE when the spool can't be written. A file that can't be written is told and tried
 * again: its rows are safe in the spool.
 */
export class HourlyFiles implements StepKeeper {
  readonly #options: HourlyFilesOptions;
  /** In order of receipt. */
  #committed: readonly Spool[];
  /** What they become when the step under way is committed. */
  #decided: readonly Spool[] | undefined;
  /** No more rows go into these: they are being made into files. */
  readonly #closed = new Set<number>();
  #open: SpoolFile | undefined;
  /** The making of files, while there is any. */
  #work: Promise<void> | undefined;
  /** A file could not be written: not again before the next tick. */
  #failed = false;
  #told: string | undefined;
  #ticking: NodeJS.Timeout | undefined;
  readonly #stop = new AbortController();

  constructor(options: HourlyFilesOptions) {
    this.#options = options;
    this.#committed = (options.state.get(PARQUET_STATE) ?? []) as unknown as readonly Spool[];
  }

  /** Makes the folders, and removes spools of which nothing was committed. Throws CONFIG, STORE_UNAVAILABLE. */
  start(): void {
    const { dir, spoolDir } = this.#options;
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      throw new AppError('CONFIG', `parquet.path: ${dir} can't be made: ${messageOf(error)}`, { cause: error });
    }
    try {
      mkdirSync(spoolDir, { recursive: true });
      syncFolder(dirname(spoolDir));
      // One that is gone has become a file before the table heard of it.
      this.#committed = this.#committed.filter((spool) => existsSync(this.#pathOf(spool)));
      const known = new Set(this.#committed.map((spool) => this.#pathOf(spool)));
      for (const name of readdirSync(spoolDir)) {
        const path = join(spoolDir, name);
        if (name.endsWith('.spool') && !known.has(path)) rmSync(path);
      }
    } catch (error) {
      throw unwritable(spoolDir, error);
    }
    this.#ticking = setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  decided(readings: Readings, duplicates: Uint8Array): Readonly<Record<string, Json>> {
    const spools = [...this.#committed];
    for (const { hour, rows } of storedByHour(readings, duplicates, this.#options.now())) {
      const last = spools.at(-1);
      const goesOn = last?.hour === hour && !this.#closed.has(last.since);
      const spool = goesOn ? last : { hour, since: readings.receivedAt[rows[0]], bytes: 0 };
      if (goesOn) spools.pop();
      spools.push({ ...spool, bytes: this.#append(spool, readings, rows) });
    }
    if (spools.every((spool, i) => spool === this.#committed[i])) return {};
    this.#decided = spools;
    return { [PARQUET_STATE]: spools as unknown as Json };
  }

  committed(): void {
    if (!this.#decided) return;
    this.#committed = this.#decided;
    this.#decided = undefined;
    if (!this.#failed) this.#publishDue();
  }

  /** Hours end though nothing more comes, and what failed is tried again. */
  tick(): void {
    this.#failed = false;
    this.#publishDue();
  }

  /** Waits until all hours that have ended are files, or can't be. */
  async settle(): Promise<void> {
    await this.#work;
    this.tick();
    await this.#work;
  }

  /** Stops in the middle; the next start goes on. */
  async close(): Promise<void> {
    clearInterval(this.#ticking);
    this.#stop.abort();
    await this.#work;
    this.#open?.close();
    this.#open = undefined;
  }

  #append(spool: Spool, readings: Readings, rows: Uint32Array): number {
    const path = this.#pathOf(spool);
    try {
      if (this.#open?.path !== path) {
        this.#open?.close();
        this.#open = undefined;
        this.#open = spool.bytes > 0 ? SpoolFile.open(path) : SpoolFile.create(path);
      }
      return this.#open.append(spool.bytes, readings, rows);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  #publishDue(): void {
    this.#work ??= this.#publishAll().finally(() => {
      this.#work = undefined;
    });
  }

  async #publishAll(): Promise<void> {
    for (let spool = this.#due(); spool && !this.#failed && !this.#stop.signal.aborted; spool = this.#due()) {
      this.#closed.add(spool.since);
      await this.#publish(spool);
    }
  }

  /** The oldest spool to which nothing more will be added. */
  #due(): Spool | undefined {
    const first = this.#committed.at(0);
    if (!first || this.#committed.length > 1) return first;
    const { now, isCaughtUp } = this.#options;
    const isOver = !this.#decided && now() >= (first.hour + 1) * HOUR_MS + GRACE_MS && isCaughtUp();
    return isOver || this.#closed.has(first.since) ? first : undefined;
  }

  async #publish(spool: Spool): Promise<void> {
    const path = this.#pathOf(spool);
    const stem = fileStem(spool.hour);
    const { dir, onLog } = this.#options;
    try {
      if (!(await publish({ path, bytes: spool.bytes, stem, dir, mark: markOf(spool), signal: this.#stop.signal }))) return;
      rmSync(path);
      this.#forget(spool);
    } catch (error) {
      if (error instanceof AppError && error.code === 'STORE_DAMAGED') {
        renameSync(path, `${path}.damaged`);
        this.#forget(spool);
        onLog({
          level: 'error',
          message: `${error.message}: there will be no ${stem}.parquet. The table has its rows: get them with "wellwatch export readings"`,
        });
        return;
      }
      this.#failed = true;
      const message = `${stem}.parquet can't be written to ${dir}: ${messageOf(error)}. Its rows are safe in ${path}; it is tried again`;
      if (message !== this.#told) onLog({ level: 'warn', message });
      this.#told = message;
    }
  }

  #forget({ since }: Spool): void {
    this.#committed = this.#committed.filter((spool) => spool.since !== since);
    this.#decided = this.#decided?.filter((spool) => spool.since !== since);
    this.#closed.delete(since);
  }

  #pathOf(spool: Spool): string {
    return join(this.#options.spoolDir, `${markOf(spool)}.spool`);
  }
}

function markOf({ hour, since }: Spool): string {
  return `${fileStem(hour)}.${since}`;
}

function unwritable(path: string, error: unknown): AppError {
  return new AppError('STORE_UNAVAILABLE', `${path} can't be written: ${diskTrouble(error)}`, {
    cause: error,
  });
}
