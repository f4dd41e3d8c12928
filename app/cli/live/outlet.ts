import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Standard output or standard error. */
export type StandardStream = NodeJS.WriteStream & { readonly fd: number };

export interface OutletOptions {
  /** So many bytes may wait for whoever reads. */
  readonly mostUnread?: number;
  /** Something is refused, for the first time since all was taken. */
  readonly onRefused?: () => void;
  /** It goes on: what waited is written. `refused` is how many writes were refused. */
  readonly onAgain?: (refused: number) => void;
}

const MOST_UNREAD = 1_048_576;

/**
 * Where a job writes that goes on whether somebody reads or not: a stalled terminal, a pipe that nobody empties and a full
 * disk hold nothing up. A write is taken whole or refused; what waits is bounded. One whose reader is gone takes all, and
 * forgets it.
 */
export class Outlet {
  readonly #stream: StandardStream;
  readonly #options: OutletOptions;
  readonly #isFile: boolean;
  #refused = 0;
  #torn = false;
  #gone = false;

  constructor(stream: StandardStream, options: OutletOptions = {}) {
    this.#stream = stream;
    this.#options = options;
    this.#isFile = !(stream instanceof Socket); // terminals are sockets too
    if (stream.isTTY) letGo(stream);
    stream.on('error', () => (this.#gone = true)).on('drain', () => this.#goOn());
  }

  get isTTY(): boolean {
    return this.#stream.isTTY;
  }

  get columns(): number {
    return this.#stream.columns;
  }

  get rows(): number {
    return this.#stream.rows;
  }

  /** Whether the text was taken. */
  write(text: string): boolean {
    if (this.#gone) return true;
    const taken = this.#isFile ? this.#append(text) : this.#queue(text);
    if (!taken && this.#refused++ === 0) this.#options.onRefused?.();
    return taken;
  }

  /** Whether a write would be refused, until the rest is read. A file is always tried again. */
  get closed(): boolean {
    return !this.#isFile && this.#refused > 0;
  }

  #queue(text: string): boolean {
    // Once something was left out, all is left out until the rest is read: pieces would tell less.
    if (this.#refused > 0 || this.#stream.writableLength >= (this.#options.mostUnread ?? MOST_UNREAD)) return false;
    this.#stream.write(text);
    return true;
  }

  /** A file takes what is written at once, or its disk is full; what follows a torn line begins a new one. */
  #append(text: string): boolean {
    const bytes = Buffer.from(this.#torn ? `\n${text}` : text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#stream.fd, bytes, written);
    } catch {
      this.#torn ||= written > 0; // counted as refused, and told by whoever writes
      return false;
    }
    this.#torn = false;
    this.#goOn();
    return true;
  }

  #goOn(): void {
    const refused = this.#refused;
    if (refused === 0) return;
    this.#refused = 0;
    this.#options.onAgain?.(refused);
  }
}

/** Node waits for terminals by default, with the thread that writes. */
function letGo(terminal: StandardStream): void {
  const { _handle: handle } = terminal as StandardStream & { readonly _handle?: { setBlocking?(on: boolean): unknown } };
  handle?.setBlocking?.(false);
}
