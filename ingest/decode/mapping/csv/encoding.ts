import { isAscii, isUtf8 } from 'node:buffer';
import type { Format } from '../format.ts';

const ANSI = new TextDecoder('windows-1252');
const UTF_8_MARK = '\u00ef\u00bb\u00bf';

/**
 * The bytes of a piece as a text with a character for each byte, or for each two of UTF-16, so that places in it are places
 * in the bytes. Fields that are no ASCII are decoded by themselves, with `decode`.
 */
export class EncodedText {
  readonly text: string;
  /** Bytes of a character. */
  readonly width: 1 | 2;
  /** Characters of a mark at the beginning. */
  readonly mark: number;
  readonly #encoding: Format['encoding'];
  readonly #isAscii: boolean;
  readonly #hasNul: boolean;

  constructor(bytes: Buffer, { from, to, encoding }: { from: number; to: number; encoding: Format['encoding'] }) {
    const piece = bytes.subarray(from, to);
    this.#encoding = encoding;
    this.width = encoding === 'utf-16le' ? 2 : 1;
    this.text = encoding === 'utf-16le' ? piece.toString('utf16le') : piece.toString('latin1');
    this.#isAscii = this.width === 2 || isAscii(piece);
    this.#hasNul = this.width === 2 ? this.text.includes('\0') : piece.includes(0);
    this.mark = this.text.startsWith('\ufeff') ? 1 : this.width === 1 && this.text.startsWith(UTF_8_MARK) ? 3 : 0;
  }

  /** A part of the text as it is meant. */
  decode(part: string): string {
    if (this.#isAscii || isAsciiText(part)) return part;
    const bytes = Buffer.from(part, 'latin1');
    return this.#encoding === 'windows-1252' ? ANSI.decode(bytes) : bytes.toString('utf8');
  }

  /** Bytes of a line in UTF-8; those that are none stay as they are. */
  inUtf8(line: Buffer): Buffer {
    if (this.#encoding === 'utf-16le') return Buffer.from(line.toString('utf16le'));
    return this.#encoding === 'windows-1252' ? Buffer.from(ANSI.decode(line)) : line;
  }

  /** Why a line can't be read as text, or undefined. */
  problem(from: number, end: number): string | undefined {
    if (this.#hasNul && this.text.slice(from, end).includes('\0')) return 'expected text, got a NUL';
    if (this.#isAscii || this.#encoding !== 'utf-8') return undefined;
    const line = this.text.slice(from, end);
    return isAsciiText(line) || isUtf8(Buffer.from(line, 'latin1')) ? undefined : 'expected UTF-8, got bytes that are none';
  }
}

function isAsciiText(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
