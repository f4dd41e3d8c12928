import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { AppError, systemCode } from '../../domain/errors.ts';
import type { Checkpoint } from './checkpoint.ts';

/** A checkpoint, or the changes of a batch, with the number of its batch: they follow on each other without a gap. */
export interface CheckpointRecord extends Checkpoint {
  readonly number: number;
}

/** Incremented when older programs can't read what newer ones write. */
const VERSION = 1;

/**
 * A record as a line:
 *
 *   wellwatch-stream 1 89abcdef {"number":12,"time":1394413260000,"state":{"2 updateStateByKey/values":[["a",3],["b"]]}}
 *                    │ └ crc32 of the JSON's UTF-8, hexadecimal
 *                    └ version
 */
export function checkpointLine({ number, time, state }: CheckpointRecord): string {
  const json = JSON.stringify({ number, time, state });
  return `wellwatch-stream ${VERSION} ${checksum(json)} ${json}\n`;
}

/** What a file of checkpoints says. */
export interface CheckpointLines {
  /** Up to the first that can't be used. */
  readonly records: readonly CheckpointRecord[];
  /** What is wrong with that one. */
  readonly damage: string | undefined;
  /** The last batch that the file speaks of where it can be read, after damage too. */
  readonly until: number | undefined;
}

/**
 * Reads a file of checkpoints. A last line without an end is a write that a crash cut off, not damage. A file that is
 * absent has no records. Throws AppError FORMAT_NEWER for what a newer version has written.
 */
export async function readCheckpoints(path: string): Promise<CheckpointLines> {
  const records: CheckpointRecord[] = [];
  let damage: string | undefined;
  let until: number | undefined;
  const lines = (await textOf(path)).split('\n');
  lines.pop();
  for (const [i, line] of lines.entries()) {
    const record = recordOf(line, path);
    if (typeof record === 'string') damage ??= `line ${i + 1} ${record}`;
    else {
      until = record.time;
      if (damage === undefined) records.push(record);
    }
  }
  return { records, damage, until };
}

/** What a line says, or what is wrong with it. */
function recordOf(line: string, path: string): CheckpointRecord | string {
  const [format, version, sum] = line.split(' ', 3);
  if (format !== 'wellwatch-stream') return 'is no checkpoint';
  if (Number(version) > VERSION)
    throw new AppError(
      'FORMAT_NEWER',
      `expected a checkpoint of version ${VERSION}, got ${version} in ${path}: `
      + 'it was written by a newer version of wellwatch. Go on with that one, or begin without state in another folder',
    );
  if (version !== String(VERSION)) return `has version ${version}, this program reads ${VERSION}`;
  const json = line.slice(format.length + version.length + sum.length + 3);
  return checksum(json) === sum ? JSON.parse(json) as CheckpointRecord : 'is damaged: its checksum does not fit';
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}
