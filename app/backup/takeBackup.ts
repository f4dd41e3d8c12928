import { closeSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { balance, type Balance } from '../../domain/balance.ts';
import { AppError, systemCode } from '../../domain/errors.ts';
import { pendingRows } from '../../ingest/receivers/journalProgress.ts';
import { writeAtomically } from '../../storage/files/atomicFile.ts';
import { syncFolder } from '../../storage/journal/segments.ts';
import { copyStores, type StoresDigest } from '../../storage/lmdb/copyStores.ts';
import { packageVersion } from '../config/packageRoot.ts';
import type { Config } from '../config/types.ts';
import { copyFile, digestOf } from './copyFile.ts';
import { filesBelow } from './inboxFiles.ts';
import { BACKUP_FORMAT, type BackedUpFile, MANIFEST, type Manifest } from './manifest.ts';
import { type Moment, takeMoment } from './moment.ts';
import { openFile } from './openFile.ts';
import { verifyFiles, verifyTables } from './verify.ts';

/** How to take a backup. */
export interface BackupOptions {
  readonly config: Config;
  /** Path of the configuration file, which is copied too. */
  readonly configFile: string | undefined;
  /** The folder that becomes the backup; it must not be there, or be empty. */
  readonly to: string;
  readonly onProgress: (text: string) => void;
}

/** What was backed up. */
export interface BackedUp {
  readonly takenAt: string;
  readonly files: number;
  /** Of all files. */
  readonly bytes: number;
  readonly records: number;
  readonly balance: Balance;
}

/**
 * Writes a data directory as of one moment to a folder, beside a running job. All is written under a hidden name, read again and
 * compared, put on disk, and only then given its name: whatever ends it, there is a whole backup or none.
 * Throws CONFLICT, STORE_UNAVAILABLE, STORE_DAMAGED.
 */
export async function takeBackup(options: BackupOptions): Promise<BackedUp> {
  const { config } = options;
  const to = resolve(options.to);
  if (!existsSync(config.dataDir))
    throw new AppError(
      'CONFLICT',
      `expected a data directory at ${resolve(config.dataDir)}, but nothing is there: check --data-dir, dataDir and the working directory`,
    );
  refuseTarget(to, config);
  mkdirSync(dirname(to), { recursive: true });
  removeUnfinished(to);
  const partial = join(dirname(to), `.${basename(to)}.${process.pid}.partial`);
  const moment = await takeMoment(config);
  try {
    mkdirSync(partial, { mode: 0o700 }); // tokens are in it
    refuseLittleRoom(moment, partial, config.dataDir);
    const manifest = await write(moment, options, partial);
    await verifyFiles(manifest, partial);
    await verifyTables(manifest, join(partial, 'data'));
    writeAtomically(join(partial, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`);
    syncFolders(partial);
    if (existsSync(to)) rmdirSync(to);
    renameSync(partial, to);
    syncFolder(dirname(to));
    return summaryOf(manifest);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await moment.close();
  }
}

function refuseTarget(to: string, { dataDir }: Config): void {
  if (to === dataDir || to.startsWith(dataDir + sep))
    throw new AppError('CONFLICT', `expected a folder outside of ${dataDir}, got ${to}: a backup within what it backs up goes with it`);
  if (!existsSync(to)) return;
  if (statSync(to).isDirectory() && readdirSync(to).length === 0) return;
  throw new AppError('CONFLICT', `expected a new folder, but ${to} is there already. Name another one, such as one with the date in it`);
}

/** What an earlier backup to the same place left when it was killed. */
function removeUnfinished(to: string): void {
  for (const name of readdirSync(dirname(to))) {
    const [, pid] = name.startsWith(`.${basename(to)}.`) ? /\.(\d+)\.partial$/.exec(name) ?? [] : [];
    if (pid !== undefined && !lives(Number(pid))) rmSync(join(dirname(to), name), { recursive: true, force: true });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function refuseLittleRoom({ files, tables }: Moment, partial: string, dataDir: string): void {
  const disk = statfsSync(partial);
  const free = disk.bavail * disk.bsize;
  const needed = files.reduce((sum, { bytes }) => sum + bytes, 0) + 
    tables.reduce((sum, { folder }) => sum + statSync(join(dataDir, folder, 'data.mdb')).size, 0);
  if (free >= needed) return;
  throw new AppError('STORE_UNAVAILABLE', `a backup may take ${needed} bytes, and ${free} are free in ${dirname(partial)}. Make ` +
    'room, or name another disk');
}

async function write(moment: Moment, { config, configFile, onProgress }: BackupOptions, partial: string): Promise<Manifest> {
  const tables: Record<string, StoresDigest> = {};
  for (const { folder, ...then } of moment.tables) {
    const to = join(partial, 'data', folder);
    tables[folder] = await copyStores(then, to, (records) => onProgress(`${folder}: ${records} records`));
    rmSync(join(to, 'lock.mdb'), { force: true });
  }
  const files: BackedUpFile[] = [];
  const ofConfig = configFile === undefined ? undefined : openFile(join('outside', `0-${basename(configFile)}`), resolve(configFile));
  for (const file of [...(ofConfig ? [ofConfig] : []), ...moment.files]) {
    onProgress(file.path);
    const sha256 = await copyFile(file, join(partial, file.path));
    const { path, bytes, mode, mtimeMs, from } = file;
    files.push({ path, bytes, sha256, mode, mtimeMs, ...(path.startsWith('outside/') ? { from } : {}) });
  }
  if (ofConfig) closeSync(ofConfig.fd);
  for (const folder of Object.keys(tables)) files.push(await tableFile(join(partial, 'data', folder, 'data.mdb'), partial));
  return {
    format: BACKUP_FORMAT, version: packageVersion(), takenAt: new Date(moment.at).toISOString(), dataDir: config.dataDir,
    store: config.store.kind, tables, files,
    balance: balance(moment.counts, pendingRows(join(partial, 'data/journal'), moment.state)),
  };
}

async function tableFile(path: string, partial: string): Promise<BackedUpFile> {
  const { size, mode, mtimeMs } = statSync(path);
  return { path: relative(partial, path), bytes: size, sha256: await digestOf(path, size), mode: mode & 0o777, mtimeMs };
}

function summaryOf({ takenAt, files, tables, balance: of }: Manifest): BackedUp {
  return {
    takenAt, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    records: Object.values(tables).reduce((sum, { records }) => sum + records, 0), balance: of,
  };
}

/** Puts the entries of all folders below one on disk, and its own. */
function syncFolders(dir: string): void {
  const folders = new Set([dir]);
  for (let folder of filesBelow(dir).map((path) => dirname(path)))
    for (; !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  folders.forEach(syncFolder);
}
