import { DAY_MS, dayOf, formatDay } from '../../../domain/reading/wallClock.ts';

const UNDERSCORE = 0x5f;
const COLON = 0x3a;
const DOT = 0x2e;
const ZERO = 0x30;
/** A pump id has up to 64 code points of up to 4 bytes; `_YYYY-MM-DD_HH:mm:ss.mmm` is what can follow. */
const MOST_BYTES = 64 * 4 + 24;

/** Writes the row keys of readings, see `readingKey`, as UTF-8 and without a string for each. */
export class KeyWriter {
  /** The key that was written last, up to `length`. */
  readonly bytes = new Uint8Array(MOST_BYTES);
  length = 0;
  #prefix = 0;
  #day = NaN;

  /** The pump of the keys that follow. */
  setPump(pump: string): void {
    this.#prefix = Buffer.from(this.bytes.buffer).write(pump);
    this.bytes[this.#prefix++] = UNDERSCORE;
    this.#day = NaN;
  }

  /** Writes the key of a wall time; gives its length. */
  write(time: number): number {
    const { bytes } = this;
    const day = dayOf(time);
    let at = this.#prefix;
    if (day !== this.#day) {
      Buffer.from(bytes.buffer).write(formatDay(day), at, 'latin1');
      this.#day = day;
    }
    at += 10;
    bytes[at++] = UNDERSCORE;
    let ms = time - day * DAY_MS;
    const minutes = Math.floor(ms / 60_000);
    ms -= minutes * 60_000;
    at = this.#two(Math.floor(minutes / 60), at);
    bytes[at++] = COLON;
    at = this.#two(minutes % 60, at);
    if (ms > 0) at = this.#seconds(ms, at);
    this.length = at;
    return at;
  }

  #seconds(ms: number, from: number): number {
    const { bytes } = this;
    let at = from;
    bytes[at++] = COLON;
    at = this.#two(Math.floor(ms / 1000), at);
    const rest = ms % 1000;
    if (rest === 0) return at;
    bytes[at++] = DOT;
    bytes[at++] = ZERO + Math.floor(rest / 100);
    return this.#two(rest % 100, at);
  }

  #two(number: number, at: number): number {
    this.bytes[at] = ZERO + Math.floor(number / 10);
    this.bytes[at + 1] = ZERO + (number % 10);
    return at + 2;
  }
}
