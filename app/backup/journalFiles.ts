import { join } from 'node:path';
import { FRAME_HEADER } from '../../storage/journal/journalFrame.ts';
import { type JournalPosition, listSegments, SegmentFile, segmentPath } from '../../storage/journal/segments.ts';
import { type OpenFile, openFile } from './openFile.ts';

/**
 * The journal from where the table stands in it to its last whole frame. Undefined when it changed its segments meanwhile: then
 * look again.
 */
export function journalFiles(dir: string, from: JournalPosition): OpenFile[] | undefined {
  const segments = listSegments(dir).filter((segment) => segment >= from.segment);
  const files: OpenFile[] = [];
  for (const segment of segments) {
    const path = segmentPath(dir, segment);
    const isLast = segment === segments.at(-1);
    const bytes = isLast ? wholeBytes(dir, segment, segment === from.segment ? from.offset : 0) : undefined;
    const file = openFile(join('data/journal', path.slice(dir.length + 1)), path, bytes);
    if (!file) return undefined;
    files.push(file);
  }
  return files;
}

/** How long a segment is without a frame that is just being written. */
function wholeBytes(dir: string, segment: number, from: number): number {
  const file = new SegmentFile(dir, segment);
  try {
    const { size } = file;
    let offset = Math.min(from, size);
    for (let header = file.headerAt(offset); header; header = file.headerAt(offset)) {
      if (offset + FRAME_HEADER + header.length > size) return offset;
      offset += FRAME_HEADER + header.length;
    }
    // What is no frame and yet longer than the beginning of one is damage: a backup keeps it as it is.
    return size - offset < FRAME_HEADER ? offset : size;
  } finally {
    file.close();
  }
}
