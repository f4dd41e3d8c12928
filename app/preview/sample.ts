import { isUtf8 } from 'node:buffer';
import { AppError, systemCode } from '../../domain/errors.ts';
import { openBytes } from '../../ingest/receivers/directory/byteSource.ts';
import type { Format } from '../../ingest/decode/mapping/format.ts';

/** So much of a file is looked at. */
const SAMPLE_BYTES = 4 * 1024 * 1024;

/** The beginning of a file, in whole lines. */
export interface Sample {
  /** The file's name, without its folder; `-` for standard input. */
  readonly name: string;
  readonly bytes: Buffer;
  /** There is more of it. */
  readonly isCut: boolean;
  readonly encoding: Format['encoding'];
}

/** Reads the beginning of a file, or of standard input for `-`. Throws USAGE for one that can't be read. */
export async function readSample(path: string): Promise<Sample> {
  const bytes = path === '-' ? await ofStdin() : await ofFile(path);
  return sampleOf(path.replace(/^.*[/\\]/, ''), bytes, bytes.length === SAMPLE_BYTES);
}

/** The whole lines of a file's beginning, under its name; `isCut` says that there is more of it. */
export function sampleOf(name: string, bytes: Buffer, isCut: boolean): Sample {
  const lf = isCut ? bytes.lastIndexOf(10) + 1 : bytes.length;
  const whole = bytes.subarray(0, lf > 0 ? lf : bytes.length);
  const encoding = encodingOf(whole);
  const odd = encoding === 'utf-16le' && whole.length % 2 === 1 && isCut ? 1 : 0;
  return { name, bytes: whole.subarray(0, whole.length + odd * -1), isCut, encoding };
}

async function ofFile(path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(SAMPLE_BYTES);
  let length = 0;
  try {
    const source = await openBytes(path, 0);
    try {
      for (let count = -1; count !== 0 && length < SAMPLE_BYTES; length += count) count = await source.read(bytes.subarray(0), length);
    } finally {
      source.close();
    }
  } catch (error) {
    if (systemCode(error)?.startsWith('Z_') && length > 0) return bytes.subarray(0, length);
    throw new AppError('USAGE', `expected a file that can be read, got ${path} (${systemCode(error) ?? 'it is none'})`, { cause: error });
  }
  return bytes.subarray(0, length);
}

async function ofStdin(): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= SAMPLE_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, SAMPLE_BYTES);
}

/** By its mark, by the NULs that Latin text has in UTF-16, or by whether it can be UTF-8. */
function encodingOf(bytes: Buffer): Format['encoding'] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  const start = bytes.subarray(0, 4096);
  let nuls = 0;
  for (let at = 1; at < start.length; at += 2) if (start[at] === 0) nuls++;
  if (nuls * 4 > start.length) return 'utf-16le';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

/** A sample as text, without its mark. */
export function textOf({ bytes, encoding }: Sample): string {
  return new TextDecoder(encoding).decode(bytes);
}
