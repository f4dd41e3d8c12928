import type { Breach } from '../../../domain/alarm/breach.ts';
import { isUnknown, measureIndex, MEASURES } from '../../../domain/reading/measures.ts';
import { cellReceipt, type Readings } from '../../../domain/reading/readings.ts';
import { alertColumn, DATA_COLUMNS, dataColumn, encodeValue, thresholdColumn } from '../cells/cells.ts';
import { encodeColumn } from '../gateway/rows.ts';
import { KeyWriter } from './keyWriter.ts';

const HEAD = ascii('{"Row":[');
const TAIL = ascii(']}');
const ROW_HEAD = ascii('{"key":"');
const CELLS_HEAD = ascii('","Cell":[');
const ROW_TAIL = ascii(']}');
const COMMA = 0x2c;
const PAD = 0x3d;
const BASE64 = ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
/** A value's 8 bytes are 11 digits of base64 and a `=`. */
const VALUE_DIGITS = 12;
/** A key, a cell of each measure with the longest timestamp, and what stands between. */
const MOST_ROW_BYTES = 1024 + 160 * MEASURES.length;

/**
 * The body of a put of many rows, written as bytes: no object and no string for a row or a cell.
 *
 *   {"Row":[{"key":"Q09IVV…","Cell":[{"column":"ZGF0YTpoeg==","timestamp":1394413260000,"$":"QCSKPXCj1wo="}, …]}, …]}
 *
 * The cells of rows that were received at the same time differ in their values only. So they are copied from a
 * template, and the values are written over its gaps.
 */
export class PutBody {
  #buffer: Buffer;
  #length = 0;
  readonly #key = new KeyWriter();
  #pump: string | undefined;
  #receivedAt = NaN;
  #template: Uint8Array = new Uint8Array(0);
  /** Where in the template each value begins. */
  readonly #gaps = new Uint32Array(MEASURES.length);
  readonly #value = new DataView(new ArrayBuffer(8));
  readonly #valueBytes = new Uint8Array(this.#value.buffer);

  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafe(Math.max(bytes, MOST_ROW_BYTES));
  }

  get byteLength(): number {
    return this.#length;
  }

  /** Empties it, for the rows to come. */
  clear(): void {
    this.#length = 0;
    this.#put(HEAD);
  }

  /** Appends a reading, and the alerts that it raises. */
  add(rows: Readings, row: number, breaches: readonly Breach[]): void {
    this.#reserve(MOST_ROW_BYTES);
    const pump = rows.names[rows.pump[row]];
    if (pump !== this.#pump) {
      this.#key.setPump(pump);
      this.#pump = pump;
    }
    if (this.#length > HEAD.length) this.#buffer[this.#length++] = COMMA;
    this.#put(ROW_HEAD);
    this.#putBase64(this.#key.bytes, this.#key.write(rows.time[row]));
    this.#put(CELLS_HEAD);
    this.#putReading(rows, row);
    for (const { rule } of breaches) {
      const timestamp = cellReceipt(rows, row, measureIndex[rule.measure]);
      this.#putCell(alertColumn(rule.measure), timestamp, rows.values[measureIndex[rule.measure]][row]);
      this.#putCell(thresholdColumn(rule.measure, rule.id), timestamp, rule.threshold);
    }
    this.#put(ROW_TAIL);
  }

  /** The whole body; it holds until the next `clear`. */
  end(): Uint8Array {
    this.#put(TAIL);
    return this.#buffer.subarray(0, this.#length);
  }

  #putReading(rows: Readings, row: number): void {
    const { receivedAt, values } = rows;
    if (rows.cellReceipts) return this.#putKnown(rows, row);
    for (let c = 0; c < MEASURES.length; c++) if (isUnknown(values[c][row])) return this.#putKnown(rows, row);
    if (receivedAt[row] !== this.#receivedAt) this.#makeTemplate(receivedAt[row]);
    const at = this.#length;
    this.#put(this.#template);
    for (let c = 0; c < MEASURES.length; c++) this.#putValue(values[c][row], at + this.#gaps[c]);
  }

  /** A row that lacks measures has no cells of them; others may have come at different times. */
  #putKnown(rows: Readings, row: number): void {
    let first = true;
    for (let c = 0; c < MEASURES.length; c++) {
      const value = rows.values[c][row];
      if (isUnknown(value)) continue;
      this.#putCell(dataColumn(MEASURES[c]), cellReceipt(rows, row, c), value, first);
      first = false;
    }
  }

  #makeTemplate(receivedAt: number): void {
    let text = '';
    DATA_COLUMNS.forEach((column, index) => {
      text += `${index === 0 ? '' : ','}{"column":"${column}","timestamp":${receivedAt},"$":"`;
      this.#gaps[index] = text.length;
      text += `${' '.repeat(VALUE_DIGITS)}"}`;
    });
    this.#template = ascii(text);
    this.#receivedAt = receivedAt;
  }

  #putCell(column: string, timestamp: number, value: number, first = false): void {
    this.#reserve(MOST_ROW_BYTES);
    this.#length += this.#buffer.write(
      `${first ? '' : ','}{"column":"${encodeColumn(column)}","timestamp":${timestamp},"$":"${encodeValue(value)}"}`,
      this.#length,
      'latin1',
    );
  }

  #put(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #putValue(value: number, at: number): void {
    this.#value.setFloat64(0, value);
    const bytes = this.#valueBytes;
    const buffer = this.#buffer;
    for (let from = 0, to = at; from < 6; from += 3, to += 4)
      putThree((bytes[from] << 16) | (bytes[from + 1] << 8) | bytes[from + 2], buffer, to);
    putThree(bytes[6] << 16 | bytes[7] << 8, buffer, at + 8);
    buffer[at + 11] = PAD;
  }

  #putBase64(bytes: Uint8Array, length: number): void {
    const buffer = this.#buffer;
    let to = this.#length;
    let from = 0;
    for (; from + 2 < length; from += 3, to += 4) putThree(bytes[from] << 16 | bytes[from + 1] << 8 | bytes[from + 2], buffer, to);
    if (from < length) {
      const last = from + 1 < length;
      putThree(bytes[from] << 16 | (last ? bytes[from + 1] << 8 : 0), buffer, to);
      if (!last) buffer[to + 2] = PAD;
      buffer[to + 3] = PAD;
      to += 4;
    }
    this.#length = to;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + bytes);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Three bytes as four digits of base64. */
function putThree(bits: number, to: Uint8Array, at: number): void {
  to[at] = BASE64[bits >> 18];
  to[at + 1] = BASE64[bits >> 12 & 63];
  to[at + 2] = BASE64[bits >> 6 & 63];
  to[at + 3] = BASE64[bits & 63];
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
