import { quoteField, trimSpaces } from '../../csv/fields.ts';
import type { Format, Place } from '../format.ts';
import type { Tags } from '../tags.ts';
import { folded, type Target, targetOf } from '../values.ts';

/** A column with values of a measure. */
export interface Cell {
  readonly index: number;
  readonly place: Place;
  readonly target: Target;
  /** The column of its own quality, or -1. */
  readonly quality: number;
}

/** Where in a record everything stands: numbers of columns from 0, or -1 for what is none of the format's. */
export interface Columns {
  /** How many fields a record has, undefined without a header: then at least `least`. */
  readonly count: number | undefined;
  readonly least: number;
  readonly time: readonly number[];
  readonly pump: number;
  readonly tag: number;
  readonly value: number;
  readonly quality: number;
  /** The values of a row: a list for each pump; without an id it is the pump of the record or source. */
  readonly rows: readonly { readonly pump: string | undefined; readonly cells: readonly Cell[] }[];
  /** Heads of columns that map to nothing, where heads are tags. */
  readonly ignored: readonly string[];
}

/** Why a line can't be the header: what it lacks, and how much of what is needed it has. */
export interface NoHeader {
  readonly problem: string;
  readonly found: number;
}

/** The columns of a format for the names of a header, or, without names, by number alone. */
export function columnsOf(format: Format, tags: Tags, names: readonly string[] | undefined): Columns | NoHeader {
  return new Search(format, tags, names).columns();
}

class Search {
  readonly #format: Format;
  readonly #tags: Tags;
  readonly #names: readonly string[] | undefined;
  readonly #places: readonly string[];
  readonly #problems: string[] = [];
  readonly #used = new Set<number>();
  #found = 0;

  constructor(format: Format, tags: Tags, names: readonly string[] | undefined) {
    this.#format = format;
    this.#tags = tags;
    this.#names = names;
    this.#places = (names ?? []).map(folded);
  }

  columns(): Columns | NoHeader {
    const { time, pump, tag, value, quality } = this.#format;
    const found = {
      time: time.places.map((place) => this.#index(place)),
      pump: pump?.kind === 'place' ? this.#index(pump.place) : -1,
      tag: tag?.from.kind === 'place' ? this.#index(tag.from.place) : -1,
      value: value === undefined ? -1 : this.#index(value),
      quality: quality?.place === undefined ? -1 : this.#index(quality.place),
    };
    const { rows, ignored } = tag?.from.kind === 'header' ? this.#tagged() : { rows: tag ? [] : [this.#measured()], ignored: [] };
    if (this.#problems.length > 0) return { problem: this.#problems.join(', and '), found: this.#found };
    return { ...found, rows, ignored, count: this.#names?.length, least: Math.max(0, ...this.#used) + 1 };
  }

  #measured(): Columns['rows'][number] {
    const cells = this.#format.measures.map((source): Cell => {
      const there = source.from.filter((place) => this.#has(place));
      if (there.length > 1) this.#problems.push(`has ${there.map(text).join(' and ')}, both for ${source.measure}`);
      const place = there[0] ?? source.from[0];
      const index = there.length > 0 ? this.#index(place) : this.#lack(source.from, source.measure);
      return { index, place, target: targetOf(source), quality: source.quality === undefined ? -1 : this.#index(source.quality) };
    });
    return { pump: undefined, cells };
  }

  /** Columns whose heads are tags, by pump. */
  #tagged(): Pick<Columns, 'rows' | 'ignored'> {
    const rows = new Map<string | undefined, Cell[]>();
    const ignored: string[] = [];
    for (const [index, name] of (this.#names ?? []).entries()) {
      if (this.#used.has(index) || name === '') continue;
      const meaning = this.#tags.meaningOf(name);
      if (!meaning) {
        ignored.push(name);
        continue;
      }
      const cells = rows.get(meaning.pump) ?? [];
      rows.set(meaning.pump, cells);
      const same = cells.find(({ target }) => target.column === meaning.target.column);
      if (same) this.#problems.push(`has ${text(same.place)} and ${text(name)}, both for ${meaning.target.measure} of one pump`);
      cells.push({ index, place: name, target: meaning.target, quality: -1 });
      this.#found++;
    }
    if (rows.size === 0) this.#problems.push(`has no column whose head fits formats.${this.#format.name}.tag and names a measure`);
    return { rows: [...rows].map(([pump, cells]) => ({ pump, cells })), ignored };
  }

  #has(place: Place): boolean {
    return typeof place === 'number' ? place <= (this.#names?.length ?? Infinity) : this.#places.includes(folded(place));
  }

  #index(place: Place): number {
    if (!this.#has(place)) return this.#lack([place]);
    const index = typeof place === 'number' ? place - 1 : this.#named(place);
    this.#used.add(index);
    this.#found++;
    return index;
  }

  /** A name that stands twice in any case may stand once as it is written. */
  #named(name: string): number {
    const index = this.#places.indexOf(folded(name));
    if (this.#places.lastIndexOf(folded(name)) === index) return index;
    const same = this.#names!.filter((other) => other === name);
    if (same.length !== 1) this.#problems.push(`names ${text(name)} twice`);
    return this.#names!.indexOf(name);
  }

  #lack(places: readonly Place[], measure?: string): -1 {
    this.#problems.push(`lacks ${places.map(text).join(' or ')}${measure === undefined ? '' : ` for ${measure}`}`);
    return -1;
  }
}

/** The names of a header line from its fields. */
export function namesOf(fields: readonly string[]): string[] {
  return fields.map((field) => trimSpaces(field.replace(/^\ufeff/, '')).trim());
}

/** Whether a record fits a header but for empty fields at its end, as some exports have them. */
export function fitsHeader(fields: readonly string[], { count, least }: Columns): boolean {
  if (count === undefined) return fields.length >= least;
  return fields.length === count || (fields.length > count && fields.slice(count).every((field) => field.trim() === ''));
}

function text(place: Place): string {
  return typeof place === 'number' ? `column ${place}` : quoteField(place).slice(1, -1);
}
