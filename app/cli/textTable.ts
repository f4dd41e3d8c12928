import { replaceInvisible } from '../../domain/text.ts';
import pc from 'picocolors';
import { counted } from '../../domain/counted.ts';
import { fitColumns, type Flexible, GAP } from './fitColumns.ts';
import type { Output } from './output.ts';

/** Where a table goes: an output, or whoever wants its lines. */
export type TableOutput = Pick<Output, 'isTTY' | 'columns'> & { line(text: string): unknown };

/** One column of a table for people; the unit belongs into the head. */
export interface Column extends Flexible {
  readonly head: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
  /** The longest cell to come, where it is known: then the column never widens. */
  readonly longest?: string | undefined;
}

/**
 * A table for people, written in pieces, so that a long one needs no memory: a column is as wide as its
 * widest cell so far. Columns and nothing else: no lines around them, and bold heads on a terminal only,
 * whose width it keeps to: long texts are clipped, and the least important columns left out.
 */
export class TextTable {
  readonly #columns: readonly Column[];
  readonly #output: TableOutput;
  /** As wide as the cells ask for. */
  readonly #wanted: number[];
  /** As wide as they are written; 0 is left out. */
  #widths: number[] | undefined;

  constructor(columns: readonly Column[], output: TableOutput) {
    this.#columns = columns;
    this.#output = output;
    this.#wanted = columns.map(({ head, longest = '' }) => Math.max(displayWidth(head), displayWidth(printable(longest))));
  }

  /** Writes some rows, the heads before the first. */
  add(rows: readonly (readonly string[])[]): void {
    if (rows.length === 0) return;
    const cells = rows.map((row) => row.map(printable));
    for (const row of cells) row.forEach((cell, i) => (this.#wanted[i] = Math.max(this.#wanted[i], displayWidth(cell))));
    const begun = this.#widths !== undefined;
    this.#widths = this.#fitted();
    if (!begun) {
      const { bold } = pc.createColors(pc.isColorSupported && this.#output.isTTY);
      this.#output.line(bold(this.#aligned(this.#columns.map(({ head }) => head), this.#widths)));
    }
    for (const row of cells) this.#output.line(this.#aligned(row, this.#widths));
  }

  /** Writes what the table shows, if that is to be said, and what it had no room for. */
  end(summary?: string): void {
    if (summary !== undefined) this.#output.line(`\n${summary}`);
    const left = this.#columns.filter((_, i) => this.#widths?.[i] === 0).map(({ head }) => head);
    if (left.length > 0)
      this.#output.line(`Left out, as the terminal is ${counted(this.#output.columns, 'column')} wide: ${left.join(', ')}.`);
  }

  /** What the heads left out stays out: later rows can only be clipped. */
  #fitted(): number[] {
    const columns = this.#widths ? this.#columns.map(({ clipTo }) => ({ clipTo })) : this.#columns;
    const wanted = this.#wanted.map((width, i) => (this.#widths?.[i] === 0 ? 0 : width));
    return fitColumns(columns, wanted, this.#output.columns);
  }

  #aligned(cells: readonly string[], widths: readonly number[]): string {
    const parts = cells.flatMap((cell, i) => {
      if (widths[i] === 0) return [];
      const text = clipped(cell, widths[i]);
      const space = ' '.repeat(widths[i] - displayWidth(text));
      return this.#columns[i].align === 'right' ? space + text : text + space;
    });
    return parts.join(' '.repeat(GAP)).trimEnd();
  }
}

const PLAIN = /^[\x20-\x7e]*$/;
const NO_WIDTH = /^\p{M}$/u;
const TWICE_AS_WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]$/u;

/** How many columns of a terminal a text takes: marks none, East Asian characters and emoji two. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += NO_WIDTH.test(character) ? 0 : TWICE_AS_WIDE.test(character) ? 2 : 1;
  return width;
}

/** A text cut to a width, with an ellipsis where something is missing. */
export function clipped(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1; // the ellipsis
  for (const character of text) {
    used += displayWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A text that can't steer the terminal or hide something: what nobody sees becomes escapes such as `\x1b`. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return replaceInvisible(text, (character) => {
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
