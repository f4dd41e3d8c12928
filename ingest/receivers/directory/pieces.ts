/** So much of a file is in memory at a time. */
export const PIECE_BYTES = 1024 * 1024;

/** Buffers that files are read into. One is kept for the next file: thousands of small files need no more than that. */
export class Pieces {
  #spare: Buffer | undefined;

  borrow(): Buffer {
    const piece = this.#spare ?? Buffer.allocUnsafe(PIECE_BYTES);
    this.#spare = undefined;
    return piece;
  }

  giveBack(piece: Buffer): void {
    this.#spare = piece;
  }
}
