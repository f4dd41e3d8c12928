import { createHash } from 'node:crypto';
import { isUnknown, MEASURES, UNKNOWN } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { readingKey } from '../../domain/reading/rowKey.ts';

const CHUNK = 65_536;
/** A pump id has at most 64 code points of up to 4 bytes, the rest of the key takes less than half of that. */
const LONGEST_ROW = 384 + 8 * MEASURES.length;

/**
 * SHA-256 over rows as the wide-column table has them, one after the other:
 *
 *   the row key in UTF-8, a zero byte, then the values as 8-byte big-endian IEEE doubles in the order of MEASURES, NaN where
 *   a cell is missing
 */
export class RowDigest {
  readonly #hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafe(CHUNK);
  #length = 0;

  add(pump: string, { time, values }: Readings, row: number): void {
    if (this.#length > CHUNK - LONGEST_ROW) this.#flush();
    const chunk = this.#chunk;
    this.#length += chunk.write(`${readingKey(pump, time[row])}\0`, this.#length);
    for (const column of values) this.#length = chunk.writeDoubleBE(isUnknown(column[row]) ? UNKNOWN : column[row], this.#length);
  }

  /** In hexadecimal; nothing can be added afterwards. */
  end(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#length));
    this.#length = 0;
  }
}
