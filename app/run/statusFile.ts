import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../domain/errors.ts';
import { whyNot } from '../../storage/files/diskProblem.ts';
import { NOTHING_UNSTORED, type Unstored } from '../../domain/alarm/unstored.ts';
import type { BatchAverages, BatchTotals } from '../../ingest/reports/batchHistory.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { LeftOut } from '../../ingest/decode/mapping/tally.ts';
import type { ForwardStatus } from '../../ingest/forward/forwarder.ts';
import type { DiskUse } from '../../domain/disk/diskUse.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { replaceBeside, replaceQuickly } from '../../storage/files/atomicFile.ts';
import type { NotifyStatus } from '../notify/notifier.ts';
import type { Receivers } from './jobReports.ts';
import type { StoreStatus } from './storeStatus.ts';
import type { WindowStatus } from './windowStatus.ts';

/** What a running job says of itself in DATADIR/status.json, for `wellwatch status`. Times are ISO 8601. */
export interface JobStatus {
  readonly pid: number;
  readonly startedAt: string;
  /** IANA name of the site's zone; not told by jobs of an earlier version. */
  readonly timezone?: string | undefined;
  readonly at: string;
  readonly state: 'running' | 'stopping' | 'stopped';
  /** Why it ended by itself, once it has. */
  readonly failure?: string | undefined;
  /** The table is ready for steps: what an earlier run left is in order, and the store was there. */
  readonly recovered: boolean;
  readonly store: StoreStatus;
  /** Where the web page and the API are; null when there are none. */
  readonly http: { readonly url: string } | null;
  readonly receivers: Receivers;
  /** What the configuration's formats left out without rejecting it, since the job's start. */
  readonly leftOut: readonly LeftOut[];
  /** Stored rows on their way to Kafka; null where they go nowhere. */
  readonly forward: ForwardStatus | null;
  readonly journal: { readonly bytes: number; readonly full: boolean };
  /** What lies on the disk, by day, and when it is full; null before the first look. */
  readonly disk: DiskUse | null;
  /** What was told and is not stored yet: with a store on a network that is away or slow. Its times are wall times. */
  readonly unstored: Unstored;
  /** The last window, null before the first. */
  readonly window: WindowStatus | null;
  /** Since the job's start. */
  readonly totals: BatchTotals;
  /** Of the last 1,000 batches. */
  readonly averages: BatchAverages;
  /** Who is told of alarms, and what is wrong with the site itself; null while nobody is told. */
  readonly notify: NotifyStatus | null;
  /** The last few; the newest last. */
  readonly batches: readonly JobBatch[];
}

export interface StatusFileOptions {
  readonly dataDir: string;
  readonly read: () => Omit<JobStatus, 'at'>;
  readonly onLog: (event: LogEvent) => void;
}

const FILE = 'status.json';
/** How many batches a status holds: it is written every second. */
export const SHOWN_BATCHES = 20;
const WRITE_MS = 1000;

/** Writes the status now and then; each write replaces the file as a whole. */
export class StatusFile {
  readonly #path: string;
  readonly #read: () => Omit<JobStatus, 'at'>;
  readonly #onLog: (event: LogEvent) => void;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor({ dataDir, read, onLog }: StatusFileOptions) {
    this.#path = join(dataDir, FILE);
    this.#read = read;
    this.#onLog = onLog;
  }

  start(): void {
    this.write();
    this.#timer = setInterval(() => { this.#writing ??= this.#writeBeside(); }, WRITE_MS);
    this.#timer.unref();
  }

  /** A status that can't be written is told once and costs nothing else: rows matter more. */
  write(): void {
    try {
      replaceQuickly(this.#path, this.#text());
      this.#failing = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The last status is that of the end. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    this.write();
  }

  /** Acknowledgements and alerts don't wait for the disk meanwhile. */
  async #writeBeside(): Promise<void> {
    try {
      await replaceBeside(this.#path, this.#text());
      this.#failing = false;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#writing = undefined;
    }
  }

  #text(): string {
    const status: JobStatus = { ...this.#read(), at: new Date().toISOString() };
    return `${JSON.stringify(status)}\n`;
  }

  #fail(error: unknown): void {
    if (!this.#failing)
      this.#onLog({
        level: 'warn',
        message: `${this.#path} can't be written: ${whyNot(error)}. What wellwatch status says of the job is old until it can`,
      });
    this.#failing = true;
  }
}

/** Removes what an earlier job said of itself. */
export function forgetStatus(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/** The status that the last job on a data directory wrote, or undefined. */
export function readStatus(dataDir: string): JobStatus | undefined {
  try {
    // A job of an earlier version says nothing of what is not stored, nor of the disk, nor of forwarding.
    const told = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as Omit<JobStatus, 'unstored' | 'disk' | 'forward'> & Partial<JobStatus>;
    return { ...told, unstored: told.unstored ?? NOTHING_UNSTORED, disk: told.disk ?? null, forward: told.forward ?? null };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
