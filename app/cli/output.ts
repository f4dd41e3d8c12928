import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Enough for a write to be worth it. */
const CHUNK = 65_536;

/**
 * Lines on their way to a stream. They are gathered into large writes, and `settle` waits while the
 * stream has enough: ten million lines need no more memory than a few.
 */
export class Output {
  readonly #stream: Writable;
  readonly isTTY: boolean;
  readonly #terminal: { readonly columns?: number } | undefined;
  #pending = '';

  constructor(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }) {
    this.#stream = stream;
    this.isTTY = stream.isTTY ?? false;
    this.#terminal = this.isTTY ? stream : undefined;
  }

  /** How wide a line may be: Infinity unless it is a terminal that says so. */
  get columns(): number {
    return this.#terminal?.columns || Infinity; // some terminals say 0
  }

  line(text: string): void {
    this.#pending += `${text}\n`;
  }

  /** To be awaited after every few thousand lines. */
  async settle(): Promise<void> {
    if (this.#pending.length >= CHUNK) await this.flush();
  }

  /** Hands everything to the stream. */
  async flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '' && !this.#stream.write(text)) await once(this.#stream, 'drain');
  }
}
