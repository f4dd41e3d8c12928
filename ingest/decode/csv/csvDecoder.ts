import type { Receipt } from '../../../domain/reading/receipt.ts';
import type { Decoder, Parsed, Piece } from '../decoder.ts';
import { MAX_NAMES, type StepBuffer } from '../stepBuffer.ts';
import { CSV_START, type CsvState } from './csvState.ts';
import { LF } from './ascii.ts';
import { noTextReason } from './looksLikeText.ts';
import { PieceParser } from './pieceParser.ts';
import { PlainRows } from './plainRows.ts';

/** Lines of CSV, with a header or without. */
class CsvDecoder implements Decoder<CsvState> {
  readonly format = 'csv';
  readonly expects = 'one or more CSV lines';
  readonly start = CSV_START;
  /** The plain way of each buffer; it remembers pump ids until the buffer is cleared. */
  readonly #plainWays = new WeakMap<StepBuffer, PlainRows>();
  #into: StepBuffer | undefined;
  #plain!: PlainRows;
  #clears = -1;

  take(piece: Piece, state: CsvState, into: StepBuffer): Parsed<CsvState> {
    return new PieceParser(piece, state, { into, plain: this.#plainOf(into) }).parse();
  }

  takeOne(bytes: Buffer, { from, to }: { readonly from: number; readonly to: number }, receipt: Receipt, into: StepBuffer): boolean {
    return this.#plainOf(into).takeOne(bytes, from, to, receipt);
  }

  refuses(beginning: Buffer): string | undefined {
    return noTextReason(beginning);
  }

  /** Its physical lines, a header among them. */
  rowsOf(payload: Buffer): number {
    let lines = 0;
    let at = 0;
    while (at < payload.length) {
      const end = payload.indexOf(LF, at);
      lines++;
      if (end < 0) break;
      at = end + 1;
    }
    return Math.max(1, lines);
  }

  #plainOf(into: StepBuffer): PlainRows {
    if (into === this.#into && into.clears === this.#clears) return this.#plain;
    let plain = this.#plainWays.get(into);
    if (!plain) {
      plain = new PlainRows(into.readings, MAX_NAMES);
      this.#plainWays.set(into, plain);
    }
    if (into.clears !== plain.clears) plain.clear(into.clears);
    this.#into = into;
    this.#plain = plain;
    this.#clears = into.clears;
    return plain;
  }
}

/** The decoder of CSV: one for all sources of a thread. */
export const csvDecoder = new CsvDecoder();
