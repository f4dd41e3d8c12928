import pc from 'picocolors';
import type { Output } from './output.ts';

/** One column of a table for people; the unit belongs into the head. */
export interface Column {
  readonly head: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
  /** The longest cell to come, where it is known: then the column never widens. */
  readonly longest?: string | undefined;
}

/**
 * A table for people, written in pieces, so that a long one needs no memory: a column is as wide as its
 * widest cell so far. Columns and nothing else: no lines around them, and bold heads on a terminal only.
 */
export class TextTable {
  readonly #columns: readonly Column[];
  readonly #output: Output;
  readonly #widths: number[];
  #begun = false;

  constructor(columns: readonly Column[], output: Output) {
    this.#columns = columns;
    this.#output = output;
    this.#widths = columns.map(({ head, longest = '' }) => Math.max(displayWidth(head), displayWidth(printable(longest))));
  }

  /** Writes some rows, the heads before the first. */
  add(rows: readonly (readonly string[])[]): void {
    if (rows.length === 0) return;
    const cells = rows.map((row) => row.map(printable));
    for (const row of cells) row.forEach((cell, i) => (this.#widths[i] = Math.max(this.#widths[i], displayWidth(cell))));
    if (!this.#begun) {
      const { bold } = pc.createColors(pc.isColorSupported && this.#output.isTTY);
      this.#output.line(bold(this.#aligned(this.#columns.map(({ head }) => head))));
      this.#begun = true;
    }
    for (const row of cells) this.#output.line(this.#aligned(row));
  }

  #aligned(cells: readonly string[]): string {
    let line = '';
    for (let i = 0; i < cells.length; i++) {
      const space = ' '.repeat(this.#widths[i] - displayWidth(cells[i]));
      line += (i === 0 ? '' : '  ') + (this.#columns[i].align === 'right' ? space + cells[i] : cells[i] + space);
    }
    return line.trimEnd();
  }
}

const PLAIN = /^[\x20-\x7e]*$/;
const NO_WIDTH = /^\p{M}$/u;
const TWICE_AS_WIDE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]$/u;

/** How many columns of a terminal a text takes: marks none, East Asian characters and emoji two. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += NO_WIDTH.test(character) ? 0 : TWICE_AS_WIDE.test(character) ? 2 : 1;
  return width;
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text that can't steer the terminal: control characters become escapes such as `\x1b`. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The longest of some texts, or none. */
export function longestOf(texts: Iterable<string>): string {
  let longest = '';
  for (const text of texts) if (text.length > longest.length) longest = text;
  return longest;
}

/** `2,052 alerts`, `1 alert`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
