import { type Measure, measureIndex, UNKNOWN } from '../../../domain/reading/measures.ts';
import { isNoValue, parseNumber, quoteField, trimSpaces } from '../csv/fields.ts';
import type { Format, MeasureSource, Thousands } from './format.ts';

/** What a value becomes: `value * scale + offset` in the column of a measure. */
export interface Target {
  readonly measure: Measure;
  readonly column: number;
  readonly scale: number;
  readonly offset: number;
}

/** Why there is no value where one could be: its quality, or a word for that. */
export type Absence = 'empty' | 'word';

/** The target of a measure of a format. */
export function targetOf({ measure, scale, offset }: MeasureSource): Target {
  return { measure, column: measureIndex[measure], scale, offset };
}

/** A name as it is looked up: names of columns and tags count in any case. */
export function folded(name: string | number): string {
  return String(name).toLowerCase();
}

/** Reads the values of a format. */
export class ValueReader {
  readonly #comma: boolean;
  readonly #grouped: Grouping | undefined;
  readonly #words: ReadonlySet<string>;
  readonly #numbers: ReadonlySet<number>;
  /** Whether the value that was read last as missing was a word for that, and not just nothing. */
  wasWord = false;

  constructor({ decimal, thousands, missing, kind }: Pick<Format, 'decimal' | 'thousands' | 'missing' | 'kind'>) {
    this.#comma = kind === 'csv' && decimal === ',';
    this.#grouped = thousands === undefined ? undefined : groupingOf(thousands, decimal);
    this.#words = new Set(missing.map((word) => folded(trimSpaces(word))));
    this.#numbers = new Set(missing.map((word) => this.#number(trimSpaces(word)) ?? NaN).filter(Number.isFinite));
  }

  /** The value of a text in a measure's own unit, UNKNOWN for one that stands for no value, or why it is none. */
  read(text: string, target: Target, place: string | number): number | string {
    const trimmed = trimSpaces(text);
    this.wasWord = false;
    if (trimmed === '') return UNKNOWN;
    const value = this.#number(trimmed);
    if (value !== undefined) return this.#scaled(value, target, place);
    this.wasWord = this.#words.has(folded(trimmed));
    return this.wasWord ? UNKNOWN : `expected ${nameOf(target, place)} to be a number${this.#hint(trimmed)}, got ${quoteField(trimmed)}`;
  }

  /** The same of a value of JSON: a number, a text that is one, or null or an empty text for no value, which both say so. */
  readJson(value: unknown, target: Target, place: string | number): number | string {
    if (typeof value === 'number') {
      this.wasWord = false;
      return this.#scaled(value, target, place);
    }
    if (typeof value === 'string') {
      const read = this.read(value, target, place);
      this.wasWord ||= trimSpaces(value) === '';
      return read;
    }
    this.wasWord = value === null;
    if (value === null || value === undefined) return UNKNOWN;
    return `expected ${nameOf(target, place)} to be a number, got ${jsonKind(value)}`;
  }

  #scaled(value: number, target: Target, place: string | number): number | string {
    this.wasWord = isNoValue(value) || this.#numbers.has(value);
    if (this.wasWord) return UNKNOWN;
    const scaled = value * target.scale + target.offset;
    if (Number.isFinite(scaled)) return scaled;
    return `expected ${nameOf(target, place)} to be a finite number after scale ${target.scale} and offset ${target.offset}, got ${value}`;
  }

  #number(written: string): number | undefined {
    const text = this.#grouped?.whole.test(written) ? written.replace(this.#grouped.separator, '') : written;
    if (!this.#comma) return parseNumber(text);
    return text.includes('.') ? undefined : parseNumber(text.replace(',', '.'));
  }

  #hint(text: string): string {
    if (this.#comma) return /^[+-]?\d+\.\d+$/.test(text) ? ' with a decimal comma' : '';
    return /^[+-]?\d+,\d+$/.test(text) ? ' with a decimal point' : '';
  }
}

function nameOf({ measure }: Target, place: string | number): string {
  if (typeof place === 'number') return `${measure} (column ${place})`;
  return folded(place) === folded(measure) ? measure : `${measure} (${quoteField(place).slice(1, -1)})`;
}

/** Numbers whose digits stand in groups of three from the decimal sign on, all of them. */
interface Grouping {
  readonly whole: RegExp;
  readonly separator: RegExp;
}

function groupingOf(thousands: Thousands, decimal: string): Grouping {
  const separator = thousands === ' ' ? '[ \\u00a0\\u2009\\u202f]' : thousands === "'" ? "['\\u2019]" : `[${thousands}]`;
  return { whole: new RegExp(`^[+-]?\\d{1,3}(?:${separator}\\d{3})+(?:[${decimal}]\\d*)?$`), separator: new RegExp(separator, 'g') };
}

/** What a value of JSON is, for people: `true`, `a list`, `an object`. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? quoteField(value) : (JSON.stringify(value) ?? 'nothing');
}
