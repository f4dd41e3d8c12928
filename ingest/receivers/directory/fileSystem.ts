import { closeSync, fsyncSync, mkdirSync, openSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { systemCode } from '../../../domain/errors.ts';

/** `f_type` of statfs(2) of what is somewhere else: NFS, SMB in three versions, FUSE, 9p, VirtualBox. */
const REMOTE = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x786f4256];

/** Whether a file system is one of a network or another machine: news of its files come late, and their times mean less. */
export function isRemote(type: number): boolean {
  return REMOTE.includes(type >>> 0);
}

/** What time it is by the clock that a file system dates its files with, ms; makes a folder at the path for a moment. */
export function fileSystemTime(path: string): number {
  mkdirSync(path, { recursive: true });
  try {
    return statSync(path).mtimeMs;
  } finally {
    rmdirSync(path);
  }
}

/** Writes a file anew and whole; it is on disk when this returns. What stood under the name goes, and no link is followed. */
export function writeWhole(path: string, text: string): void {
  rmSync(path, { force: true });
  const fd = openSync(path, 'wx', 0o640);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Folders whose entries have changed, to be put on disk once for many changes. */
export class FolderSync {
  readonly #changed = new Set<string>();

  add(...folders: readonly string[]): void {
    for (const folder of folders) this.#changed.add(folder);
  }

  /** A folder that was removed has nothing to keep; the one it was in has changed. */
  gone(folder: string): void {
    this.#changed.delete(folder);
  }

  /** Throws the system's error. Some file systems of networks can't do it, and need not. */
  run(): void {
    for (const folder of this.#changed) {
      try {
        const fd = openSync(folder, 'r');
        try {
          fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOENT'].includes(systemCode(error) ?? '')) throw error;
      }
      this.#changed.delete(folder);
    }
  }
}
