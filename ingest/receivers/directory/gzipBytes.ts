import { closeSync, openSync, readSync } from 'node:fs';
import { createGunzip, type Gunzip } from 'node:zlib';

const INPUT_BYTES = 64 * 1024;
const OUTPUT_BYTES = 256 * 1024;

/**
 * The text of a gzip file, decompressed piece by piece: a bomb costs time, not memory. A file that is damaged gives all
 * that stands before the damage, and then throws zlib's error: a wrong check sum, or rubbish behind the end, costs no row.
 *
 *   bold ──(zlib refuses an input)──► careful ──(it refuses a byte)──► throws
 *     #refill                          #startCarefully
 *
 * zlib gives nothing of an input that it refuses. So a file is begun anew after the first refusal, and from the refused
 * input on it gets one byte at a time.
 */
export class GzipBytes {
  readonly #path: string;
  #inflating: Inflating;
  /** Bytes of text that have been given. */
  #given = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** What zlib said when it refused an input. */
  #damage: Error | undefined;

  private constructor(path: string) {
    this.#path = path;
    this.#inflating = new Inflating(path, Infinity);
  }

  /** There is no way into the middle of a gzip file: what lies before the offset is decompressed and passed over. */
  static async open(path: string, offset: number): Promise<GzipBytes> {
    const bytes = new GzipBytes(path);
    await bytes.#pass(offset);
    return bytes;
  }

  async read(into: Buffer, at: number): Promise<number> {
    if (!(await this.#refill())) return 0;
    const count = this.#rest.copy(into, at);
    this.#rest = this.#rest.subarray(count);
    this.#given += count;
    return count;
  }

  close(): void {
    this.#inflating.close();
  }

  /** Passes over text that somebody has already, as far as there is any. */
  async #pass(offset: number): Promise<void> {
    while (this.#given < offset && (await this.#refill())) {
      const passed = Math.min(offset - this.#given, this.#rest.length);
      this.#rest = this.#rest.subarray(passed);
      this.#given += passed;
    }
  }

  async #refill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const piece = await this.#inflating.next().catch((error: unknown) => this.#startCarefully(error));
      if (piece === undefined && this.#damage) throw this.#damage; // byte by byte zlib passes over rubbish behind the end
      if (piece === undefined) return false;
      this.#rest = piece;
    }
    return true;
  }

  /** Begins anew, with single bytes from the refused input on; throws the error when that is what was done already. */
  async #startCarefully(error: unknown): Promise<Buffer | undefined> {
    const { refusedAt, isCareful } = this.#inflating;
    if (isCareful || refusedAt === undefined || !(error instanceof Error)) throw error;
    this.#damage = error;
    this.#inflating.close();
    this.#inflating = new Inflating(this.#path, refusedAt);
    const given = this.#given;
    this.#given = 0;
    await this.#pass(given);
    return this.#rest;
  }
}

/** One pass of zlib over a file. */
class Inflating {
  readonly #fd: number;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  readonly #input = Buffer.allocUnsafe(INPUT_BYTES);
  /** From this offset of the file on, zlib gets single bytes. */
  readonly #carefulFrom: number;
  #offset = 0;
  /** Where the input stands that zlib has now. */
  #inputAt = 0;
  #writing = false;
  #ended = false;
  #error: unknown;
  #changed: () => void = () => {};
  /** Where the input stands that zlib refused. */
  refusedAt: number | undefined;

  constructor(path: string, carefulFrom: number) {
    this.#fd = openSync(path, 'r');
    this.#carefulFrom = carefulFrom;
    this.#gunzip.on('readable', () => this.#changed());
    this.#gunzip.on('end', () => {
      this.#ended = true;
      this.#changed();
    });
    this.#gunzip.on('error', (error) => {
      this.#error = error;
      this.refusedAt = this.#inputAt;
      this.#changed();
    });
  }

  get isCareful(): boolean {
    return this.#carefulFrom < Infinity;
  }

  /** The next piece of text, undefined at the end. Throws zlib's error. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const piece = this.#gunzip.read() as Buffer | null;
      if (piece) return piece;
      if (this.#error !== undefined) throw this.#error as Error;
      if (this.#ended) return undefined;
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      if (!this.#writing) this.#writeNext();
      await changed;
    }
  }

  close(): void {
    this.#gunzip.destroy();
    closeSync(this.#fd);
  }

  #writeNext(): void {
    this.#writing = true;
    this.#inputAt = this.#offset;
    const most = this.#offset >= this.#carefulFrom ? 1 : Math.min(INPUT_BYTES, this.#carefulFrom - this.#offset);
    const count = readSync(this.#fd, this.#input, 0, most, this.#offset);
    this.#offset += count;
    // After the end nothing more is written: `next` waits for what zlib still has.
    if (count === 0) return void this.#gunzip.end();
    this.#gunzip.write(this.#input.subarray(0, count), () => {
      this.#writing = false;
      this.#changed();
    });
  }
}
