import { once } from 'node:events';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { AppError } from '../../domain/errors.ts';
import { type Piece, type ScanRequest, windowsOf } from '../../query/sql/pieces.ts';
import type { RowScan } from '../../query/sql/tableFunction.ts';
import type { Config } from '../config/types.ts';
import type { FromTable, ToTable } from './messages.ts';

/** Rows that another thread reads, for whoever has to wait for them without an event loop. */
export class ThreadRows {
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  readonly #port: MessagePort;
  readonly #posted = new Int32Array(new SharedArrayBuffer(4));
  /** What has come, by scan. */
  readonly #waiting = new Map<number, FromTable[]>();
  #scans = 0;

  constructor(config: Config) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL('./tableThread.js', import.meta.url), {
      workerData: { config, port: port2, posted: this.#posted.buffer }, transferList: [port2],
    });
    this.#exited = once(this.#worker, 'exit').catch(() => undefined);
    this.#worker.unref();
    this.#port.unref();
  }

  /** Begins to read. What it throws from then on is STORE_UNAVAILABLE and what else a table throws. */
  scan(request: ScanRequest): RowScan {
    const id = ++this.#scans;
    this.#waiting.set(id, []);
    this.#post({ kind: 'scan', scan: id, request });
    return windowsOf(() => this.#nextPieces(id));
  }

  /** Ends the thread once it has handed back what it holds of the store. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#post({ kind: 'stop' });
    await this.#exited;
    this.#port.close();
  }

  /** Empty at the end. */
  #nextPieces(id: number): readonly Piece[] {
    const message = this.#next(id);
    switch (message.kind) {
      case 'piece':
        this.#post({ kind: 'taken', scan: id });
        return [message.piece];
      case 'end':
        return [];
      case 'failed':
        throw message.code === undefined ? new Error(message.message) : new AppError(message.code, message.message);
    }
  }

  #next(id: number): FromTable {
    const own = this.#waiting.get(id)!;
    for (;;) {
      const first = own[0];
      if (first) {
        if (first.kind === 'piece') own.shift(); // an end stays the end, however often it is asked for
        return first;
      }
      const before = Atomics.load(this.#posted, 0);
      const received = receiveMessageOnPort(this.#port) as { readonly message: FromTable } | undefined;
      if (received) this.#waiting.get(received.message.scan)?.push(received.message);
      else Atomics.wait(this.#posted, 0, before);
    }
  }

  #post(message: ToTable): void {
    this.#port.postMessage(message);
  }
}
