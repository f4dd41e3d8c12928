import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskDay } from '../../domain/disk/diskUse.ts';
import { messageOf, systemCode } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { writeAtomically } from './atomicFile.ts';

/**
 * DATADIR/disk.json: `{"version":1,"days":[{"date":…,"at":…,"parts":{…},"used":…,"total":…},…]}`, a day of the site each, oldest first.
 * It says only how much lay on the disk: whoever loses it loses a forecast for some days.
 */
const FILE = 'disk.json';
/** About 70 kB. */
const KEPT_DAYS = 400;

/** The days that are known; none where nothing was measured yet, or what was can't be read, which is told. */
export function readDiskDays(dataDir: string, onLog: (event: LogEvent) => void): DiskDay[] {
  const path = join(dataDir, FILE);
  try {
    const { version, days } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: number; readonly days: DiskDay[] };
    if (version !== 1 || !Array.isArray(days)) throw new TypeError(`its version is ${String(version)}, not 1`);
    return days;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT')
      onLog({ level: 'warn', message: `${path} can't be read: ${messageOf(error)}. How much lay on the disk on each day is written down anew` });
    return [];
  }
}

/** The days with what was just measured, which takes the place of what was measured before on its date, or of days that are still to come. */
export function withDay(days: readonly DiskDay[], day: DiskDay): DiskDay[] {
  return [...days.filter(({ date }) => date < day.date), day].slice(-KEPT_DAYS);
}

/** Replaces them as a whole. */
export function writeDiskDays(dataDir: string, days: readonly DiskDay[]): void {
  writeAtomically(join(dataDir, FILE), `${JSON.stringify({ version: 1, days })}\n`);
}
