import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { messageOf } from '../../../domain/errors.ts';
import type { Receipt } from '../../../domain/reading/receipt.ts';
import type { CsvState } from '../../decode/csv/csvState.ts';
import type { StepBuffer } from '../../decode/stepBuffer.ts';

/** Where in a file rows are wanted: behind those of the step under way. */
export interface AheadTask extends Pick<CsvState, 'offset' | 'line' | 'crc'> {
  /** The claim's id. */
  readonly file: string;
  readonly path: string;
  readonly ino: number;
  /** How many rows at most. */
  readonly rows: number;
}

/** Columns of rows in memory that both threads see. */
export interface AheadColumns {
  readonly pump: Uint32Array;
  readonly time: Float64Array;
  readonly values: readonly Float64Array[];
  readonly line: Uint32Array;
}

/** What was found there: rows of whole lines that are plainly well-formed, up to the first that is not. */
export interface AheadRows extends Pick<CsvState, 'offset' | 'line' | 'crc'> {
  readonly rows: number;
  /** Pump ids; the column of pumps points into it. */
  readonly names: readonly string[];
  /** No row lacks a cell. */
  readonly whole: boolean;
  /** The latest of their times. */
  readonly latest: number;
}

/** What the thread is given. */
export interface AheadThreadData {
  readonly port: MessagePort;
  /** How many messages it has sent. */
  readonly sent: Int32Array;
}

/** A file with less left is done before it pays. */
const LEAST_BYTES = 32 * 1024 * 1024;
/** The thread takes milliseconds for what it is asked; a disk that hangs holds up the job just as well. */
const PATIENCE_MS = 10_000;

export interface RowsAheadOptions {
  readonly onDeath: (message: string) => void;
  /** The thread's program, as it was built. */
  readonly program?: URL;
  readonly leastBytes?: number;
}

/**
 * Reads on in a large file, on a thread of its own, while the table writes the step before. It only does earlier what the decoder
 * would do: rows, lines and checksums are the same, and what is not asked for again is forgotten.
 *
 *   begin(where the step ends) ──► rowsAheadThread.ts: bytes ─► columns, in memory that both see
 *   take(where the next begins) ◄── the same place, and all of it fits into the step: copied; otherwise nothing
 */
export class RowsAhead {
  readonly #options: RowsAheadOptions;
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  readonly #sent = new Int32Array(new SharedArrayBuffer(4));
  /** How many messages it will have sent when it has done all that it was asked; the first is the columns. */
  #due = 0;
  #columns: AheadColumns | undefined;
  #task: AheadTask | undefined;
  #isDead = false;

  constructor(options: RowsAheadOptions) {
    this.#options = options;
  }

  /** Begins to read on in a file of which so many bytes are left, if that pays and the thread has nothing to do. */
  begin(task: AheadTask, left: number): void {
    if (left < (this.#options.leastBytes ?? LEAST_BYTES) || this.#isDead) return;
    this.#start();
    if (this.#task && Atomics.load(this.#sent, 0) < this.#due) return;
    this.#drain();
    this.#task = task;
    this.#due++;
    this.#port?.postMessage(task);
  }

  /** Puts the rows into a step that come next in a file, if they are there; gives where the file stands behind them. */
  take(file: string, state: CsvState, step: StepBuffer, { receivedAt, latest }: Receipt): CsvState | undefined {
    if (this.#task?.file !== file || this.#task.offset !== state.offset || state.skipping) return undefined;
    const found = this.#found();
    if (!found || found.rows === 0 || found.rows > step.room || found.latest > (latest?.time ?? Infinity)) return undefined;
    append(step, this.#columns!, found, receivedAt);
    return { ...state, offset: found.offset, line: found.line, crc: found.crc };
  }

  /** Ends the thread; it is started again when it is needed. */
  close(): void {
    void this.#worker?.terminate();
    this.#worker = this.#port = this.#columns = this.#task = undefined;
  }

  #start(): void {
    if (this.#worker) return;
    const { port1, port2 } = new MessageChannel();
    this.#sent[0] = 0;
    this.#due = 1;
    const workerData: AheadThreadData = { port: port2, sent: this.#sent };
    const worker = new Worker(this.#options.program ?? new URL('./rowsAheadThread.js', import.meta.url), {
      workerData, transferList: [port2], resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    port1.unref();
    worker.on('error', (error) => this.#die(messageOf(error)));
    this.#worker = worker;
    this.#port = port1;
  }

  #die(reason: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.close();
    this.#options.onDeath(`the thread that reads large files ahead died, and they are read without it, more slowly: ${reason}`);
  }

  /** What the thread has found, if it is there or comes at once; one that is only starting is not waited for. */
  #found(): AheadRows | undefined {
    const sent = Atomics.load(this.#sent, 0);
    if (sent === 0) return undefined;
    if (sent < this.#due && Atomics.wait(this.#sent, 0, sent, PATIENCE_MS) === 'timed-out') this.#die(`it did nothing for ${PATIENCE_MS} ms`);
    this.#task = undefined;
    return this.#drain();
  }

  /** The last message that has come. */
  #drain(): AheadRows | undefined {
    let last: AheadRows | undefined;
    for (let next = this.#port && receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port!)) {
      const message = next.message as AheadRows | AheadColumns;
      if ('pump' in message) this.#columns = message;
      else last = message;
    }
    return last;
  }
}

function append({ readings }: StepBuffer, { pump, time, values, line }: AheadColumns, { rows, names, whole }: AheadRows, receivedAt: number): void {
  const { length, pumps, origins } = readings;
  const numbers = Uint32Array.from(names, (name) => pumps.numberOf(name));
  for (let row = 0; row < rows; row++) readings.pump[length + row] = numbers[pump[row]];
  readings.time.set(time.subarray(0, rows), length);
  readings.receivedAt.fill(receivedAt, length, length + rows);
  for (const [c, column] of values.entries()) readings.values[c].set(column.subarray(0, rows), length);
  origins.line.set(line.subarray(0, rows), length);
  origins.whole &&= whole;
  readings.length = length + rows;
}
