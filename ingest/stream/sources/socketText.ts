import { connect, type Socket } from 'node:net';
import { Backoff, type BackoffLimits } from '../../../domain/backoff.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { SourceReports, StreamSource } from '../source.ts';

export interface SocketTextOptions {
  readonly name?: string;
  /** Between two attempts to connect. */
  readonly backoff?: BackoffLimits;
  /** Bounds of memory, in characters: nothing is read while more than that waits; a line that is longer is left out, with a warning. */
  readonly maxBuffered?: number;
  readonly maxLine?: number;
}

const BACKOFF: BackoffLimits = { minMs: 100, maxMs: 10_000 };
const MAX_BUFFERED = 8 * 1024 * 1024;
const MAX_LINE = 64 * 1024;
/** After a connection that lasted so long the next pause is short again, even if nothing came. */
const STEADY_MS = 5000;
/** Idle so long, a connection is asked whether its other end is still there. */
const KEEP_ALIVE_MS = 30_000;

/**
 * The lines that a server sends, as `nc -lk 9999` does: connects, and connects again when the connection ends, with
 * pauses that grow until something comes or a connection lasts. UTF-8; ends in LF or CRLF; a last line without an end
 * counts when the server closes. A socket can't send again: lines that were received and not yet in a checkpoint are
 * lost with the process.
 */
export function socketText(host: string, port: number, options: SocketTextOptions = {}): StreamSource<string> {
  const receiver = new SocketReceiver(host, port, options);
  return {
    kind: `socketText(${host}:${port})`,
    name: options.name,
    start: (onEvent, onError) => receiver.start({ onEvent, onError }),
    take: (_, limit) => receiver.take(limit),
    stop: () => receiver.stop(),
    pending: () => receiver.pending,
  };
}

class SocketReceiver {
  readonly #where: { readonly host: string; readonly port: number };
  readonly #maxBuffered: number;
  readonly #maxLine: number;
  readonly #backoff: Backoff;
  #reports: SourceReports = { onEvent: () => undefined, onError: () => undefined };
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lines: string[] = [];
  #buffered = 0;
  /** What came after the last line end. */
  #rest = '';
  /** The line that is coming is too long already. */
  #skipping = false;
  #stopped = false;

  constructor(host: string, port: number, { maxBuffered = MAX_BUFFERED, maxLine = MAX_LINE, backoff = BACKOFF }: SocketTextOptions) {
    this.#where = { host, port };
    this.#maxBuffered = maxBuffered;
    this.#maxLine = maxLine;
    this.#backoff = new Backoff(backoff);
  }

  get pending(): boolean {
    return this.#lines.length > 0;
  }

  start(reports: SourceReports): void {
    this.#reports = reports;
    this.#connect();
  }

  take(limit = Infinity): string[] {
    const lines = this.#lines.slice(0, limit);
    this.#lines = this.#lines.slice(limit);
    for (const line of lines) this.#buffered -= line.length + 1;
    if (this.#buffered <= this.#maxBuffered) this.#socket?.resume();
    return lines;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#endOfText();
  }

  #connect(): void {
    let why = 'it was closed';
    let since = Infinity;
    const socket = connect({ ...this.#where, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('connect', () => { since = performance.now(); });
    socket.on('data', (text: string) => {
      this.#backoff.reset();
      this.#append(text);
    });
    socket.on('error', (error) => { why = messageOf(error); });
    socket.on('close', () => {
      if (this.#stopped) return;
      this.#endOfText();
      if (performance.now() - since > STEADY_MS) this.#backoff.reset();
      const pause = this.#backoff.next();
      const message = `no connection to ${this.#where.host}:${this.#where.port}: ${why}. Trying again`;
      this.#reports.onEvent({ level: 'warn', message });
      this.#reports.onError(message);
      this.#timer = setTimeout(() => this.#connect(), pause);
    });
  }

  #append(text: string): void {
    const pieces = (this.#rest + text).split('\n');
    this.#rest = pieces.pop()!;
    for (const line of pieces) this.#take(line);
    if (this.#rest.length > this.#maxLine) {
      this.#skip();
      this.#rest = '';
      this.#skipping = true;
    }
    if (this.#buffered > this.#maxBuffered) this.#socket?.pause();
  }

  #take(line: string): void {
    const skipped = this.#skipping;
    this.#skipping = false;
    if (skipped) return; // the end of a line that was left out
    if (line.length > this.#maxLine) return this.#skip();
    this.#lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    this.#buffered += line.length + 1;
  }

  #skip(): void {
    this.#reports.onEvent({
      level: 'error',
      message: `a line of more than ${this.#maxLine} characters from ${this.#where.host}:${this.#where.port} was left out`,
    });
  }

  #endOfText(): void {
    if (this.#rest !== '') this.#take(this.#rest);
    this.#rest = '';
    this.#skipping = false;
  }
}
