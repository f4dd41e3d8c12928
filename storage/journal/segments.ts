import { closeSync, fstatSync, fsyncSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../../domain/errors.ts';
import { FRAME_HEADER, type FrameHeader, isIntact, isIntactButForLength, readHeader } from './journalFrame.ts';

/** A place between two frames: segment number and byte offset in it. Positions grow. */
export interface JournalPosition {
  readonly segment: number;
  readonly offset: number;
}

/** The first position of a journal. */
export const JOURNAL_START: JournalPosition = { segment: 1, offset: 0 };

/** Whether `a` comes before `b`. */
export function isBefore(a: JournalPosition, b: JournalPosition): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

/** The path of a segment. */
export function segmentPath(dir: string, segment: number): string {
  return join(dir, `${String(segment).padStart(10, '0')}.journal`);
}

/** The numbers of the segments in a folder, rising; none when the folder is absent. */
export function listSegments(dir: string): number[] {
  try {
    const numbers = readdirSync(dir).map((name) => /^(\d{10})\.journal$/.exec(name)?.[1]);
    return numbers.filter((digits) => digits !== undefined).map(Number).sort((a, b) => a - b);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new AppError('JOURNAL_UNAVAILABLE', `the journal in ${dir} can't be listed: ${systemCode(error)}`, { cause: error });
  }
}

/** Makes the entries of a folder durable: a file that was created or removed in it. */
export function syncFolder(dir: string): void {
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** An open segment, read frame by frame. */
export class SegmentFile {
  readonly #fd: number;
  readonly #segment: number;
  readonly path: string;

  constructor(dir: string, segment: number) {
    this.#segment = segment;
    this.path = segmentPath(dir, segment);
    this.#fd = openSync(this.path, 'r');
  }

  get size(): number {
    return fstatSync(this.#fd).size;
  }

  /** The header at an offset, unchecked, or undefined when none is there. */
  headerAt(offset: number): FrameHeader | undefined {
    return readHeader(this.bytesAt(offset, FRAME_HEADER));
  }

  /** The whole frame at an offset, or undefined when what is there is no intact frame. */
  frameAt(offset: number): Buffer | undefined {
    const header = this.headerAt(offset);
    if (!header || offset + FRAME_HEADER + header.length > this.size) return undefined;
    const frame = this.bytesAt(offset, FRAME_HEADER + header.length);
    const place = { segment: this.#segment, offset };
    return frame.length === FRAME_HEADER + header.length && isIntact(frame, place) ? frame : undefined;
  }

  /** Whether what lies from an offset to the end is a frame that was cut short while it was written: shorter than its header says. */
  isCutShort(offset: number): boolean {
    const rest = this.bytesAt(offset, this.size - offset);
    if (rest.length < FRAME_HEADER) return true;
    const header = readHeader(rest);
    if (!header || rest.length >= FRAME_HEADER + header.length) return false;
    return !isIntactButForLength(rest, { segment: this.#segment, offset });
  }

  /** Whether an intact frame of one of these versions begins anywhere from an offset on. */
  hasFrameAfter(offset: number, magics: readonly number[]): boolean {
    const rest = this.bytesAt(offset, Math.max(0, this.size - offset));
    return magics.some((number) => {
      const magic = Buffer.alloc(4);
      magic.writeUInt32LE(number);
      for (let at = rest.indexOf(magic); at >= 0; at = rest.indexOf(magic, at + 1)) {
        if (this.frameAt(offset + at)) return true;
      }
      return false;
    });
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** So many bytes, or as many as there are. */
  bytesAt(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const read = readSync(this.#fd, bytes, filled, length - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  }
}
