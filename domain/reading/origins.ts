/** Where rows come from: a file that was dropped, or a topic. */
export interface Origin {
  /** What makes it one of its receiver: the claim of a file, a topic. */
  readonly key: string;
  /** The file's name as it was dropped, or `mqtt:` and the topic. */
  readonly name: string;
  /** Of a file: its bytes so far, and their CRC-32 in hexadecimal; null of a topic. */
  readonly digest: { readonly bytes: number; readonly crc32: string } | null;
}

/** Where the rows of a batch come from. */
export interface RowOrigins {
  readonly sources: readonly Origin[];
  /** By row: its source, an index in `sources`. */
  readonly source: Uint32Array;
  /** By row: the physical line on which it begins, from 1, within the file or the payload. */
  readonly line: Uint32Array;
  /** No row is known to lack a cell: nobody has to look. */
  readonly whole: boolean;
}

/** Gives so many bytes. */
export type Memory = (bytes: number) => ArrayBufferLike;

/** Origins that can be filled. */
export class OriginColumns implements RowOrigins {
  readonly sources: Origin[] = [];
  readonly source: Uint32Array;
  readonly line: Uint32Array;
  whole = false;
  readonly #numbers = new Map<string, number>();

  constructor(capacity: number, memory: Memory) {
    this.source = new Uint32Array(memory(4 * capacity));
    this.line = new Uint32Array(memory(4 * capacity));
  }

  /** The number of the source with a key, or undefined. */
  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  /** The number of a source, which is known as it is now from here on. */
  note(source: Origin): number {
    const number = this.#numbers.get(source.key) ?? this.sources.length;
    this.sources[number] = source;
    this.#numbers.set(source.key, number);
    return number;
  }

  clear(): void {
    this.whole = true;
    this.sources.length = 0;
    this.#numbers.clear();
  }
}
