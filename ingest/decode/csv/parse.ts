import type { Parsed, Piece, SourceState } from './piece.ts';
import { PieceParser } from './pieceParser.ts';
import type { StepBuffer } from './stepBuffer.ts';

export { type Parsed, type Piece, SOURCE_START, type SourceState } from './piece.ts';
export { StepBuffer } from './stepBuffer.ts';

/**
 * Takes whole records from a piece of CSV while there is room in `into`: rows that are right become
 * readings, all others rejects. A file in pieces and a message in one piece are read the same way, and
 * however a source is cut, rows and rejects are the same. Throws nothing.
 */
export function parsePiece(piece: Piece, state: SourceState, into: StepBuffer): Parsed {
  return new PieceParser(piece, state, { into, plainToo: true }).parse();
}
