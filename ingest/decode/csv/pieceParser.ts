import { LF } from './ascii.ts';
import { type Extent, frameRecord, MAX_RECORD } from './recordFrame.ts';
import { type FramedRecord, recordOf } from './framedRecord.ts';
import { appendRow, splitFields } from './generalRows.ts';
import { type FieldPositions, isPreamble, readHeaderLine, USUAL_COLUMNS } from './header.ts';
import { mendedRaw, mendsOf, withoutApostrophes } from './mended.ts';
import type { Parsed, Piece } from '../decoder.ts';
import type { CsvState, Cursor, Header } from './csvState.ts';
import { afterLastLine, type PlainRows } from './plainRows.ts';
import { isMessage, makeReject, RunningCrc } from './rejectMaker.ts';
import type { StepBuffer } from '../stepBuffer.ts';

const BOM = Buffer.of(0xef, 0xbb, 0xbf);
/** What csv-parse gets in one call: one record at first, more as long as the plain way doesn't get far in between. */
const MAX_RUN = 512;
const MAX_RUN_BYTES = 256 * 1024;

/** Parses one piece of a source: the plain way as far as it goes, some records the general way, and so on. */
export class PieceParser {
  readonly #piece: Piece;
  readonly #start: CsvState;
  readonly #into: StepBuffer;
  readonly #plain: PlainRows | undefined;
  readonly #cursor: Cursor;
  readonly #crc: RunningCrc;
  readonly #lastLineEnd: number;
  #header: Header;
  #skipping: boolean;
  #refusal: string | undefined;
  #runLength = 1;

  /** Without `plain`, the plain way of `into`, every record goes the general way: the same rows and rejects, slower. */
  constructor(piece: Piece, state: CsvState, { into, plain }: { into: StepBuffer; plain: PlainRows | undefined }) {
    const { bytes, from, to, final, receivedAt, latest } = piece;
    this.#piece = piece;
    this.#start = state;
    this.#into = into;
    this.#plain = plain;
    this.#cursor = { bytes, at: from, to, final, line: state.line, receivedAt, latest };
    this.#crc = new RunningCrc(bytes, from, state.crc);
    this.#lastLineEnd = afterLastLine(bytes, from, to);
    this.#header = state.header;
    this.#skipping = state.skipping === true;
  }

  /** Columns in another order are left to the general way. */
  get #maybePlain(): boolean {
    return this.#plain !== undefined && typeof this.#header !== 'object';
  }

  get #columns(): FieldPositions {
    return typeof this.#header === 'object' ? this.#header : USUAL_COLUMNS;
  }

  parse(): Parsed<CsvState> {
    const cursor = this.#cursor;
    this.#passByteOrderMark();
    let going = true;
    while (going && cursor.at < cursor.to && !this.#into.full) {
      if (this.#skipping) this.#skipLine();
      else if (!this.#takePlain()) going = this.#header === 'undecided' ? this.#passPreamble() : this.#takeRun();
    }
    return this.#parsed();
  }

  /** The beginning of a mark is no line yet: whoever meets it waits for more. */
  #passByteOrderMark(): void {
    const { bytes, at, to } = this.#cursor;
    if (this.#start.offset > 0 || bytes[at] !== BOM[0] || to - at < BOM.length) return;
    if (bytes.compare(BOM, 0, BOM.length, at, at + BOM.length) === 0) this.#cursor.at += BOM.length;
  }

  /** Goes the plain way; true when that led to the end, of the piece or of the room. */
  #takePlain(): boolean {
    if (!this.#plain || !this.#maybePlain) return false;
    const { readings, room } = this.#into;
    const rows = readings.length;
    this.#plain.take(this.#cursor, this.#lastLineEnd, room);
    const taken = readings.length - rows;
    if (taken > 0) this.#header = 'none'; // a line that is a reading is no header
    this.#runLength = taken >= this.#runLength ? 1 : Math.min(this.#runLength * 2, MAX_RUN);
    return this.#cursor.at === this.#cursor.to || this.#into.full;
  }

  /** Passes a line that may stand before a header; the first other one ends that. False when it takes more bytes to tell. */
  #passPreamble(): boolean {
    const { bytes, at, to, final } = this.#cursor;
    const lf = bytes.subarray(at, Math.min(to, at + MAX_RECORD + 2)).indexOf(LF);
    if (lf < 0 && !final && to - at < MAX_RECORD + 2) return false;
    const end = lf < 0 ? to : at + lf;
    const text = end - at > MAX_RECORD ? '' : bytes.toString('utf8', at, end);
    const passes = /^[ \r]*$/.test(text) ? end - at <= MAX_RECORD : isPreamble(text) && readHeaderLine(text).kind === 'none';
    if (passes) this.#pass({ end, next: lf < 0 ? to : end + 1, lines: lf < 0 ? 0 : 1 });
    else this.#header = 'none';
    return true;
  }

  /** Takes some records the general way. False when it takes more bytes to go on. */
  #takeRun(): boolean {
    const { records, unfinished } = this.#frameRun();
    const rows = splitFields(records.flatMap(({ content }) => ('text' in content ? [content.text] : [])));
    let next = 0;
    for (const record of records) {
      const fields = 'text' in record.content ? rows[next++] : undefined;
      const reason = 'reason' in record.content ? record.content.reason : this.#append(fields!, record);
      if (reason === undefined) continue;
      if (this.#readHeader(record)) return this.#refusal === undefined;
      this.#reject(record, reason, fields);
    }
    return !unfinished;
  }

  /** Takes a row, or says why not. One of a mended file says whose place it takes. */
  #append(fields: readonly string[], { line }: FramedRecord): string | undefined {
    const columns = this.#columns;
    const into = { readings: this.#into.readings, receipt: this.#piece, line };
    if (!columns.mended) return appendRow(fields, columns, into);
    const reason = appendRow(withoutApostrophes(fields), columns, into);
    const mends = reason === undefined ? this.#mends(fields) : undefined;
    if (mends) this.#into.replays.push({ row: this.#into.readings.length - 1, ...mends, source: this.#piece.source, line });
    return reason;
  }

  /** Only files mend: whoever publishes messages takes nobody's place. */
  #mends(fields: readonly string[] | undefined): ReturnType<typeof mendsOf> {
    return fields === undefined || isMessage(this.#piece.source) ? undefined : mendsOf(fields, this.#columns);
  }

  /** Takes a record that is no reading for a header, if it is one: what follows it is read anew, by its columns. */
  #readHeader(record: FramedRecord): boolean {
    const header = readHeaderLine(record.bytes.toString());
    if (header.kind === 'none') return false;
    const cursor = this.#cursor;
    this.#skipping = false;
    cursor.at = record.at;
    cursor.line = record.line - 1;
    if (header.kind === 'unusable') {
      this.#refusal = `line ${record.line}: ${header.reason}`;
      return true;
    }
    this.#header = header.columns;
    cursor.at = record.next;
    cursor.line += record.lines;
    return true;
  }

  /** Frames records and passes them. A line that is too long is the last of a run, and not passed. */
  #frameRun(): { records: FramedRecord[]; unfinished: boolean } {
    const cursor = this.#cursor;
    const expected = this.#columns.count;
    const most = Math.min(this.#into.room, this.#maybePlain ? this.#runLength : MAX_RUN);
    const records: FramedRecord[] = [];
    for (const from = cursor.at; records.length < most && cursor.at < cursor.to && cursor.at - from < MAX_RUN_BYTES;) {
      const frame = frameRecord(cursor, expected);
      if (frame.kind === 'unfinished') return { records, unfinished: true };
      if (frame.kind !== 'blank') records.push(recordOf(cursor, frame, expected));
      if (frame.kind === 'tooLong') {
        this.#skipping = true;
        break;
      }
      this.#pass(frame);
    }
    return { records, unfinished: false };
  }

  #pass({ next, lines }: Extent): void {
    this.#cursor.at = next;
    this.#cursor.line += lines;
  }

  /** Passes the rest of a line that is too long, or as much of it as is here. */
  #skipLine(): void {
    const cursor = this.#cursor;
    const lf = cursor.bytes.subarray(cursor.at, cursor.to).indexOf(LF);
    this.#skipping = lf < 0;
    cursor.at = lf < 0 ? cursor.to : cursor.at + lf + 1;
    if (lf >= 0) cursor.line++;
  }

  /** `fields` of a row that has as many as it should. */
  #reject({ bytes, line, at }: FramedRecord, reason: string, fields: readonly string[] | undefined): void {
    const { source, from, receivedAt } = this.#piece;
    const offset = this.#start.offset + at - from;
    const reject = makeReject({ source, line, reason, bytes, offset, crc: this.#crc.upTo(at), receivedAt });
    const mends = this.#mends(fields)?.of;
    if (fields && mends) this.#into.rejects.push({ ...reject, ...mendedRaw(withoutApostrophes(fields), this.#columns), mends });
    else this.#into.rejects.push(fields ? { ...reject, columns: this.#columns.positions } : reject);
  }

  #parsed(): Parsed<CsvState> {
    const { at, to, line, final } = this.#cursor;
    const consumed = at - this.#piece.from;
    const crc = final && at === to && isMessage(this.#piece.source) ? 0 : this.#crc.upTo(at);
    const state = { line, offset: this.#start.offset + consumed, crc, header: this.#header };
    return {
      consumed,
      state: this.#skipping ? { ...state, skipping: true } : state,
      ...(this.#refusal !== undefined && { refusal: this.#refusal }),
    };
  }
}
