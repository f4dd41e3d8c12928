import { isPumpId, pumpIdOf } from '../../../../domain/pump/pumpId.ts';
import { trimSpaces } from '../../csv/fields.ts';
import type { RowGroup } from '../rowGroup.ts';
import { pumpReason } from '../sourceFacts.ts';
import type { Zoned } from '../timeReader.ts';
import { folded } from '../values.ts';
import type { Cell, Columns } from './columns.ts';
import type { EncodedText } from './encoding.ts';
import type { CompiledCsv } from './compiledCsv.ts';

/** What became of a record: it is taken, it begins a row for which there is no room, or why it is none. */
export type Taken = 'taken' | 'noRoom' | { readonly reason: string };

/** What is in a record that has values: its pump, its time. */
interface RecordKey {
  readonly pump: string;
  readonly time: number;
}

export interface RecordRowsOptions {
  readonly compiled: CompiledCsv;
  readonly encoded: EncodedText;
  readonly group: RowGroup;
  /** The pump of the whole source, if its records don't name it. */
  readonly sourcePump: string | undefined;
  readonly receivedAt: number;
  readonly zoned: Zoned;
  /** A row of one value each begins; what was noted before belongs to the last one. */
  readonly onBegin: () => void;
}

/** Makes rows of records: a record with a value for each measure is a row, some with one value each become one together. */
export class RecordRows {
  readonly #options: RecordRowsOptions;
  /** Whether the times of the source name their zone. */
  zoned: Zoned;
  /** Rows of the record that are taken, where it has several. */
  part = 0;
  #values: number[] = [];
  #pumpText = '';
  #pump: string | undefined;

  constructor(options: RecordRowsOptions) {
    this.#options = options;
    this.zoned = options.zoned;
  }

  /** Takes a record. */
  take(fields: readonly string[], columns: Columns): Taken {
    const { compiled: { format } } = this.#options;
    return format.tag && format.tag.from.kind !== 'header' ? this.#takeValue(fields, columns) : this.#takeRow(fields, columns);
  }

  /** Whether a record has one value, so that several become a row. */
  get isLong(): boolean {
    const { tag } = this.#options.compiled.format;
    return tag !== undefined && tag.from.kind !== 'header';
  }

  #takeValue(fields: readonly string[], columns: Columns): Taken {
    const { compiled: { tags, tally, values, format }, encoded, group, sourcePump } = this.#options;
    const tag = trimSpaces(encoded.decode(fields[columns.tag]));
    const time = this.#time(fields, columns);
    if (typeof time === 'string') return { reason: time };
    const meaning = tags.meaningOf(tag);
    if (!meaning) {
      tally.note('tag', tag);
      return 'taken';
    }
    const pump = meaning.pump ?? sourcePump ?? this.#pumpOf(fields[columns.pump]);
    if (pump === undefined) return { reason: pumpReason(fields[columns.pump]) };
    if (!this.#isGood(fields, columns.quality)) return 'taken';
    const value = values.read(encoded.decode(fields[columns.value]), meaning.target, format.value!);
    if (typeof value === 'string') return { reason: value };
    if (Number.isNaN(value)) {
      tally.note('noValue', meaning.target.measure);
      return 'taken';
    }
    if (!group.takes(pump, time, meaning.target)) {
      const begun = group.begin(pump, time);
      if (begun !== 'placed') return begun;
      this.#options.onBegin();
    }
    group.add(meaning.target, value);
    return 'taken';
  }

  #takeRow(fields: readonly string[], columns: Columns): Taken {
    const { sourcePump } = this.#options;
    const time = this.#time(fields, columns);
    if (typeof time === 'string') return { reason: time };
    const own = sourcePump ?? (columns.pump < 0 ? undefined : this.#pumpOf(fields[columns.pump]));
    if (own === undefined && columns.pump >= 0) return { reason: pumpReason(fields[columns.pump]) };
    const absent = this.#isGood(fields, columns.quality) ? this.#readCells(fields, columns) : 'left out';
    if (absent === 'left out') return 'taken';
    if (typeof absent === 'object') return absent;
    return this.#place(columns, { pump: own ?? '', time });
  }

  /** Puts a row in the step for each pump that has a value, from those on that are there already. */
  #place({ rows }: Columns, { pump, time }: RecordKey): Taken {
    const { group } = this.#options;
    let at = 0;
    for (const [number, row] of rows.entries()) {
      const values = this.#values.slice(at, at + row.cells.length);
      at += row.cells.length;
      if (number < this.part || values.every(Number.isNaN)) continue;
      const begun = group.begin(row.pump ?? pump, time);
      if (begun !== 'placed') return begun;
      for (const [i, { target }] of row.cells.entries()) if (!Number.isNaN(values[i])) group.add(target, values[i]);
      this.part = number + 1;
    }
    group.close();
    this.part = 0;
    return 'taken';
  }

  /** Reads all values of a record, to have it whole or not at all. `left out`: it has none, and all that lacks is noted. */
  #readCells(fields: readonly string[], { rows }: Columns): 'read' | 'left out' | { readonly reason: string } {
    const { tally } = this.#options.compiled;
    const noted = tally.noted;
    this.#values = [];
    let any = false;
    for (const { cells } of rows) {
      for (const cell of cells) {
        const value = this.#cell(fields, cell);
        if (typeof value === 'string') return { reason: value };
        any ||= !Number.isNaN(value);
        this.#values.push(value);
      }
    }
    if (any) return 'read';
    if (tally.noted > noted || rows.length > 1) return 'left out';
    return { reason: `expected a value of at least one of ${rows[0].cells.map(({ target }) => target.measure).join(', ')}, got none` };
  }

  #cell(fields: readonly string[], { index, place, target, quality }: Cell): number | string {
    const { compiled: { values, tally }, encoded } = this.#options;
    if (quality >= 0 && !this.#isGood(fields, quality)) return NaN;
    const value = values.read(encoded.decode(fields[index]), target, place);
    if (values.wasWord) tally.note('noValue', target.measure);
    return value;
  }

  /** Whether a quality is good; one that is not is noted. Without a column every value is good. */
  #isGood(fields: readonly string[], index: number): boolean {
    const { compiled: { good, tally }, encoded } = this.#options;
    if (index < 0) return true;
    const word = trimSpaces(encoded.decode(fields[index]));
    if (good.has(folded(word))) return true;
    tally.note('quality', word);
    return false;
  }

  #time(fields: readonly string[], { time }: Columns): number | string {
    const { compiled: { times }, encoded, receivedAt } = this.#options;
    if (time.length === 0) return times.ofReceipt(receivedAt);
    const text = time.map((index) => trimSpaces(encoded.decode(fields[index]))).join(' ');
    const read = times.read(text, this.zoned);
    if (this.zoned === undefined && typeof read === 'number') this.zoned = times.isZoned(text);
    return read;
  }

  #pumpOf(text: string): string | undefined {
    if (text !== this.#pumpText || this.#pump === undefined) {
      const id = pumpIdOf(this.#options.encoded.decode(text));
      this.#pumpText = text;
      this.#pump = isPumpId(id) ? id : undefined;
    }
    return this.#pump;
  }
}
