import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, futimesSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../../domain/errors.ts';
import { whyNot } from '../../storage/files/diskProblem.ts';

const PIECE = 1024 * 1024;

/** What is to be copied: `bytes` bytes from the beginning of an open file. */
export interface CopySource {
  readonly fd: number;
  readonly from: string;
  readonly bytes: number;
  readonly mode: number;
  readonly mtimeMs: number;
  /** What it held, of a file that is written over in its place. */
  readonly held?: Buffer | undefined;
}

/** Copies a file, with its times, and its folders; on disk when it resolves with the SHA-256 of what was copied. Throws STORE_UNAVAILABLE. */
export async function copyFile({ fd, from, bytes, mode, mtimeMs, held }: CopySource, to: string): Promise<string> {
  mkdirSync(dirname(to), { recursive: true });
  const target = openSync(to, 'wx', mode);
  try {
    const digest = await eachPiece({ fd, from, bytes, held }, (piece) => {
      named(to, () => {
        for (let written = 0; written < piece.length;) written += writeSync(target, piece, written);
      });
    });
    futimesSync(target, mtimeMs / 1000, mtimeMs / 1000);
    named(to, () => fsyncSync(target));
    return digest;
  } finally {
    closeSync(target);
  }
}

/** Writes, and says of which file it was that this failed. Throws STORE_UNAVAILABLE. */
function named(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new AppError('STORE_UNAVAILABLE', `${path} can't be written: ${whyNot(error)}`, { cause: error });
  }
}

/** The SHA-256 of the first `bytes` bytes of a file, in hex. Throws STORE_DAMAGED when it is shorter. */
export async function digestOf(path: string, bytes: number): Promise<string> {
  const fd = openSync(path, 'r');
  try {
    return await eachPiece({ fd, from: path, bytes }, () => undefined);
  } finally {
    closeSync(fd);
  }
}

async function eachPiece(
  { fd, from, bytes, held }: Pick<CopySource, 'fd' | 'from' | 'bytes' | 'held'>, take: (piece: Uint8Array) => void,
): Promise<string> {
  const hash: Hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, Math.max(bytes, 1)));
  for (let at = 0; at < bytes;) {
    const read = held ? held.copy(buffer, 0, at) : readSync(fd, buffer, 0, Math.min(buffer.length, bytes - at), at);
    if (read === 0) throw new AppError('STORE_DAMAGED', `expected ${bytes} bytes in ${from}, found ${at}`);
    const piece = buffer.subarray(0, read);
    hash.update(piece);
    take(piece);
    at += read;
    await turn(); // so that a signal can end it
  }
  return hash.digest('hex');
}
