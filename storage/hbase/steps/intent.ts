import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredRule } from '../../../domain/alarm/rule.ts';
import { AppError } from '../../../domain/errors.ts';
import { diskTrouble } from '../../files/diskProblem.ts';
import { FIRST_MEASURES, MEASURES } from '../../../domain/reading/measures.ts';
import { syncFolder } from '../../journal/segments.ts';
import { columnBytes, rowColumns } from '../../files/rowColumns.ts';
import type { Plan } from './plan.ts';
import { NO_ORIGINS } from './plannedOrigins.ts';

/*
 * The intent: what the step that is under way will do, whole and checked, on disk before HBase hears of it.
 * One file that each step writes over; little-endian.
 *
 *   0    "WWI2"
 *   4    u32  crc32 of all that follows
 *   8    f64  number of the step
 *   16   u32  rows
 *   20   u32  bytes of JSON
 *   24   u32  measures, m
 *   28   u32  1 when cells have times of receipt of their own, else 0
 *   32   rows as columns, see rowColumns.ts: time f64[], receivedAt f64[], m measures f64[], perhaps m receipts f64[], pump u32[]
 *   …    JSON: everything else of the plan
 *
 * "WWI1" has the columns at 24 and lacks the number of measures, which are the first six.
 */
const MAGIC = 0x32495757;
const FIRST_MAGIC = 0x31495757;
const CHECKED_FROM = 8;
const HEADER_BYTES = 32;
const FIRST_HEADER_BYTES = 24;

/** What the JSON holds: a plan whose breaches name their rules by number. */
interface Rest extends Omit<Plan, 'rows' | 'breaches'> {
  /** The id of the ledger that it belongs to. */
  readonly ledger: string;
  readonly names: readonly string[];
  readonly rules: readonly StoredRule[];
  /** Row, and index in `rules`. */
  readonly breaches: readonly (readonly [number, number])[];
}

/** What intents lack that earlier versions wrote. */
const NOT_IN_OLDER = { rowsReplaced: 0, replacedAlerts: [], replays: [], sources: [], sourceCounts: [], origins: NO_ORIGINS };

/** Which step, by number, of which ledger. */
export interface StepOfLedger {
  readonly ledger: string;
  readonly step: number;
}

/** The file that holds the intent of the step under way. */
export class IntentFile {
  readonly #path: string;
  #fd: number;

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  /** Opens the file of a ledger's folder, and makes it when it isn't there. Throws STORE_UNAVAILABLE. */
  static open(dir: string): IntentFile {
    const path = join(dir, 'intent');
    try {
      const file = new IntentFile(path, openSync(path, 'a+'));
      closeSync(file.#fd);
      file.#fd = openSync(path, 'r+'); // one that appends could not write over
      syncFolder(dir);
      return file;
    } catch (error) {
      throw unavailable(path, error);
    }
  }

  /** Writes what a step will do; on disk when it returns. Throws STORE_UNAVAILABLE. */
  write({ ledger, step }: StepOfLedger, plan: Plan): void {
    const { rows, breaches, ...rest } = plan;
    const rules = [...new Set(breaches.map(({ rule }) => rule))];
    const names: Rest = {
      ...rest,
      ledger,
      names: rows.names,
      rules,
      breaches: breaches.map(({ row, rule }) => [row, rules.indexOf(rule)]),
    };
    const json = Buffer.from(JSON.stringify(names));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC);
    header.writeDoubleLE(step, 8);
    header.writeUInt32LE(rows.length, 16);
    header.writeUInt32LE(json.length, 20);
    header.writeUInt32LE(MEASURES.length, 24);
    header.writeUInt32LE(rows.cellReceipts ? 1 : 0, 28);
    header.writeUInt32LE(crc32(json, crc32(rows.bytes, crc32(header.subarray(CHECKED_FROM)))), 4);
    try {
      this.#writeAll([header, rows.bytes, json]);
      fdatasyncSync(this.#fd);
    } catch (error) {
      throw unavailable(this.#path, error);
    }
  }

  /**
   * The intent of a step, or undefined when that step was never begun: the file holds another. `damaged` when it is cut short
   * or changed.
   */
  read({ ledger, step }: StepOfLedger): Plan | 'damaged' | undefined {
    const bytes = this.#contents();
    if (bytes.length === 0) return undefined;
    const layout = layoutOf(bytes);
    if (!layout) return 'damaged';
    if (bytes.readDoubleLE(8) !== step) return undefined;
    const { columnsFrom } = layout;
    const rows = bytes.readUInt32LE(16);
    const jsonFrom = columnsFrom + columnBytes(rows, layout);
    const end = jsonFrom + bytes.readUInt32LE(20);
    if (end > bytes.length || crc32(bytes.subarray(CHECKED_FROM, end)) !== bytes.readUInt32LE(4)) return 'damaged';
    const { ledger: owner, names, rules, breaches, ...rest } = JSON.parse(bytes.toString('utf8', jsonFrom, end)) as Rest;
    if (owner !== ledger) return undefined;
    return {
      ...NOT_IN_OLDER,
      ...rest,
      rows: rowColumns(rows, names, { ...layout, bytes: bytes.subarray(columnsFrom, jsonFrom) }),
      breaches: breaches.map(([row, rule]) => ({ row, rule: rules[rule] })),
    };
  }

  close(): void {
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  #contents(): Buffer {
    try {
      const bytes = Buffer.allocUnsafeSlow(fstatSync(this.#fd).size);
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(this.#fd, bytes, length, bytes.length - length, length);
      return bytes.subarray(0, length);
    } catch (error) {
      throw unavailable(this.#path, error);
    }
  }

  #writeAll(parts: readonly Uint8Array[]): void {
    let at = 0;
    for (const part of parts) {
      for (let from = 0; from < part.length;) {
        const written = writeSync(this.#fd, part, from, part.length - from, at);
        from += written;
        at += written;
      }
    }
  }
}

/** How many measures the columns of an intent have, and where they begin; undefined when it is none. */
function layoutOf(bytes: Buffer): IntentLayout | undefined {
  if (bytes.length < FIRST_HEADER_BYTES) return undefined;
  if (bytes.readUInt32LE() === FIRST_MAGIC) return { measures: FIRST_MEASURES, columnsFrom: FIRST_HEADER_BYTES, hasReceipts: false };
  if (bytes.readUInt32LE() !== MAGIC || bytes.length < HEADER_BYTES) return undefined;
  const measures = bytes.readUInt32LE(24);
  return measures > MEASURES.length ? undefined : { measures, columnsFrom: HEADER_BYTES, hasReceipts: bytes.readUInt32LE(28) === 1 };
}

interface IntentLayout {
  readonly measures: number;
  readonly hasReceipts: boolean;
  readonly columnsFrom: number;
}

function unavailable(path: string, error: unknown): AppError {
  return new AppError(
    'STORE_UNAVAILABLE',
    `${path} can't be read or written: ${diskTrouble(error)}`,
    { cause: error },
  );
}
