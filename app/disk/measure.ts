import { type Dir, lstatSync, opendirSync, realpathSync, statfsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DiskDay, DiskPart, Room } from '../../domain/disk/diskUse.ts';
import { systemCode } from '../../domain/errors.ts';
import { formatDay, today } from '../../domain/reading/wallClock.ts';
import type { Config } from '../config/types.ts';

/** What is looked at. */
export type MeasuredConfig = Pick<Config, 'dataDir' | 'receivers' | 'parquet' | 'site'>;

/** After so many files others have their turn: a folder done/ may hold a hundred thousand. */
const PIECE = 200;
const PAUSE_MS = 3;
/** Sizes of a file are told in blocks of this many bytes, whatever the file system (stat(2)). */
const BLOCK = 512;

/**
 * Looks at all that is ours on the disk of the data directory: the directory itself, and inbox and hourly files elsewhere on the same
 * disk. In pieces, by calls that take none of the threads that the journal needs. `now` in ms since 1970-01-01T00:00Z.
 */
export async function measureDisk({ dataDir, receivers, parquet, site }: MeasuredConfig, now: number): Promise<DiskDay> {
  const inbox = receivers.directory ? real(receivers.directory.path) : undefined;
  const hours = parquet ? real(parquet.path) : undefined;
  const home = real(dataDir);
  const partOf = (path: string): DiskPart => {
    if (inbox !== undefined && isWithin(inbox, path)) return 'inbox';
    if (hours !== undefined && isWithin(hours, path)) return 'parquet';
    return PARTS[relative(home, path).split(sep)[0]] ?? 'other';
  };
  const parts = { table: 0, journal: 0, inbox: 0, parquet: 0, other: 0 };
  const device = lstatSync(home).dev;
  const roots = [home, ...[inbox, hours].filter((path) => path !== undefined && !isWithin(home, path) && device === deviceOf(path))];
  let seen = 0;
  for (const root of roots as string[])
    for (const { path, size } of filesBelow(root, device)) {
      parts[partOf(path)] += size;
      seen += 1;
      if (seen % PIECE === 0) await pause(PAUSE_MS);
    }
  const { blocks, bfree, bsize } = statfsSync(home);
  return { date: formatDay(today(new Date(now), site.timezone)), at: now, parts, used: (blocks - bfree) * bsize, total: blocks * bsize };
}

const PARTS: Readonly<Record<string, DiskPart>> = { table: 'table', hbase: 'table', journal: 'journal' };

/** The room there is just now. */
export function roomFor({ dataDir, limits }: Pick<Config, 'dataDir' | 'limits'>): Room {
  const { bavail, bsize } = statfsSync(dataDir);
  return { free: bavail * bsize, limit: limits.disk };
}

/** Files and folders on one device; those that go meanwhile are left out. Links are not followed. */
function* filesBelow(path: string, device: number): Generator<{ readonly path: string; readonly size: number }> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat || stat.dev !== device) return;
  yield { path, size: stat.blocks * BLOCK };
  const folder = stat.isDirectory() ? opened(path) : undefined;
  if (!folder) return;
  try {
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
      // A socket takes no room, and Node 20 must not look at one: see `remove` in instanceLock.ts.
      if (!entry.isSocket()) yield* filesBelow(join(path, entry.name), device);
    }
  } finally {
    folder.closeSync();
  }
}

/** Undefined for a folder that is gone, or that we may not read: mended files of others, say. */
function opened(path: string): Dir | undefined {
  try {
    return opendirSync(path);
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function deviceOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.dev;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return path;
    throw error;
  }
}
