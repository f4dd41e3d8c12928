import { existsSync, truncateSync } from 'node:fs';
import { AppError } from '../../domain/errors.ts';
import { FRAME_HEADER, FRAME_MAGICS } from './journalFrame.ts';
import { keepAside } from './keptAside.ts';
import { type JournalPosition, listSegments, SegmentFile, segmentPath } from './segments.ts';

/** What lies in a journal beyond the position that the table has reached, as the start found it. */
export interface JournalTail {
  /** Where the next frame goes. */
  readonly end: JournalPosition;
  /** Rows of all whole frames beyond the position. */
  readonly rows: number;
  /** The last time of receipt beyond the position, or 0. */
  readonly lastReceivedAt: number;
  /** The segments on disk, rising. */
  readonly segments: readonly { readonly segment: number; readonly size: number }[];
  /** Bytes of a frame that a crash cut short, and that were taken away: nobody was told that they are safe. */
  readonly cut: number;
  /** Bytes at the end that are whole and yet no frame as it was written, and the file that keeps them: rows in it were acknowledged. */
  readonly damage: { readonly bytes: number; readonly keptIn: string } | undefined;
  /** The segment in which the table stands is not there any more. */
  readonly missing: boolean;
}

/**
 * Reads the journal from the position that the table has reached to its end, and checks each frame. A frame is written after
 * the one before it was on disk, so only the last can be torn: one that is shorter than its header says is cut off. A last
 * one that is long enough, and broken, may have been acknowledged: its bytes are kept aside. A broken one elsewhere is
 * damage, and AppError JOURNAL_DAMAGED.
 */
export function recover(dir: string, from: JournalPosition): JournalTail {
  const segments = listSegments(dir);
  const waiting = segments.filter((segment) => segment >= from.segment);
  refuseGaps(dir, from, waiting);
  let rows = 0;
  let lastReceivedAt = 0;
  const sizes: { segment: number; size: number }[] = [];
  let broken: BrokenEnd = NOT_BROKEN;
  let end: JournalPosition = { segment: Math.max(from.segment, segments.at(-1) ?? 0), offset: 0 };
  for (const segment of segments) {
    const file = new SegmentFile(dir, segment);
    try {
      let offset = segment < from.segment ? file.size : segment === from.segment ? from.offset : 0;
      for (let frame = file.frameAt(offset); frame; frame = file.frameAt(offset)) {
        rows += frame.readUInt32LE(12);
        lastReceivedAt = frame.readDoubleLE(20);
        offset += frame.length;
      }
      const torn = file.size - offset;
      if (torn > 0) {
        if (segment !== segments.at(-1) || hasFrameBehind(file, offset)) throw damaged(file.path, offset);
        broken = takeAway(file, dir, { segment, offset });
      }
      sizes.push({ segment, size: file.size });
      // A segment that someone shortened below the table's position has nothing to lose; nothing is added to it.
      end = torn < 0 ? { segment: segment + 1, offset: 0 } : { segment, offset };
    } finally {
      file.close();
    }
  }
  // A journal that was removed by hand starts again beyond the table's position, never before it.
  if (end.segment < from.segment || (waiting.length === 0 && from.offset > 0)) end = { segment: from.segment + 1, offset: 0 };
  const missing = from.offset > 0 && !segments.includes(from.segment) && segments.length === 0;
  return { end, rows, lastReceivedAt, segments: sizes, ...broken, missing };
}

type BrokenEnd = Pick<JournalTail, 'cut' | 'damage'>;
const NOT_BROKEN: BrokenEnd = { cut: 0, damage: undefined };

/** Shortens a segment to its last whole frame; what is not simply cut short is kept aside before. */
function takeAway(file: SegmentFile, dir: string, at: JournalPosition): BrokenEnd {
  const bytes = file.size - at.offset;
  const keptIn = file.isCutShort(at.offset) ? undefined : keepAside(dir, at, file.bytesAt(at.offset, bytes));
  truncateSync(file.path, at.offset);
  return keptIn === undefined ? { cut: bytes, damage: undefined } : { cut: 0, damage: { bytes, keptIn } };
}

/** Whether an intact frame follows a broken one. Versions only rise, so an older frame behind it is part of a payload. */
function hasFrameBehind(file: SegmentFile, offset: number): boolean {
  const versions = [0, offset].map((at) => FRAME_MAGICS.indexOf(file.headerAt(at)?.magic ?? 0)).filter((version) => version >= 0);
  const oldest = versions.length === 0 ? FRAME_MAGICS.length - 1 : Math.min(...versions);
  return file.hasFrameAfter(offset, FRAME_MAGICS.slice(0, oldest + 1));
}

/** Rows in the journal beyond a position, by the headers alone: cheap, and safe beside a running writer. */
export function pendingRows(dir: string, from: JournalPosition): number {
  let rows = 0;
  for (const segment of listSegments(dir).filter((number) => number >= from.segment)) {
    if (!existsSync(segmentPath(dir, segment))) continue; // trimmed meanwhile
    const file = new SegmentFile(dir, segment);
    try {
      let offset = segment === from.segment ? from.offset : 0;
      for (let header = file.headerAt(offset); header; header = file.headerAt(offset)) {
        if (offset + FRAME_HEADER + header.length > file.size) break;
        rows += header.rows;
        offset += FRAME_HEADER + header.length;
      }
    } finally {
      file.close();
    }
  }
  return rows;
}

function refuseGaps(dir: string, from: JournalPosition, waiting: readonly number[]): void {
  let expected = from.segment;
  for (const segment of waiting) {
    if (segment !== expected && !(expected === from.segment && segment === expected + 1)) {
      throw new AppError(
        'JOURNAL_DAMAGED',
        `expected ${segmentPath(dir, expected)}, but the next segment there is ${segment}: acknowledged rows are missing. Put the ` +
          'file back, or move the later ones away to go on without them.',
      );
    }
    expected = segment + 1;
  }
}

function damaged(path: string, offset: number): AppError {
  return new AppError(
    'JOURNAL_DAMAGED',
    `${path} is damaged at byte ${offset}: acknowledged rows there can't be read. Restore the file, or move it away to go on without ` +
      'its rows.',
  );
}
