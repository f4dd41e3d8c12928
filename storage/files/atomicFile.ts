import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The name beside a file under which it is written before it takes its place. Receivers leave such names alone. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
}

/** Replaces a file: readers see the old content or the new one, and after a crash one of them is on disk. `mode` is as open(2) has it. */
export function writeAtomically(path: string, content: string, mode = 0o666): void {
  replace(path, (temporary) => {
    const fd = openSync(temporary, 'w', mode);
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    moveIntoPlace(temporary, path);
  });
}

/** Replaces a file that may be lost when the power goes: readers see the old content or the new one, and no disk is waited for. */
export function replaceQuickly(path: string, content: string): void {
  replace(path, (temporary) => {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  });
}

/** The same without holding the thread: a disk that is busy makes renames wait. One at a time for each path. */
export async function replaceBeside(path: string, content: string): Promise<void> {
  const temporary = temporaryName(`${path}.next`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function replace(path: string, write: (temporary: string) => void): void {
  const temporary = temporaryName(path);
  try {
    write(temporary);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error instanceof Error ? Object.assign(error, { path, dest: path }) : error; // the system names the other file, or none
  }
}

/** Renames, and makes the folder's entry durable. */
export function moveIntoPlace(temporary: string, path: string): void {
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
