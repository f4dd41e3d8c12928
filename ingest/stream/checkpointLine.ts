import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { systemCode } from '../../domain/errors.ts';
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

/**
 * The records of a file up to the first that can't be used, and what is wrong with that. A last line without an end
 * is a write that a crash cut off, not damage. A file that is absent has no records.
 */
export async function readCheckpoints(path: string): Promise<{ records: CheckpointRecord[]; damage: string | undefined }> {
  const records: CheckpointRecord[] = [];
  const lines = (await textOf(path)).split('\n');
  lines.pop();
  for (const [i, line] of lines.entries()) {
    const [format, version, sum] = line.split(' ', 3);
    const where = `line ${i + 1}`;
    if (format !== 'wellwatch-stream') return { records, damage: `${where} is no checkpoint` };
    if (version !== String(VERSION)) return { records, damage: `${where} has version ${version}, this program reads ${VERSION}` };
    const json = line.slice(format.length + version.length + sum.length + 3);
    if (checksum(json) !== sum) return { records, damage: `${where} is damaged: its checksum does not fit` };
    records.push(JSON.parse(json) as CheckpointRecord);
  }
  return { records, damage: undefined };
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
