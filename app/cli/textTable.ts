import Table from 'cli-table3';
import pc from 'picocolors';
import type { Output } from './output.ts';

/** One column of a table for people; the unit belongs into the head. */
export interface Column {
  readonly head: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
}

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((name) => [name, '']),
);

/**
 * A table for people, written in pieces, so that a long one needs no memory: a column is as wide as its
 * widest cell so far. Columns and nothing else: no lines around them, and bold heads on a terminal only.
 */
export class TextTable {
  readonly #columns: readonly Column[];
  readonly #output: Output;
  /** The longest cell of each column so far. */
  readonly #longest: string[];
  #begun = false;

  constructor(columns: readonly Column[], output: Output) {
    this.#columns = columns;
    this.#output = output;
    this.#longest = columns.map(({ head }) => head);
  }

  /** Writes some rows, the heads before the first. */
  add(rows: readonly (readonly string[])[]): void {
    if (rows.length === 0) return;
    const { bold } = pc.createColors(pc.isColorSupported && this.#output.isTTY);
    const cells = rows.map((row) => row.map(printable));
    for (const row of cells) row.forEach((cell, i) => cell.length > this.#longest[i]!.length && (this.#longest[i] = cell));
    const heads = this.#begun ? [] : [this.#columns.map(({ head }) => head)];
    const table = new Table({
      chars: { ...NO_LINES, middle: '  ' },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colAligns: this.#columns.map(({ align }) => align ?? 'left'),
    });
    // The first row only sets the widths.
    table.push(this.#longest, ...heads, ...cells);
    const lines = table.toString().split('\n').slice(1).map((line) => line.trimEnd());
    lines.forEach((line, i) => this.#output.line(i === 0 && !this.#begun ? bold(line) : line));
    this.#begun = true;
  }
}

/** A text that can't steer the terminal: control characters become escapes such as `\x1b`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** `2,052 alerts`, `1 alert`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
