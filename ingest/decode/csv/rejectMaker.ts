import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { RAW_LIMIT, type Reject } from '../../../domain/reading/reject.ts';
import { MAX_RECORD } from './recordFrame.ts';

/** The CRC-32 of a source's bytes up to a place that moves forward through a piece. */
export class RunningCrc {
  readonly #bytes: Buffer;
  #at: number;
  #crc: number;

  /** `crc` is that of all the bytes of the source before `bytes[at]`. */
  constructor(bytes: Buffer, at: number, crc: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#crc = crc;
  }

  /** The CRC of all bytes before `bytes[at]`; `at` never falls. */
  upTo(at: number): number {
    if (at > this.#at) this.#crc = crc32(this.#bytes.subarray(this.#at, at), this.#crc);
    this.#at = at;
    return this.#crc;
  }
}

/** A bad record and where it stands. */
export interface BadRecord {
  readonly source: string;
  /** Physical line on which it begins, from 1. */
  readonly line: number;
  readonly reason: string;
  /** Its bytes; of one that is too long, at least the first {@link MAX_RECORD}. */
  readonly bytes: Buffer;
  /** Where it begins in the source. */
  readonly offset: number;
  /** CRC-32 of the source's bytes before it. */
  readonly crc: number;
  readonly receivedAt: number;
}

/**
 * The reject of a bad record. Its id is the beginning of a SHA-256 over the CRC-32 of what stood before the
 * record, its offset and its bytes. A message's topic goes in too, because messages on two topics
 * are two things; a file's name does not, because the same file under another name is the same thing.
 */
export function makeReject({ source, line, reason, bytes, offset, crc, receivedAt }: BadRecord): Reject {
  const digest = createHash('sha256')
    .update(`${isMessage(source) ? source : ''}\0${crc}\0${offset}\0`)
    .update(bytes.subarray(0, MAX_RECORD))
    .digest('hex');
  return { id: digest.slice(0, 32), source, line, reason, raw: rawText(bytes), receivedAt };
}

/** Whether a source is a message and no file. */
export function isMessage(source: string): boolean {
  return source.startsWith('mqtt:') || source.startsWith('kafka:');
}

/** The first characters of a record; never half a surrogate pair. */
function rawText(bytes: Buffer): string {
  const text = bytes.toString('utf8', 0, Math.min(bytes.length, RAW_LIMIT * 4));
  if (text.length <= RAW_LIMIT) return text;
  const end = /[\ud800-\udbff]/.test(text[RAW_LIMIT - 1]) ? RAW_LIMIT - 1 : RAW_LIMIT;
  return Buffer.from(text.slice(0, end)).toString(); // a copy: a slice would hold on to all of the text
}
