import { type ReadStream, closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { type Gunzip, createGunzip } from 'node:zlib';

/** The bytes of a file from an offset on, decompressed where the name says so. */
export interface ByteSource {
  /**
   * Fills `into` from `at` on and gives the number of bytes, 0 at the end. Throws the system's error. The code of one for
   * broken gzip begins with `Z_`.
   */
  read(into: Buffer, at: number): Promise<number>;
  close(): void;
}

/** Opens a claimed file at an offset, counted in bytes of text. */
export async function openBytes(path: string, offset: number): Promise<ByteSource> {
  // An empty file is no gzip, but an empty file.
  return /\.gz$/i.test(path) && look(path).size > 0 ? GzipBytes.open(path, offset) : new PlainBytes(path, offset);
}

/** When a file was last changed and how long it is now. */
export function look(path: string): { size: number; mtimeMs: number } {
  const fd = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(fd);
    return { size, mtimeMs };
  } finally {
    closeSync(fd);
  }
}

class PlainBytes implements ByteSource {
  readonly #fd: number;
  #offset: number;

  constructor(path: string, offset: number) {
    this.#fd = openSync(path, 'r');
    this.#offset = offset;
  }

  async read(into: Buffer, at: number): Promise<number> {
    const count = readSync(this.#fd, into, at, into.length - at, this.#offset);
    this.#offset += count;
    return count;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Decompresses piece by piece: a bomb costs time, not memory. */
class GzipBytes implements ByteSource {
  readonly #file: ReadStream;
  readonly #pieces: AsyncIterator<Buffer, undefined>;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(path: string) {
    this.#file = createReadStream(path);
    const gunzip: Gunzip = createGunzip({ chunkSize: 256 * 1024 });
    this.#file.on('error', (error) => gunzip.destroy(error));
    this.#pieces = this.#file.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  /** There is no way into the middle of a gzip file: what lies before the offset is decompressed and passed over. */
  static async open(path: string, offset: number): Promise<GzipBytes> {
    const bytes = new GzipBytes(path);
    let left = offset;
    while (left > 0 && (await bytes.#fill())) {
      const passed = Math.min(left, bytes.#rest.length);
      bytes.#rest = bytes.#rest.subarray(passed);
      left -= passed;
    }
    return bytes;
  }

  async read(into: Buffer, at: number): Promise<number> {
    if (!(await this.#fill())) return 0;
    const count = this.#rest.copy(into, at);
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  close(): void {
    this.#file.destroy();
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const piece = await this.#pieces.next();
      if (piece.done) return false;
      this.#rest = piece.value;
    }
    return true;
  }
}
