import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { statAt } from '../../storage/files/statAt.ts';
import { digestStores } from '../../storage/lmdb/copyStores.ts';
import { digestOf } from './copyFile.ts';
import type { Manifest } from './manifest.ts';

/** Reads all files of a backup, and compares them with what it says of them. Throws STORE_DAMAGED. */
export async function verifyFiles({ files }: Manifest, dir: string): Promise<void> {
  for (const { path, bytes, sha256 } of files) {
    const at = join(dir, path);
    if (statAt(at)?.size === bytes && await digestOf(at, bytes) === sha256) continue;
    throw new AppError('STORE_DAMAGED', `${at} is not as it was backed up. Look at the disk, and take another backup, or restore an older one`);
  }
}

/** Reads all records of the tables below a folder, and compares them with what their backup says of them. Throws STORE_DAMAGED. */
export async function verifyTables({ tables }: Manifest, dir: string): Promise<void> {
  for (const [folder, { records, sha256 }] of Object.entries(tables)) {
    const found = await digestStores(join(dir, folder));
    if (found.records === records && found.sha256 === sha256) continue;
    throw new AppError(
      'STORE_DAMAGED',
      `the table in ${join(dir, folder)} is not as it was: expected ${records} records, found ${found.records}. Look at the disk`,
    );
  }
}
