import { isPumpId, pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { Format } from './format.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { folded, type Target, targetOf } from './values.ts';

/** What a tag stands for: a measure, and the pump when the tag names it. */
export interface TagMeaning {
  readonly target: Target;
  readonly pump: string | undefined;
}

/** So many tags are remembered; then it begins anew. */
const MOST_KEPT = 65_536;
/** A tag is looked at up to this length, in characters. */
const LONGEST_TAG = 256;

/** The names of measures in a source, in any case. */
export function targetsOf({ measures }: Pick<Format, 'measures'>): ReadonlyMap<string, Target> {
  return new Map(measures.flatMap((source) => source.from.map((name) => [folded(name), targetOf(source)] as const)));
}

/** What the tags of a format stand for; each is looked at once. */
export class Tags {
  readonly #pattern: Pattern | undefined;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #known = new Map<string, TagMeaning | undefined>();

  constructor(format: Format) {
    this.#pattern = format.tag?.pattern === undefined ? undefined : compilePattern(format.tag.pattern);
    this.#targets = targetsOf(format);
  }

  /** What a tag stands for; undefined for one that maps to nothing. */
  meaningOf(tag: string): TagMeaning | undefined {
    const known = this.#known.get(tag);
    if (known !== undefined || this.#known.has(tag)) return known;
    const meaning = tag.length > LONGEST_TAG ? undefined : this.#find(tag);
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(Buffer.from(tag).toString(), meaning); // a copy: the tag may be a part of a long text
    return meaning;
  }

  #find(tag: string): TagMeaning | undefined {
    const groups = this.#pattern ? this.#pattern.whole(tag) : { measure: tag };
    const target = groups && this.#targets.get(folded(groups.measure ?? ''));
    if (!target) return undefined;
    const pump = groups.pump === undefined ? undefined : pumpIdOf(groups.pump);
    return pump === undefined || isPumpId(pump) ? { target, pump } : undefined;
  }
}
