import type { Readings } from '../../domain/reading/readings.ts';
import type { Piece, PieceColumn } from './pieces.ts';

/** Some readings of one pump, gathered in the columns that are asked for: pump, at, the measures, received_at. */
export class ReadingSlice {
  readonly #columns: readonly SliceColumn[];
  #pump = '';
  rows = 0;

  constructor(columns: readonly number[], measures: number) {
    this.#columns = columns.map((column) => (column === 1 || column === measures + 2 ? new Times(column === 1) : column === 0 ? undefined : new Doubles(column - 2)));
  }

  add(readings: Readings): void {
    this.#pump = readings.names[readings.pump[0]];
    for (const column of this.#columns) column?.add(readings, this.rows);
    this.rows += readings.length;
  }

  /** What was gathered; it holds no more of it. */
  take(): Piece {
    const { rows } = this;
    this.rows = 0;
    // The next slice is about as large.
    const room = rows + FIRST_ROWS;
    return { rows, columns: this.#columns.map((column): PieceColumn => column?.take(room) ?? { kind: 'same', text: this.#pump }) };
  }
}

interface Gathered {
  /** Appends a column of readings, behind so many rows. */
  add(readings: Readings, at: number): void;
  /** What was gathered; makes room for so many rows. */
  take(room: number): PieceColumn;
}
type SliceColumn = Gathered | undefined;

const WORD = 2 ** 32;
const FIRST_ROWS = 4096;

/** Milliseconds as 64-bit microseconds, which are no longer exact as doubles after the year 2255: so by halves, from the time before. */
class Times implements Gathered {
  readonly #isAt: boolean;
  #words = new Uint32Array(2 * FIRST_ROWS);

  constructor(isAt: boolean) {
    this.#isAt = isAt;
  }

  add({ time, receivedAt, length }: Readings, at: number): void {
    const times = this.#isAt ? time : receivedAt;
    if (2 * (at + length) > this.#words.length) this.#words = grown(this.#words, 2 * (at + length));
    const words = this.#words;
    let before = NaN;
    let low = 0;
    let high = 0;
    for (let i = 0, w = 2 * at; i < length; i++) {
      const step = (times[i] - before) * 1000;
      before = times[i];
      if (step >= 0 && step < WORD) {
        low += step;
        if (low >= WORD) {
          low -= WORD;
          high++;
        }
      } else {
        const micros = (before >>> 0) * 1000;
        low = micros % WORD;
        high = Math.floor(before / WORD) * 1000 + Math.floor(micros / WORD);
      }
      words[w++] = low;
      words[w++] = high;
    }
  }

  take(room: number): PieceColumn {
    const { buffer } = this.#words;
    this.#words = new Uint32Array(2 * room);
    return { kind: 'bytes', bytes: buffer, width: 8, valid: undefined };
  }
}

class Doubles implements Gathered {
  readonly #measure: number;
  #values = new Float64Array(FIRST_ROWS);
  /** A bit for each value, 1 where it is no NaN; undefined while all are none. */
  #valid: Uint8Array<ArrayBuffer> | undefined;

  constructor(measure: number) {
    this.#measure = measure;
  }

  add({ values, length }: Readings, at: number): void {
    if (at + length > this.#values.length) {
      this.#values = grown(this.#values, at + length);
      if (this.#valid) this.#valid = widened(this.#valid, this.#values.length);
    }
    const column = values[this.#measure];
    this.#values.set(column.subarray(0, length), at);
    for (let i = 0; i < length; i++) {
      if (column[i] === column[i]) continue;
      this.#valid ??= widened(new Uint8Array(0), this.#values.length);
      this.#valid[(at + i) >> 3] &= ~(1 << ((at + i) & 7));
    }
  }

  take(room: number): PieceColumn {
    const column: PieceColumn = { kind: 'bytes', bytes: this.#values.buffer, width: 8, valid: this.#valid?.buffer };
    this.#values = new Float64Array(room);
    this.#valid = undefined;
    return column;
  }
}

/** The same array with room for so many entries, and as many as it had at least. */
function grown<T extends Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(array: T, least: number): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.max(least, 2 * array.length));
  larger.set(array);
  return larger;
}

/** Bits for so many values, in words of 64: those that are new are 1. */
function widened(bits: Uint8Array, values: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(8 * Math.ceil(values / 64)).fill(0xff);
  wider.set(bits);
  return wider;
}
