import { existsSync } from 'node:fs';
import { diskUseOf } from '../../domain/disk/forecast.ts';
import type { DiskDay, DiskUse } from '../../domain/disk/diskUse.ts';
import { messageOf } from '../../domain/errors.ts';
import { whyNot } from '../../storage/files/diskProblem.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { readDiskDays, withDay, writeDiskDays } from '../../storage/files/diskLog.ts';
import type { Config } from '../config/types.ts';
import { measureDisk, type MeasuredConfig, roomFor } from './measure.ts';

type WatchedConfig = MeasuredConfig & Pick<Config, 'limits'>;

const MEASURE_MS = 3_600_000;
/** How old the room may be that is told, ms. */
const ROOM_MS = 10_000;

export interface DiskWatchOptions {
  readonly config: WatchedConfig;
  readonly onLog: (event: LogEvent) => void;
}

/** Looks each hour how much lies on the disk, and keeps what each day came to, for `disk.json`. Never stops anything: it only tells. */
export class DiskWatch {
  readonly #config: WatchedConfig;
  readonly #onLog: (event: LogEvent) => void;
  #days: readonly DiskDay[] = [];
  #use: DiskUse | null = null;
  #usedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;

  constructor({ config, onLog }: DiskWatchOptions) {
    this.#config = config;
    this.#onLog = onLog;
  }

  /** Begins to look; the first answer is there a moment later. */
  start(): void {
    this.#days = readDiskDays(this.#config.dataDir, this.#onLog);
    void this.measure();
    this.#timer = setInterval(() => void this.measure(), MEASURE_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks now, and writes it down. A failure is told once, until it works again. */
  async measure(): Promise<void> {
    try {
      this.#days = withDay(this.#days, await measureDisk(this.#config, Date.now()));
      this.#usedAt = -Infinity;
      writeDiskDays(this.#config.dataDir, this.#days);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#onLog({ level: 'warn', message: `How much lies on the disk can't be told: ${whyNot(error)}` });
      this.#failing = true;
    }
  }

  /** How the disk is; null before the first look. What was looked at last says when that was. */
  use(): DiskUse | null {
    const now = performance.now();
    if (this.#days.length === 0 || now - this.#usedAt < ROOM_MS) return this.#use;
    this.#usedAt = now;
    try {
      this.#use = diskUseOf(this.#days, roomFor(this.#config));
    } catch (error) {
      this.#onLog({ level: 'debug', message: `the disk can't be looked at: ${messageOf(error)}` });
      this.#use = null;
    }
    return this.#use;
  }
}

/** How the disk is where no job looks: the days that are known, and what lies there now; null without a data directory. Writes nothing. */
export async function diskNow(config: WatchedConfig, onLog: (event: LogEvent) => void): Promise<DiskUse | null> {
  if (!existsSync(config.dataDir)) return null;
  const days = withDay(readDiskDays(config.dataDir, onLog), await measureDisk(config, Date.now()));
  return diskUseOf(days, roomFor(config));
}
