import { COMMA, CR, LF, QUOTE, SPACE } from './ascii.ts';
import type { Cursor } from './csvState.ts';

/** The longest record, and the longest line, in bytes without its end. */
export const MAX_RECORD = 65_536;

/** Where a record, or what is left of one, lies. */
export interface Extent {
  /** End of its bytes, without the line end. */
  readonly end: number;
  /** Where the next record begins. */
  readonly next: number;
  /** LFs in it and at its end. */
  readonly lines: number;
}

/** A well-framed record. */
export interface RecordFrame extends Extent {
  readonly kind: 'record';
  /** How many fields it has by RFC 4180. */
  readonly fields: number;
  /** Pairs of positions from its beginning: runs of spaces outside quotes and next to one. */
  readonly gaps: readonly number[];
}

/** What stands at a cursor. */
export type Frame =
  /** The piece ends before the record does. */
  | { readonly kind: 'unfinished' }
  /** The physical line is over {@link MAX_RECORD}; its end may not be here yet. */
  | { readonly kind: 'tooLong' }
  /** Nothing but spaces. */
  | (Extent & { readonly kind: 'blank' })
  | RecordFrame
  /** Quotes that make no sense: the physical line only, because whatever follows may be well-formed again. */
  | (Extent & { readonly kind: 'malformed'; readonly reason: string });

/**
 * Frames the record at the cursor. With `expected`, a record that runs over several lines and has
 * another number of fields is malformed: one stray quote must not swallow the rows up to the next.
 *
 * Every quote either opens or closes or stops the search, so whether a line ends inside quotes depends
 * on its number of quotes alone. What is searched in vain from one line is therefore searched again from at
 * most one of the following lines: hostile input costs linear time.
 */
export function frameRecord(cursor: Cursor, expected?: number): Frame {
  const { bytes, at, to, final } = cursor;
  const scanEnd = Math.min(to, at + MAX_RECORD + 2);
  let fields = 1;
  let quotes = false;
  let blank = true;
  let lf = at;
  for (; lf < scanEnd && bytes[lf] !== LF; lf++) {
    const byte = bytes[lf];
    if (byte === COMMA) fields++;
    else if (byte === QUOTE) quotes = true;
    if (byte !== SPACE && byte !== CR) blank = false;
  }
  const ended = lf < to && bytes[lf] === LF;
  if (!ended && lf === at + MAX_RECORD + 2) return { kind: 'tooLong' };
  if (!ended && !final) return { kind: 'unfinished' };
  const end = withoutCr(bytes, at, lf);
  if (end - at > MAX_RECORD) return { kind: 'tooLong' };
  const line = { end, next: ended ? lf + 1 : lf, lines: ended ? 1 : 0 };
  if (blank && !bytes.subarray(at, end).includes(CR)) return { kind: 'blank', ...line };
  if (!quotes) return { kind: 'record', ...line, fields, gaps: [] };

  const found = new QuotedRecord(cursor).find();
  if (found === 'unfinished') return { kind: 'unfinished' };
  if (typeof found === 'string') return { kind: 'malformed', ...line, reason: found };
  if (expected !== undefined && found.fields !== expected && found.lines > 1) {
    const reason = `expected ${expected} fields, got ${found.fields} in quotes that run over ${found.lines} lines`;
    return { kind: 'malformed', ...line, reason };
  }
  return found;
}

/** A search for the end of a record that holds quotes. Without an end within {@link MAX_RECORD} it has none. */
class QuotedRecord {
  readonly #bytes: Buffer;
  readonly #from: number;
  /** The search ends here, and whether the bytes do too. */
  readonly #to: number;
  readonly #atEnd: boolean;
  readonly #final: boolean;
  readonly #gaps: number[] = [];
  #at: number;
  #lines = 0;

  constructor({ bytes, at, to, final }: Cursor) {
    this.#bytes = bytes;
    this.#from = at;
    this.#at = at;
    this.#to = Math.min(to, at + MAX_RECORD + 2);
    this.#atEnd = this.#to === to;
    this.#final = final;
  }

  /** Gives the record, `unfinished`, or what is wrong with it. */
  find(): RecordFrame | string {
    for (let fields = 1; ; fields++) {
      const wrong = this.#passField();
      if (wrong !== undefined) return wrong;
      if (this.#at < this.#to && this.#bytes[this.#at] === COMMA) {
        this.#at++;
        continue;
      }
      const ended = this.#at < this.#to; // at an LF
      const end = withoutCr(this.#bytes, this.#from, this.#at);
      if (end - this.#from > MAX_RECORD) return NEVER_CLOSED;
      if (ended) this.#lines++;
      return { kind: 'record', end, next: ended ? this.#at + 1 : this.#at, lines: this.#lines, fields, gaps: this.#gaps };
    }
  }

  /** Moves to the comma, LF or end after a field; gives what is wrong, if anything. */
  #passField(): string | undefined {
    const start = this.#at;
    this.#passSpaces();
    if (this.#at < this.#to && this.#bytes[this.#at] === QUOTE) {
      if (this.#at > start) this.#gaps.push(start - this.#from, this.#at - this.#from);
      return this.#passQuoted();
    }
    for (; this.#at < this.#to; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte === COMMA || byte === LF) return undefined;
      if (byte === QUOTE) return 'expected a quote only around a whole field, got one inside a field';
    }
    return this.#outOfBytes();
  }

  #passQuoted(): string | undefined {
    const bytes = this.#bytes;
    for (this.#at++; this.#at < this.#to; this.#at++) {
      if (bytes[this.#at] === LF) this.#lines++;
      if (bytes[this.#at] !== QUOTE) continue;
      if (this.#at + 1 < this.#to && bytes[this.#at + 1] === QUOTE) this.#at++;
      else return this.#passAfterQuote();
    }
    return this.#atEnd && !this.#final ? 'unfinished' : NEVER_CLOSED;
  }

  /** From the closing quote to the comma, LF or end that must follow. */
  #passAfterQuote(): string | undefined {
    const bytes = this.#bytes;
    const start = ++this.#at;
    this.#passSpaces();
    if (this.#at > start) this.#gaps.push(start - this.#from, this.#at - this.#from);
    if (this.#at < this.#to && bytes[this.#at] === CR && (this.#at + 1 === this.#to || bytes[this.#at + 1] === LF)) this.#at++;
    if (this.#at === this.#to) return this.#outOfBytes();
    if (bytes[this.#at] === LF || bytes[this.#at] === COMMA) return undefined;
    return 'expected a comma or the end of the line after a closing quote, got something else';
  }

  #passSpaces(): void {
    while (this.#at < this.#to && this.#bytes[this.#at] === SPACE) this.#at++;
  }

  #outOfBytes(): string | undefined {
    if (!this.#atEnd) return NEVER_CLOSED;
    return this.#final ? undefined : 'unfinished';
  }
}

const NEVER_CLOSED = `expected an opening quote to be closed within ${MAX_RECORD.toLocaleString('en')} bytes, got none`;

function withoutCr(bytes: Buffer, from: number, end: number): number {
  return end > from && bytes[end - 1] === CR ? end - 1 : end;
}
