import { DAY_MS, parseTime } from '../../domain/reading/wallClock.ts';
import { CORRUPTIONS } from './corruption.ts';
import { FALLING_PRESSURES, PumpModel } from './pumpModel.ts';
import { simulatedPumps } from './pumps.ts';
import { Random } from './random.ts';
import { LONGEST_ROW, writeRow } from './rowWriter.ts';

export interface GeneratorOptions {
  /** Rows in all, bad ones included. */
  readonly rows: number;
  /** A whole number. The same options give the same bytes, everywhere. */
  readonly seed?: number;
  readonly pumps?: number;
  /** Wall time of the first readings. */
  readonly start?: number;
  /** Share of bad rows, from 0 to 1. */
  readonly corrupt?: number;
}

/** A reading of a pump as it is published: a CSV line without its end. A bad one need not be text. */
export interface GeneratedLine {
  readonly pump: string;
  readonly line: Buffer;
}

/** A pump of the field while it is generated. */
interface Source {
  readonly id: string;
  /** The id and the comma after it. */
  readonly prefix: Uint8Array;
  readonly model: PumpModel;
  /** The tick at which it begins to lose pressure, if it does. */
  readonly failsAt: number;
}

/** One reading of each pump in this time; written to the minute, as in the course's data. */
const INTERVAL_MS = 90_000;
/** Of ten pumps two lose pressure near the end: after which share of all ticks. */
const FAILURES = new Map([[3, 0.68], [7, 0.93]]);
const CHUNK_BYTES = 256 * 1024;
const DEFAULT_PUMPS = 10;
const DEFAULT_START = parseTime('2025-01-01')!;

/** Readings of all pumps in order of time, as CSV without header, in pieces that the receiver may keep. */
export function* generateCsv(options: GeneratorOptions): Iterable<Buffer> {
  yield* new ReadingGenerator(options).csv(options.rows);
}

/** The same readings one by one, for publishing. */
export function* generateLines(options: GeneratorOptions): Iterable<GeneratedLine> {
  yield* new ReadingGenerator(options).lines(options.rows);
}

/** Generates the rows of {@link GeneratorOptions}, piece by piece. */
export class ReadingGenerator {
  readonly #sources: readonly Source[];
  readonly #start: number;
  readonly #random: Random;
  readonly #spoilBelow: number;
  readonly #falling = FALLING_PRESSURES.map((text) => Buffer.from(text));
  readonly #zero = Buffer.from('0');
  readonly #scratch = Buffer.alloc(LONGEST_ROW);
  #tick = -1;
  #pump: number;
  #timeOfDay = 0;
  #when: Uint8Array = new Uint8Array(0);
  #generated = 0;
  #corrupted = 0;

  constructor({ rows, seed = 1, pumps = DEFAULT_PUMPS, start = DEFAULT_START, corrupt = 0 }: GeneratorOptions) {
    const ticks = Math.ceil(rows / pumps);
    this.#sources = simulatedPumps(pumps).map((pump, i) => ({
      id: pump.id,
      prefix: Buffer.from(`${pump.id},`),
      model: new PumpModel(pump, new Random(seed, i + 1)),
      failsAt: Math.floor((FAILURES.get(i % DEFAULT_PUMPS) ?? Infinity) * ticks),
    }));
    this.#start = start;
    this.#random = new Random(seed);
    this.#spoilBelow = corrupt * 2 ** 32;
    this.#pump = pumps - 1;
  }

  /** Rows so far. */
  get generated(): number {
    return this.#generated;
  }

  /** Bad ones among them. */
  get corrupted(): number {
    return this.#corrupted;
  }

  /** The next rows as CSV, in pieces of whole lines. */
  *csv(rows: number): Iterable<Buffer> {
    let bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let length = 0;
    for (let row = 0; row < rows; row++) {
      if (length + LONGEST_ROW >= CHUNK_BYTES) {
        yield bytes.subarray(0, length);
        bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
        length = 0;
      }
      length = this.#writeNext(bytes, length);
      bytes[length++] = 10;
    }
    if (length > 0) yield bytes.subarray(0, length);
  }

  /** The next rows one by one. */
  *lines(rows: number): Iterable<GeneratedLine> {
    const bytes = Buffer.alloc(LONGEST_ROW);
    for (let row = 0; row < rows; row++) {
      const length = this.#writeNext(bytes, 0);
      yield { pump: this.#sources[this.#pump].id, line: Buffer.from(bytes.subarray(0, length)) };
    }
  }

  /** Writes the next row and gives where it ends. */
  #writeNext(bytes: Buffer, start: number): number {
    this.#generated++;
    if (++this.#pump === this.#sources.length) this.#nextTick();
    const { prefix, model, failsAt } = this.#sources[this.#pump];
    const falling = this.#tick - failsAt;
    model.next(this.#timeOfDay, falling >= this.#falling.length);
    const psi = falling < 0 ? undefined : (this.#falling[falling] ?? this.#zero);
    const row = { pump: prefix, when: this.#when, model, psi };
    const spoil = this.#spoilBelow > 0 && this.#random.next() < this.#spoilBelow;
    return spoil ? this.#writeSpoilt(bytes, start, row) : writeRow(bytes, start, row);
  }

  #writeSpoilt(bytes: Buffer, start: number, row: Parameters<typeof writeRow>[2]): number {
    this.#corrupted++;
    const length = writeRow(this.#scratch, 0, row);
    const fields = this.#scratch.toString('latin1', 0, length).split(',');
    return start + this.#random.pick(CORRUPTIONS).spoil(fields).copy(bytes, start);
  }

  #nextTick(): void {
    this.#pump = 0;
    this.#tick++;
    const time = this.#start + Math.floor((this.#tick * INTERVAL_MS) / 60_000) * 60_000;
    const date = new Date(time); // a wall time, read as if it were UTC
    const minute = String(date.getUTCMinutes()).padStart(2, '0');
    const year = String(date.getUTCFullYear() % 100).padStart(2, '0');
    this.#timeOfDay = (time / DAY_MS) % 1;
    this.#when = Buffer.from(`${date.getUTCMonth() + 1}/${date.getUTCDate()}/${year},${date.getUTCHours()}:${minute},`);
  }
}
