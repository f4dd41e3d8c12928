import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { writeAtomically } from '../../storage/files/atomicFile.ts';
import { lockInstance } from '../../storage/files/instanceLock.ts';
import { statAt } from '../../storage/files/statAt.ts';
import { syncFolder } from '../../storage/journal/segments.ts';
import type { Config } from '../config/types.ts';
import { restoringMark } from '../store/restoring.ts';
import { copyFile, digestOf } from './copyFile.ts';
import { type BackedUpFile, type Manifest, readManifest } from './manifest.ts';
import { verifyFiles, verifyTables } from './verify.ts';

/** How to restore a backup. */
export interface RestoreOptions {
  readonly config: Config;
  /** The backup. */
  readonly from: string;
  readonly onProgress: (text: string) => void;
}

/** What was restored. */
export interface Restored {
  readonly manifest: Manifest;
  /** Files that do not belong into the data directory, and are not, or not so, where they were: somebody has to put them there. */
  readonly outside: readonly { readonly path: string; readonly from: string }[];
}

interface Placed { readonly file: BackedUpFile; readonly to: string }

/**
 * Puts a backup into a data directory that has nothing of what the backup has. The whole backup is read and compared before
 * anything is written, and all that was written afterwards. A mark lies in the data directory meanwhile: while it does, nothing
 * opens what is there, and another `restore` begins anew. Throws NOT_FOUND, CONFLICT, ALREADY_RUNNING, STORE_DAMAGED.
 */
export async function restoreBackup({ config, from, onProgress }: RestoreOptions): Promise<Restored> {
  const { dataDir } = config;
  const manifest = readManifest(from);
  if (manifest.store !== config.store.kind)
    throw new AppError('CONFLICT', `the backup in ${from} is of store.kind ${manifest.store}, and the configuration says ${config.store.kind}. ` +
      'Give the configuration that it was taken with, with --config');
  onProgress('reading the backup');
  await verifyFiles(manifest, from);
  mkdirSync(dataDir, { recursive: true });
  const lock = await lockInstance(dataDir);
  try {
    const placed = await placesOf(manifest, config);
    begin(dataDir, placed);
    for (const { file, to } of placed) {
      onProgress(file.path);
      await place(file, join(from, file.path), to);
    }
    await verifyTables(manifest, dataDir);
    rmSync(restoringMark(dataDir));
    syncFolder(dataDir);
    return { manifest, outside: await outsideOf(manifest, from) };
  } finally {
    lock.release();
  }
}

/** Where files go. What is there already, and the same, stays. Throws CONFLICT for what would be written over. */
async function placesOf({ files }: Manifest, { dataDir, receivers: { directory } }: Config): Promise<Placed[]> {
  const unfinished = unfinishedOf(dataDir);
  const placed: Placed[] = [];
  for (const file of files.filter(({ path }) => !path.startsWith('outside/'))) {
    const [place] = file.path.split('/', 1);
    const base = place === 'data' ? dataDir : directory ? directory.path : join(dataDir, 'inbox');
    const to = resolve(base, file.path.slice(place.length + 1));
    if (existsSync(to) && !unfinished.has(to)) {
      if (place === 'inbox' && await isSame(to, file)) continue;
      throw new AppError('CONFLICT', `${to} is there already, and nothing is written over. Move what is there away, or name another directory ` +
        'with --data-dir');
    }
    placed.push({ file, to });
  }
  return placed;
}

/** Paths that a restore which did not end may have written. */
function unfinishedOf(dataDir: string): ReadonlySet<string> {
  const mark = restoringMark(dataDir);
  return new Set(existsSync(mark) ? (JSON.parse(readFileSync(mark, 'utf8')) as string[]) : []);
}

/** Marks the data directory, and removes what an earlier restore left. */
function begin(dataDir: string, placed: readonly Placed[]): void {
  const unfinished = unfinishedOf(dataDir);
  writeAtomically(restoringMark(dataDir), JSON.stringify([...new Set([...unfinished, ...placed.map(({ to }) => to)])]));
  for (const path of unfinished) rmSync(path, { force: true });
}

async function place({ bytes, mode, mtimeMs, sha256 }: BackedUpFile, from: string, to: string): Promise<void> {
  const fd = openSync(from, 'r');
  try {
    if (await copyFile({ fd, from, bytes, mode, mtimeMs }, to) === sha256) return;
    throw new AppError('STORE_DAMAGED', `${from} changed while it was restored. Do it again from a backup that nobody writes to`);
  } finally {
    closeSync(fd);
  }
}

async function outsideOf({ files }: Manifest, backup: string): Promise<{ path: string; from: string }[]> {
  const differing: { path: string; from: string }[] = [];
  for (const file of files) {
    if (file.from === undefined || await isSame(file.from, file)) continue;
    differing.push({ path: join(backup, file.path), from: file.from });
  }
  return differing;
}

async function isSame(path: string, { bytes, sha256 }: BackedUpFile): Promise<boolean> {
  const stat = statAt(path);
  return stat?.isFile() === true && stat.size === bytes && await digestOf(path, bytes) === sha256;
}
