import { isPumpId, pumpIdOf } from '../../../../domain/pump/pumpId.ts';
import type { Format } from '../format.ts';
import { pumpReason, topicLevel } from '../sourceFacts.ts';
import type { Tally } from '../tally.ts';
import type { Tags } from '../tags.ts';
import type { TimeReader, Zoned } from '../timeReader.ts';
import { folded, jsonKind, type Target, targetOf, type ValueReader } from '../values.ts';
import { type PathReader, pathReader } from './path.ts';

/** A JSON format of the configuration, compiled once. */
export interface CompiledJson {
  readonly format: Format;
  readonly tags: Tags;
  readonly times: TimeReader;
  readonly values: ValueReader;
  readonly good: ReadonlySet<string>;
  readonly tally: Tally;
  readonly paths: ItemPaths;
}

/** Where in an item everything stands. */
export interface ItemPaths {
  readonly each: PathReader | undefined;
  readonly pump: PathReader | undefined;
  readonly tag: PathReader | undefined;
  readonly time: PathReader | undefined;
  readonly value: PathReader;
  readonly quality: PathReader | undefined;
  readonly measures: readonly {
    readonly target: Target;
    readonly places: readonly { readonly path: string; readonly read: PathReader }[];
    readonly quality: PathReader | undefined;
  }[];
}

/** One reading or value of a document. */
export interface Item {
  readonly item: unknown;
  readonly root: unknown;
  /** Its name in the object that it stands in, or the name of its list there. */
  readonly key: string | undefined;
  /** Its number in that list, from 0. */
  readonly index: number | undefined;
}

/** What an item has: values of a pump and time, nothing that is taken, or why it is none. */
export type ItemValues =
  | { readonly pump: string; readonly time: number; readonly cells: readonly { readonly target: Target; readonly value: number }[] }
  | 'leftOut'
  | { readonly reason: string };

/** Compiles the paths of a format. */
export function itemPaths({ each, pump, tag, time, value, quality, measures }: Format): ItemPaths {
  const reader = (place: string | number | undefined) => (place === undefined ? undefined : pathReader(String(place)));
  return {
    each: each === undefined || each === '.' ? undefined : pathReader(each),
    pump: pump?.kind === 'place' ? reader(pump.place) : undefined,
    tag: tag?.from.kind === 'place' ? reader(tag.from.place) : undefined,
    time: reader(time.places[0]),
    value: reader(value ?? '.')!,
    quality: reader(quality?.place),
    measures: measures.map((source) => ({
      target: targetOf(source),
      places: source.from.map((path) => ({ path: String(path), read: pathReader(String(path)) })),
      quality: reader(source.quality),
    })),
  };
}

/** Reads the items of a source's documents. */
export class Items {
  readonly #compiled: CompiledJson;
  readonly #source: string;
  readonly #sourcePump: string | undefined;
  readonly #receivedAt: number;
  zoned: Zoned;

  constructor(
    compiled: CompiledJson,
    { source, sourcePump, receivedAt, zoned }: { source: string; sourcePump: string | undefined; receivedAt: number; zoned: Zoned },
  ) {
    this.#compiled = compiled;
    this.#source = source;
    this.#sourcePump = sourcePump;
    this.#receivedAt = receivedAt;
    this.zoned = zoned;
  }

  /** The items of a document, or why there are none. */
  of(root: unknown): Item[] | { readonly reason: string } {
    const { format, paths } = this.#compiled;
    const found = paths.each ? paths.each(root, root) : root;
    if (isKeyed(format)) {
      if (typeof found === 'object' && found !== null && !Array.isArray(found)) return keyedItems(found, root);
      return { reason: `expected an object of ${format.tag ? 'values' : 'readings'}${at(format.each)}, got ${jsonKind(found)}` };
    }
    if (!paths.each) return [{ item: root, root, key: undefined, index: undefined }];
    if (Array.isArray(found)) return found.map((item: unknown) => ({ item, root, key: undefined, index: undefined }));
    return { reason: `expected a list${at(format.each)}, got ${jsonKind(found)}` };
  }

  /** What an item has. What is left out is noted. */
  read(item: Item): ItemValues {
    return this.#compiled.format.tag ? this.#readValue(item) : this.#readReading(item);
  }

  #readValue(one: Item): ItemValues {
    const { item, root } = one;
    const { tags, tally, values, paths, format } = this.#compiled;
    const tag = this.#tagOf(one);
    if (typeof tag !== 'string') return tag;
    const meaning = tags.meaningOf(tag);
    if (!meaning) {
      tally.note('tag', tag);
      return 'leftOut';
    }
    const time = this.#time(item, root);
    if (typeof time === 'string') return { reason: time };
    const pump = meaning.pump ?? this.#pump(one);
    if (typeof pump === 'object') return pump;
    if (!this.#isGood(paths.quality, item, root)) return 'leftOut';
    const value = values.readJson(paths.value(item, root), meaning.target, format.value ?? tag);
    if (typeof value === 'string') return { reason: value };
    if (!Number.isNaN(value)) return { pump, time, cells: [{ target: meaning.target, value }] };
    tally.note('noValue', meaning.target.measure);
    return 'leftOut';
  }

  #tagOf({ item, root, key }: Item): string | { readonly reason: string } {
    const { format, paths } = this.#compiled;
    const from = format.tag!.from;
    const tag = from.kind === 'key' ? key : from.kind === 'topic' ? topicLevel(this.#source, from.level) : paths.tag!(item, root);
    if (typeof tag === 'string' || typeof tag === 'number') return String(tag);
    const where = from.kind === 'place' ? ` at ${from.place}` : ' in the topic';
    return { reason: `expected a tag${where}, got ${jsonKind(tag)}` };
  }

  #readReading(one: Item): ItemValues {
    const { item, root } = one;
    const { paths, tally } = this.#compiled;
    const time = this.#time(item, root);
    if (typeof time === 'string') return { reason: time };
    const pump = this.#pump(one);
    if (typeof pump === 'object') return pump;
    const noted = tally.noted;
    if (!this.#isGood(paths.quality, item, root)) return 'leftOut';
    const cells: { target: Target; value: number }[] = [];
    for (const measure of paths.measures) {
      const value = this.#cell(measure, item, root);
      if (typeof value === 'string') return { reason: value };
      if (!Number.isNaN(value)) cells.push({ target: measure.target, value });
    }
    if (cells.length > 0) return { pump, time, cells };
    if (tally.noted > noted) return 'leftOut';
    const wanted = paths.measures.map(({ places }) => places.map(({ path }) => path).join(' or ')).join(', ');
    return { reason: `expected a value at ${wanted}, got none` };
  }

  #cell({ target, places, quality }: ItemPaths['measures'][number], item: unknown, root: unknown): number | string {
    const { values, tally } = this.#compiled;
    for (const { path, read } of places) {
      const found = read(item, root);
      if (found === undefined) continue;
      if (!this.#isGood(quality, item, root)) return NaN;
      const value = values.readJson(found, target, path);
      if (values.wasWord) tally.note('noValue', target.measure);
      return value;
    }
    return NaN;
  }

  #isGood(quality: PathReader | undefined, item: unknown, root: unknown): boolean {
    const { good, tally } = this.#compiled;
    const found = quality?.(item, root);
    // A quality that is left out is good, as gateways have it.
    if (found === undefined || found === null) return true;
    const word = typeof found === 'string' ? found : jsonKind(found);
    if (good.has(folded(word))) return true;
    tally.note('quality', word);
    return false;
  }

  #pump({ item, root, key }: Item): string | { readonly reason: string } {
    if (this.#sourcePump !== undefined) return this.#sourcePump;
    const { format, paths } = this.#compiled;
    const found = format.pump?.kind === 'key' ? key : paths.pump?.(item, root);
    const id = typeof found === 'string' || typeof found === 'number' ? pumpIdOf(String(found)) : '';
    return isPumpId(id) ? id : { reason: pumpReason(typeof found === 'string' ? found : jsonKind(found)) };
  }

  #time(item: unknown, root: unknown): number | string {
    const { times, paths, format } = this.#compiled;
    if (!paths.time) return times.ofReceipt(this.#receivedAt);
    const found = paths.time(item, root);
    if (typeof found !== 'string' && typeof found !== 'number')
      return `expected a time at ${format.time.places[0]}, got ${jsonKind(found)}`;
    const text = String(found).trim();
    const read = times.read(text, this.zoned);
    if (this.zoned === undefined && typeof read === 'number') this.zoned = times.isZoned(text);
    return read;
  }
}

/** Whether the items of a format stand in an object by their names, which are pumps or tags. */
export function isKeyed({ pump, tag }: Format): boolean {
  return pump?.kind === 'key' || tag?.from.kind === 'key';
}

function keyedItems(found: object, root: unknown): Item[] {
  return Object.entries(found).flatMap(([key, one]: [string, unknown]): Item[] =>
    Array.isArray(one) ? one.map((item: unknown, index) => ({ item, root, key, index })) : [{ item: one, root, key, index: undefined }]);
}

function at(path: string | undefined): string {
  return path === undefined || path === '.' ? '' : ` at ${path}`;
}
