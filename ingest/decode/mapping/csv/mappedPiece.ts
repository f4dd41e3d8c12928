import { MAX_RECORD } from '../../csv/recordFrame.ts';
import { isMessage } from '../../csv/rejectMaker.ts';
import type { Parsed, Piece } from '../../decoder.ts';
import type { StepBuffer } from '../../stepBuffer.ts';
import { RowGroup } from '../rowGroup.ts';
import { type Columns, fitsHeader } from './columns.ts';
import { EncodedText } from './encoding.ts';
import { findHeader, headerReason, namesIn } from './headerSearch.ts';
import type { CompiledCsv } from './compiledCsv.ts';
import { MappedRejects } from './mappedRejects.ts';
import type { MappedState } from './mappedState.ts';
import { RecordRows, type Taken } from './recordRows.ts';
import { type RecordKind, Records } from './records.ts';

/** Values become one row while they are no farther apart than this, in characters. */
const GROUP_CHARACTERS = 16 * 1024;

export interface MappedPieceOptions {
  readonly piece: Piece;
  readonly state: MappedState;
  readonly into: StepBuffer;
  /** The pump of the whole source, if its records don't name it. */
  readonly pump: string | undefined;
}

/**
 * Parses one piece of a source of mapped CSV. A piece that ends where values of a row may still follow gives that row back, and
 * is read again from the first of them: rows are the same however a source is cut.
 */
export class MappedPiece {
  readonly #compiled: CompiledCsv;
  readonly #piece: Piece;
  readonly #start: MappedState;
  readonly #into: StepBuffer;
  readonly #encoded: EncodedText;
  readonly #records: Records;
  readonly #group: RowGroup;
  readonly #rows: RecordRows;
  readonly #rejects: MappedRejects;
  #at = 0;
  #line: number;
  #names: readonly string[] | null;
  #columns: Columns | undefined;
  #units: number;
  #skipping: boolean;
  #refusal: string | undefined;
  /** Where the row began to which values are being added. */
  #open: { readonly at: number; readonly line: number } | undefined;

  constructor(compiled: CompiledCsv, { piece, state, into, pump }: MappedPieceOptions) {
    const { delimiter, encoding } = compiled.format;
    const encoded = new EncodedText(piece.bytes, { from: piece.from, to: piece.to, encoding });
    this.#compiled = compiled;
    this.#piece = piece;
    this.#start = state;
    this.#into = into;
    this.#encoded = encoded;
    this.#records = new Records(encoded.text, { delimiter, final: piece.final, longest: MAX_RECORD / encoded.width });
    this.#group = new RowGroup(into, piece);
    this.#rejects = new MappedRejects(piece, { state, into, encoded });
    this.#rows = new RecordRows({
      compiled, encoded, group: this.#group, sourcePump: pump, receivedAt: piece.receivedAt,
      zoned: state.zoned ?? undefined,
      onBegin: () => this.#openGroup(),
    });
    this.#rows.part = state.part;
    this.#line = state.line;
    this.#names = state.names;
    this.#units = state.units;
    this.#skipping = state.skipping;
  }

  parse(): Parsed<MappedState> {
    if (this.#start.offset === 0) this.#at = this.#encoded.mark;
    const { text } = this.#encoded;
    if (!this.#knowsColumns() || this.#takeRecords()) this.#closeGroup();
    else if (this.#open && !this.#piece.final) this.#giveBack();
    else this.#closeGroup();
    // A last byte that is half a character goes with the rest.
    const consumed = this.#at === text.length && this.#piece.final ? this.#piece.to - this.#piece.from : this.#at * this.#encoded.width;
    const state: MappedState = {
      line: this.#line,
      offset: this.#start.offset + consumed,
      crc: this.#crc(consumed),
      names: this.#names,
      units: this.#units,
      part: this.#rows.part,
      zoned: this.#rows.zoned ?? null,
      skipping: this.#skipping,
    };
    return { consumed, state, ...(this.#refusal !== undefined && { refusal: this.#refusal }) };
  }

  /** Nothing can follow the end of a message. */
  #crc(consumed: number): number {
    const { source, final, from, to } = this.#piece;
    return final && consumed === to - from && isMessage(source) ? 0 : this.#rejects.crcAt(this.#at);
  }

  /** Finds out where everything stands, from the header if there is one. False: not yet, or never. */
  #knowsColumns(): boolean {
    const columns = this.#compiled.columns(this.#names);
    if (columns && !('problem' in columns)) {
      this.#columns = columns;
      return true;
    }
    if (columns) this.#refusal = headerReason(this.#compiled.format.name, `it ${columns.problem}`, '');
    return columns === undefined && this.#findHeader();
  }

  #findHeader(): boolean {
    const found = findHeader(
      { compiled: this.#compiled, encoded: this.#encoded, records: this.#records, final: this.#piece.final },
      this.#at,
    );
    if (found.kind === 'refused') this.#refusal = found.reason;
    if (found.kind === 'later') this.#at = 0;
    if (found.kind === 'none') this.#at = this.#encoded.text.length;
    if (found.kind !== 'header') return false;
    this.#useHeader(found.names, found.columns);
    this.#at = found.at;
    this.#line += found.line;
    return true;
  }

  #useHeader(names: readonly string[], columns: Columns): void {
    const { tally, format } = this.#compiled;
    for (const name of columns.ignored) tally.note('tag', name);
    tally.keep();
    this.#names = names;
    this.#columns = columns;
    this.#units = format.unitsRows;
  }

  /** True when there was no room for what follows; false at the end of the piece. */
  #takeRecords(): boolean {
    const { text } = this.#encoded;
    while (this.#at < text.length) {
      if (this.#skipping) {
        this.#skipLine();
        continue;
      }
      // With no room for a row, values may still go into the one that is open.
      if (this.#into.full && !this.#open) return true;
      const kind = this.#records.read(this.#at);
      if (kind === 'unfinished') return false;
      if (!this.#takeRecord(kind)) return true;
    }
    return false;
  }

  /** Takes the record that was read; false when there is no room for it. */
  #takeRecord(kind: Exclude<RecordKind, 'unfinished'>): boolean {
    const { tally } = this.#compiled;
    if (this.#open && this.#at - this.#open.at > GROUP_CHARACTERS) this.#closeGroup();
    if (kind === 'blank' || this.#isSkipped()) return this.#pass();
    if (this.#units > 0) {
      this.#units--;
      return this.#pass();
    }
    const noted = tally.noted;
    this.#group.line = this.#line + 1;
    const taken = this.#takeFields(kind);
    if (taken === 'taken') {
      if (!this.#open) tally.keep();
      return this.#pass();
    }
    tally.drop(noted);
    if (taken === 'noRoom') return false;
    this.#closeGroup();
    if (kind === 'fields' && this.#readHeaderAgain()) return this.#pass();
    if (this.#into.full) return false;
    this.#rejects.add(taken.reason, { at: this.#at, end: this.#records.end, line: this.#line + 1 });
    if (kind === 'bad') this.#skipping = this.#records.isCut;
    return this.#pass();
  }

  #takeFields(kind: 'fields' | 'bad'): Taken {
    const { fields, end, reason } = this.#records;
    const problem = kind === 'bad' ? reason : this.#encoded.problem(this.#at, end);
    if (problem !== undefined) return { reason: problem };
    const columns = this.#columns!;
    if (fitsHeader(fields, columns)) return this.#rows.take(fields, columns);
    return { reason: `expected ${columns.count ?? `at least ${columns.least}`} fields, got ${fields.length}` };
  }

  /** Files that were joined have their header again. */
  #readHeaderAgain(): boolean {
    if (this.#names === null) return false;
    const names = namesIn(this.#records, this.#encoded);
    const columns = this.#compiled.columns(names);
    const isHeader = columns !== undefined && !('problem' in columns);
    if (isHeader) this.#useHeader(names, columns);
    return isHeader;
  }

  #isSkipped(): boolean {
    const { text } = this.#encoded;
    const at = text[this.#at] === '"' ? this.#at + 1 : this.#at;
    return this.#compiled.format.skip.some((start) => text.startsWith(start, at) || text.startsWith(start, this.#at));
  }

  #pass(): true {
    this.#at = this.#records.next;
    this.#line += this.#records.lines;
    return true;
  }

  #skipLine(): void {
    const lf = this.#encoded.text.indexOf('\n', this.#at);
    this.#skipping = lf < 0;
    this.#at = lf < 0 ? this.#encoded.text.length : lf + 1;
    if (lf >= 0) this.#line++;
  }

  #openGroup(): void {
    if (!this.#rows.isLong) return;
    this.#open = { at: this.#at, line: this.#line };
    this.#compiled.tally.keep();
  }

  #closeGroup(): void {
    this.#compiled.tally.keep();
    this.#group.close();
    this.#open = undefined;
  }

  #giveBack(): void {
    const { at, line } = this.#open!;
    this.#group.undo();
    this.#compiled.tally.drop(0);
    this.#at = at;
    this.#line = line;
  }
}
