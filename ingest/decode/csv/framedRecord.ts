import { isUtf8 } from 'node:buffer';
import { type Frame, MAX_RECORD } from './recordFrame.ts';
import type { Cursor } from './csvState.ts';
import { wrongForm } from './wrongForm.ts';

/** A record that was framed and is to become a row or a reject. */
export interface FramedRecord {
  /** Its bytes; the first {@link MAX_RECORD} of one that is too long. */
  readonly bytes: Buffer;
  /** Physical line on which it begins, from 1. */
  readonly line: number;
  /** Where it begins in the piece's buffer, and where the next begins; of one that is too long that is not known. */
  readonly at: number;
  readonly next: number;
  /** LFs in it and at its end. */
  readonly lines: number;
  /** A line for csv-parse with the right number of fields, or why there is none. */
  readonly content: { readonly text: string } | { readonly reason: string };
}

/** NULs in a row from this number on are what a power loss left of lines that were never written. */
const BLOCK = Buffer.alloc(16);

type Framed = Exclude<Frame, { kind: 'unfinished' | 'blank' }>;

/** The record at the cursor, which should have `expected` fields. */
export function recordOf(cursor: Cursor, frame: Framed, expected: number): FramedRecord {
  const { at } = cursor;
  const bytes = cursor.bytes.subarray(at, frame.kind === 'tooLong' ? at + MAX_RECORD : frame.end);
  const { next, lines } = frame.kind === 'tooLong' ? { next: at, lines: 0 } : frame;
  return { bytes, line: cursor.line + 1, at, next, lines, content: contentOf(bytes, frame, expected) };
}

/** The text of a well-framed record, without the gaps around its quotes. Bytes that are no UTF-8 become U+FFFD. */
export function textOf(bytes: Buffer, gaps: readonly number[]): string {
  let text = '';
  let from = 0;
  for (let gap = 0; gap < gaps.length; gap += 2) {
    text += bytes.toString('utf8', from, gaps[gap]);
    from = gaps[gap + 1];
  }
  return text + bytes.toString('utf8', from);
}

function contentOf(bytes: Buffer, frame: Framed, expected: number): FramedRecord['content'] {
  if (bytes.includes(0)) return { reason: bytes.includes(BLOCK) ? 'expected text, got a block of NULs' : 'expected text, got a NUL' };
  if (frame.kind === 'tooLong') return { reason: `expected a line of at most ${MAX_RECORD.toLocaleString('en')} bytes, got a longer one` };
  if (!isUtf8(bytes)) return { reason: 'expected UTF-8, got bytes that are none' };
  if (frame.kind === 'malformed') return { reason: wrongForm(bytes) ?? frame.reason };
  if (frame.fields !== expected) return { reason: wrongForm(bytes) ?? `expected ${expected} fields, got ${frame.fields}` };
  return { text: textOf(bytes, frame.gaps) };
}
