import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskText, forecastText, isSoonFull, SOON_FULL_FIX } from '../../domain/disk/diskText.ts';
import { systemCode } from '../../domain/errors.ts';
import { fewOf, IGNORED, ignoredNames, kindOf } from '../../ingest/receivers/directory/inboxNames.ts';
import { diskNow } from '../disk/diskWatch.ts';
import { failedFilesText } from '../run/failedFilesAnswer.ts';
import type { Config } from '../config/types.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

/** `NFS_SUPER_MAGIC` of linux/magic.h: memory-mapped files of several machines don't agree there. */
const NFS = 0x6969;
const GB = 1e9;
/** Less free space than this is a warning; a tenth of it is a failure. */
const LITTLE = GB;
/** Time enough for a larger disk. */
const SOON_DAYS = 30;
const STALE_MS = 3_600_000;

/** The data directory: there or to be made, writable, on a local disk, with room. */
export async function checkDataDirectory(config: Config): Promise<Finding[]> {
  const { dataDir } = config;
  const check = 'data directory';
  const there = nearestFolder(dataDir);
  const refusal = whyNotWritable(there);
  if (refusal)
    return [
      failed(check, `${there} can't be written: ${refusal}`, 'give this user write permission, or name another directory with --data-dir'),
    ];
  const disk = statfsSync(there);
  if (disk.type === NFS)
    return [
      failed(check, `${dataDir} is on NFS, where the table can't be kept safely`, 'name a directory on a local disk with --data-dir'),
    ];
  const free = disk.bavail * disk.bsize;
  const room = `${(free / GB).toFixed(1)} GB free`;
  if (free < LITTLE)
    return [
      (free < LITTLE / 10 ? failed : warning)(
        check,
        `${dataDir} has only ${room}`,
        'make room: a full disk stops the acknowledgement of messages',
      ),
    ];
  if (there !== dataDir) return [ok(check, `${dataDir} is made by the first run, ${room}`)];
  return [ok(check, `${dataDir} is writable, ${room}`), ...(await diskFindings(config))];
}

/** What lies there, and when the disk is full. */
async function diskFindings(config: Config): Promise<Finding[]> {
  const check = 'disk';
  const told: Finding[] = [];
  const use = await diskNow(config, ({ message }) => told.push(warning(check, message, 'nothing: it begins anew by itself')));
  if (!use) return told;
  const text = `${diskText(use)}; ${forecastText(use)}`;
  return [...told, isSoonFull(use, SOON_DAYS) ? warning(check, text, SOON_FULL_FIX) : ok(check, text)];
}

/** The inbox: writable, and on one device with the folders that its files are moved to. */
export function checkInbox(config: Config): Finding[] {
  const check = 'inbox';
  const { directory } = config.receivers;
  if (!directory) return [ok(check, 'switched off (receivers.directory: false)')];
  const { path } = directory;
  const there = nearestFolder(path);
  const refusal = whyNotWritable(there);
  if (refusal)
    return [failed(check, `${there} can't be written: ${refusal}`, 'give this user write permission, or set receivers.directory.path')];
  if (there !== path) return [ok(check, `${path} is made by the first run`)];
  const device = statSync(path).dev;
  const elsewhere = ['.claimed', 'done', 'failed'].find((name) => {
    const stat = statSync(join(path, name), { throwIfNoEntry: false });
    return stat !== undefined && stat.dev !== device;
  });
  if (elsewhere)
    return [
      failed(
        check,
        `${join(path, elsewhere)} is on another device than ${path}: files can't be moved there by renaming`,
        `let ${elsewhere} be a plain folder of the inbox`,
      ),
    ];
  return [
    ok(check, `${path} is writable, and its files are moved within one device`),
    ...ignoredFindings(check, path),
    ...failedFindings(check, config),
  ];
}

/** What nobody will ever read. */
function ignoredFindings(check: string, path: string): Finding[] {
  const ignored = ignoredNames(path);
  const stale = staleNames(path);
  return [
    ...(ignored.length === 0
      ? []
      : [
          warning(
            check,
            `${fewOf(ignored)} in ${path}: left alone, as ${IGNORED}`,
            'move CSV files to the inbox itself, and all else away',
          ),
        ]),
    ...(stale.length === 0
      ? []
      : [
          warning(
            check,
            `${fewOf(stale)} in ${path}: unfinished by name, and not changed for an hour`,
            'names that begin with . or _ or end in .tmp, .part or ~ are left alone: whoever writes them should rename them',
          ),
        ]),
  ];
}

/** Files that could not be read. */
function failedFindings(check: string, config: Config): Finding[] {
  const lines = failedFilesText(config);
  if (lines.length === 0) return [];
  return [warning(check, lines.join('\n'), 'correct them and drop them into the inbox again, or remove them: what is stored already ' +
    'counts as duplicate')];
}

/** Unfinished names that nobody has written to for long; a dot file such as .gitkeep is none. */
function staleNames(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && kindOf(entry) === 'unfinished' && /\.csv/i.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => Date.now() - (statSync(join(path, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > STALE_MS);
}

/** The folder of hourly Parquet files: writable. */
export function checkParquet({ parquet }: Config): Finding[] {
  if (!parquet) return [];
  const check = 'parquet';
  const there = nearestFolder(parquet.path);
  const refusal = whyNotWritable(there);
  if (refusal)
    return [
      failed(
        check,
        `${there} can't be written: ${refusal}`,
        'give this user write permission, or set parquet.path: until then the hours wait in the data directory',
      ),
    ];
  return [ok(check, `${parquet.path} ${there === parquet.path ? 'is writable' : 'is made with the first hour'}`)];
}

/** What lies at a path, or at the nearest one above it where something does. */
function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

function whyNotWritable(path: string): string | undefined {
  if (!statSync(path).isDirectory()) return 'it is no folder';
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) ?? String(error);
  }
}
