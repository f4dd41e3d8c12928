import { isUnknown } from '../../domain/reading/measures.ts';
import { type CellOffsets, cellOffsets, maskBytes } from './cellSection.ts';
import type { RowSource } from './columns.ts';
import { widthOf } from './decimalColumn.ts';
import type { Page } from './page.ts';

/**
 * Finds how the cells pack that came earlier than others of their row: groups of cells of a row that came together, each with
 * how much earlier.
 */
export class CellColumn {
  readonly #mask: 1 | 2 | 4;
  groups = 0;
  #longest = 0;
  #saved = { groups: 0, longest: 0 };

  constructor(columns: number) {
    this.#mask = maskBytes(columns);
  }

  start(): void {
    this.groups = 0;
    this.#longest = 0;
  }

  save(): void {
    this.#saved.groups = this.groups;
    this.#saved.longest = this.#longest;
  }

  restore(): void {
    ({ groups: this.groups, longest: this.#longest } = this.#saved);
  }

  /** Takes the rows `from` to `to - 1` in. */
  include(rows: RowSource, from: number, to: number): void {
    if (!rows.cellReceipts) return;
    for (let row = from; row < to; row++) {
      for (const { lag } of groupsOf(rows, row)) {
        this.groups++;
        if (lag > this.#longest) this.#longest = lag;
      }
    }
  }

  /** Bytes of how much earlier a group came. */
  get lagBytes(): number {
    return this.groups === 0 ? 0 : widthOf(this.#longest);
  }

  offsets(from: number): CellOffsets {
    return cellOffsets(from, this.groups, { mask: this.#mask, lag: this.lagBytes });
  }

  /** Writes the groups of `count` rows, which are those that were taken in; gives where they end. */
  write(rows: RowSource, from: number, count: number, page: Page, at: number): number {
    if (this.groups === 0) return at;
    const { u8, u16, u32, f64 } = page;
    const offsets = this.offsets(at);
    const masks = this.#mask === 1 ? u8 : this.#mask === 2 ? u16 : u32;
    const width = this.lagBytes;
    const lags = width === 1 ? u8 : width === 2 ? u16 : width === 4 ? u32 : f64;
    let group = 0;
    for (let row = from; row < from + count; row++) {
      for (const { mask, lag } of groupsOf(rows, row)) {
        u16[(offsets.rows >>> 1) + group] = row - from;
        masks[offsets.masks / this.#mask + group] = mask;
        lags[offsets.lags / width + group] = lag;
        group++;
      }
    }
    return offsets.end;
  }
}

interface CellGroup {
  mask: number;
  /** How much earlier than the row's newest cell, ms; above 0. */
  readonly lag: number;
}

/** The cells of a row that came earlier than its newest, by when they came. */
function groupsOf({ receivedAt, values, cellReceipts }: RowSource, row: number): readonly CellGroup[] {
  const groups: CellGroup[] = [];
  cellReceipts?.forEach((column, c) => {
    const lag = receivedAt[row] - column[row];
    if (lag === 0 || isUnknown(values[c][row])) return;
    const group = groups.find((one) => one.lag === lag);
    if (group) group.mask |= 1 << c;
    else groups.push({ mask: 1 << c, lag });
  });
  return groups;
}
