import { isUtf8 } from 'node:buffer';
import { messageOf } from '../../../../domain/errors.ts';
import { LF } from '../../csv/ascii.ts';
import { quoteField } from '../../csv/fields.ts';
import { isMessage, makeReject, RunningCrc } from '../../csv/rejectMaker.ts';
import type { Parsed, Piece } from '../../decoder.ts';
import type { StepBuffer } from '../../stepBuffer.ts';
import { RowGroup } from '../rowGroup.ts';
import { type CompiledJson, isKeyed, type Item, Items } from './items.ts';
import { itemSpans, keyedSpans, type Span, spanName } from './itemSpans.ts';
import type { JsonState } from './jsonState.ts';
import { frameValue, isSpace, namesIn } from './valueFrame.ts';

/** The longest value of a file, in bytes; a message may be one whole. */
export const LONGEST_VALUE = 512 * 1024;
/** Objects and lists lie no deeper in each other. */
const DEEPEST = 64;
const BOM = Buffer.of(0xef, 0xbb, 0xbf);
const COMMA = 44;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

/** A value of the source, and where it stands. */
interface Framed {
  readonly at: number;
  readonly end: number;
  /** Why it can't be read, or what it is. */
  readonly document: { readonly root: unknown } | { readonly reason: string };
}

/**
 * Parses one piece of a source of JSON: values one after the other, or a list of them. Values of one pump and time that
 * follow each other in one document become one row.
 */
export class JsonPiece {
  readonly #compiled: CompiledJson;
  readonly #piece: Piece;
  readonly #start: JsonState;
  readonly #into: StepBuffer;
  readonly #group: RowGroup;
  readonly #items: Items;
  readonly #crc: RunningCrc;
  #at: number;
  #lines: number;
  #inList: boolean;
  #item: number;
  #skipping: boolean;

  constructor(
    compiled: CompiledJson,
    { piece, state, into, pump }: { piece: Piece; state: JsonState; into: StepBuffer; pump: string | undefined },
  ) {
    this.#compiled = compiled;
    this.#piece = piece;
    this.#start = state;
    this.#into = into;
    this.#group = new RowGroup(into, piece);
    this.#items = new Items(compiled, {
      source: piece.source, sourcePump: pump, receivedAt: piece.receivedAt, zoned: state.zoned ?? undefined,
    });
    this.#crc = new RunningCrc(piece.bytes, piece.from, state.crc);
    this.#at = piece.from;
    this.#lines = state.lines;
    this.#inList = state.inList;
    this.#item = state.item;
    this.#skipping = state.skipping;
  }

  parse(): Parsed<JsonState> {
    const { bytes, from, to, final, source } = this.#piece;
    if (this.#start.offset === 0 && bytes.compare(BOM, 0, BOM.length, from, Math.min(to, from + BOM.length)) === 0) this.#at += BOM.length;
    while (!this.#into.full && this.#next());
    this.#compiled.tally.keep();
    const consumed = this.#at - from;
    const crc = final && this.#at === to && isMessage(source) ? 0 : this.#crc.upTo(this.#at);
    const state = {
      line: 0, offset: this.#start.offset + consumed, crc, lines: this.#lines, inList: this.#inList, item: this.#item,
      zoned: this.#items.zoned ?? null, skipping: this.#skipping,
    };
    return { consumed, state };
  }

  /** Takes what stands next; false at the end, and where there is no room or more has to be there. */
  #next(): boolean {
    const { bytes, to } = this.#piece;
    if (this.#skipping && !this.#skipLine()) return false;
    while (this.#at < to && (isSpace(bytes[this.#at]) || (this.#inList && bytes[this.#at] === COMMA))) this.#pass(this.#at + 1);
    if (this.#at === to) return false;
    const first = bytes[this.#at];
    if (first === (this.#inList ? CLOSE_LIST : OPEN_LIST)) {
      this.#inList = !this.#inList;
      this.#pass(this.#at + 1);
      return true;
    }
    const framed = this.#frame();
    return framed !== undefined && this.#take(framed);
  }

  /** The value at the cursor, undefined when it may go on behind the piece. */
  #frame(): Framed | undefined {
    const { bytes, to, final } = this.#piece;
    const at = this.#at;
    const { end, depth, names } = frameValue(bytes, at, to);
    const isBare = end === undefined && final && !/["[{]/.test(String.fromCharCode(bytes[at]));
    if (end === undefined && !isBare) {
      if (final) return { at, end: this.#lineEnd(at), document: { reason: 'expected JSON, got a value that does not end' } };
      if (to - at < LONGEST_VALUE) return undefined;
      this.#skipping = true;
      const reason = `expected a value of at most ${LONGEST_VALUE.toLocaleString('en')} bytes, got a longer one`;
      return { at, end: at + LONGEST_VALUE, document: { reason } };
    }
    const document = depth > DEEPEST
      ? { reason: `expected objects and lists at most ${DEEPEST} deep in each other, got ${depth}` }
      : parsed(bytes.subarray(at, end ?? to), names);
    // What follows on the line of something that is no JSON is none either.
    if ('root' in document || depth > 0 || this.#inList) return { at, end: end ?? to, document };
    const lineEnd = this.#lineEnd(at);
    if (lineEnd === to && !final && to - at < LONGEST_VALUE) return undefined;
    this.#skipping = lineEnd === to && !final;
    return { at, end: lineEnd, document };
  }

  #lineEnd(at: number): number {
    const { bytes, to } = this.#piece;
    const lf = bytes.subarray(at, to).indexOf(LF);
    return lf < 0 ? to : at + lf;
  }

  /** Takes a value; false when there was no room for all of it. */
  #take({ at, end, document }: Framed): boolean {
    const items = 'root' in document ? this.#items.of(document.root) : document;
    if ('reason' in items) this.#reject(items.reason, { at, bytes: this.#piece.bytes.subarray(at, end), item: 0 });
    else if (!this.#takeItems(items, { at, end })) return false;
    this.#item = 0;
    this.#pass(end);
    return true;
  }

  #takeItems(items: readonly Item[], { at, end }: Pick<Framed, 'at' | 'end'>): boolean {
    const { tally } = this.#compiled;
    const document = this.#piece.bytes.subarray(at, end);
    let spans: ReadonlyMap<string, Span> | undefined;
    this.#group.line = this.#lines + 1;
    for (; this.#item < items.length; this.#item++) {
      const noted = tally.noted;
      const placed = this.#place(items[this.#item]);
      if (placed === 'placed') continue;
      tally.drop(noted);
      if (placed === 'noRoom' || this.#into.full) return false;
      this.#group.close();
      spans ??= this.#spansOf(document);
      const { key, index } = items[this.#item];
      const span = spans.get(key === undefined ? String(this.#item) : spanName(key, index));
      const bytes = document.subarray(span?.from, span?.to);
      const which = items.length > 1 ? ` (item ${this.#item + 1} of ${items.length})` : '';
      this.#reject(`${placed.reason}${which}`, { at, bytes, item: this.#item });
    }
    this.#group.close();
    tally.keep();
    return true;
  }

  /** Where items stand: a reject has the bytes as they came. None where the document is one item. */
  #spansOf(document: Buffer): ReadonlyMap<string, Span> {
    const { each = '.' } = this.#compiled.format;
    if (isKeyed(this.#compiled.format)) return keyedSpans(document, each);
    return each === '.' ? new Map<string, Span>() : itemSpans(document, each);
  }

  #place(item: Item): ReturnType<RowGroup['begin']> {
    const read = this.#items.read(item);
    if (read === 'leftOut') return 'placed';
    if ('reason' in read) return read;
    const { pump, time, cells } = read;
    if (!cells.every(({ target }) => this.#group.takes(pump, time, target))) {
      const begun = this.#group.begin(pump, time);
      if (begun !== 'placed') return begun;
    }
    for (const { target, value } of cells) this.#group.add(target, value);
    return 'placed';
  }

  #reject(reason: string, { at, bytes, item }: { readonly at: number; readonly bytes: Buffer; readonly item: number }): void {
    const { source, from, receivedAt } = this.#piece;
    const offset = this.#start.offset + at - from;
    this.#into.rejects.push(
      makeReject({ source, line: this.#lines + 1, reason, bytes, offset, crc: this.#crc.upTo(at) + item, receivedAt }),
    );
  }

  #pass(to: number): void {
    const { bytes } = this.#piece;
    for (let lf = bytes.subarray(0, to).indexOf(LF, this.#at); lf >= 0; lf = bytes.subarray(0, to).indexOf(LF, lf + 1)) this.#lines++;
    this.#at = to;
  }

  /** Passes the rest of a line; false when its end is not here. */
  #skipLine(): boolean {
    const end = this.#lineEnd(this.#at);
    this.#skipping = end === this.#piece.to;
    this.#pass(end);
    return !this.#skipping;
  }
}

/** A value that was framed, parsed. JSON that names a key twice says two things: which one holds, nobody knows. */
function parsed(bytes: Buffer, names: number): Framed['document'] {
  if (!isUtf8(bytes)) return { reason: 'expected UTF-8, got bytes that are none' };
  const text = bytes.toString();
  try {
    const root: unknown = JSON.parse(text);
    return namesIn(root) === names ? { root } : { reason: 'expected each name once in an object, got one that stands twice' };
  } catch (error) {
    const hint = /\bNaN\b|\bInfinity\b/.test(text) ? '; NaN and Infinity are no JSON: send null for "no value"' : '';
    const why = hint || ` (${messageOf(error).replace(/ in JSON|, ".*$|"[^]*$/g, '').trim()})`;
    return { reason: `expected JSON, got ${quoteField(text)}${why}` };
  }
}
