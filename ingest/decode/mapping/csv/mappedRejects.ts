import type { Piece } from '../../decoder.ts';
import { MAX_RECORD } from '../../csv/recordFrame.ts';
import { makeReject, RunningCrc } from '../../csv/rejectMaker.ts';
import type { StepBuffer } from '../../stepBuffer.ts';
import type { EncodedText } from './encoding.ts';
import type { MappedState } from './mappedState.ts';

/** Makes rejects of the bad records of a piece, whose places are those of its text. */
export class MappedRejects {
  readonly #piece: Piece;
  readonly #start: MappedState;
  readonly #into: StepBuffer;
  readonly #encoded: EncodedText;
  readonly #crc: RunningCrc;

  constructor(piece: Piece, { state, into, encoded }: { state: MappedState; into: StepBuffer; encoded: EncodedText }) {
    this.#piece = piece;
    this.#start = state;
    this.#into = into;
    this.#encoded = encoded;
    this.#crc = new RunningCrc(piece.bytes, piece.from, state.crc);
  }

  add(reason: string, { at, end, line }: { readonly at: number; readonly end: number; readonly line: number }): void {
    const { source, receivedAt, bytes, from } = this.#piece;
    const offset = at * this.#encoded.width;
    const raw = bytes.subarray(from + offset, from + Math.min(end * this.#encoded.width, offset + MAX_RECORD));
    this.#into.rejects.push(makeReject({
      source, line, reason, receivedAt,
      bytes: this.#encoded.inUtf8(raw),
      offset: this.#start.offset + offset,
      crc: this.#crc.upTo(from + offset),
    }));
  }

  /** The CRC of the source's bytes up to a place; none before a place that was asked for is asked for any more. */
  crcAt(at: number): number {
    return this.#crc.upTo(this.#piece.from + at * this.#encoded.width);
  }
}
