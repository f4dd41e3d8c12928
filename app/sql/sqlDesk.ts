import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../domain/errors.ts';
import type { Config } from '../config/types.ts';
import type { SqlEnd, SqlQuestion } from './forms.ts';
import { leaveProcessor } from './leaveProcessor.ts';
import type { FromSqlProcess, ToSqlProcess } from './messages.ts';

/** What an answer may be. */
export interface WholeAnswer extends SqlEnd {
  readonly bytes: Buffer;
}

export interface SqlDeskOptions {
  readonly config: Config;
  /** How many questions are answered at a time, and how many wait. */
  readonly most?: number;
  readonly mostWaiting?: number;
  /** The program that answers. */
  readonly entry?: string;
}

const MOST = 2;
const MOST_WAITING = 10;
const MOST_BYTES = 64e6;
const HEAP_MB = 256;
/** So long it may take to end by itself, in ms: it hands back what it holds of the store. */
const GRACE_MS = 1000;

/** Answers questions in SQL, each in a process of its own that is ended when its time is over. */
export class SqlDesk {
  readonly #config: Config;
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #entry: string;
  readonly #waiting: (() => void)[] = [];
  readonly #children = new Set<ChildProcess>();
  #running = 0;

  constructor({ config, most = MOST, mostWaiting = MOST_WAITING, entry }: SqlDeskOptions) {
    this.#config = config;
    this.#most = most;
    this.#mostWaiting = mostWaiting;
    this.#entry = entry ?? fileURLToPath(new URL('./sqlProcess.js', import.meta.url));
  }

  /** Whether another question would be refused. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#mostWaiting;
  }

  /**
   * The whole answer, or none. Throws USAGE for what is no question, CONFLICT for one that takes more time, memory or rows than it may,
   * NOT_SUPPORTED where DuckDB is not installed, and what reading the table throws.
   */
  async ask(question: SqlQuestion, signal: AbortSignal): Promise<WholeAnswer> {
    await this.#place(signal);
    try {
      return await this.#answered(question, signal);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Ends all that is under way. */
  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  async #place(signal: AbortSignal): Promise<void> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    if (!signal.aborted) return;
    this.#running--;
    this.#waiting.shift()?.();
    signal.throwIfAborted();
  }

  async #answered(question: SqlQuestion, signal: AbortSignal): Promise<WholeAnswer> {
    const child = fork(this.#entry, [], {
      serialization: 'advanced', stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [`--max-old-space-size=${HEAP_MB}`],
      env: {}, // a question has no use for what stands there
    });
    stepBackBehindAll(child);
    this.#children.add(child);
    const life = new Life(child, this.#config.sql.timeoutMs);
    const abandon = () => life.end();
    signal.addEventListener('abort', abandon, { once: true });
    try {
      life.tell({ kind: 'ask', config: this.#config, question });
      return await life.answer();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abandon);
      this.#children.delete(child);
      life.end();
    }
  }
}

/** From its first instruction on: loading what it needs takes a processor for half a second. What it starts inherits that. */
function stepBackBehindAll({ pid }: ChildProcess): void {
  if (pid === undefined) return; // it did not start, which 'error' tells
  leaveProcessor(pid);
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system has no such thing: the question is asked all the same.
  }
}

/** One process, from its question to its end. */
class Life {
  readonly #child: ChildProcess;
  readonly #timeoutMs: number;
  readonly #pieces: Buffer[] = [];
  readonly #exited: Promise<unknown>;
  #said: FromSqlProcess | undefined;
  #problem: AppError | undefined;
  #ending = false;

  constructor(child: ChildProcess, timeoutMs: number) {
    this.#child = child;
    this.#timeoutMs = timeoutMs;
    this.#exited = once(child, 'close').catch((error: unknown) => error);
    child.on('message', (message: FromSqlProcess) => { this.#said ??= message; });
    child.on('error', () => undefined); // 'close' follows
    let bytes = 0;
    child.stdout!.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      bytes += piece.length;
      if (bytes > MOST_BYTES) this.#giveUp(`the answer has more than ${MOST_BYTES / 1e6} MB. Ask for fewer columns or rows`);
    });
  }

  tell(message: ToSqlProcess): void {
    if (this.#child.connected) this.#child.send(message, () => undefined); // one that has ended says so by 'close'
  }

  async answer(): Promise<WholeAnswer> {
    const timer = setTimeout(() => this.#giveUp(
      `the question takes longer than ${this.#timeoutMs / 1000} s (sql.timeout). Bound it by pump and at, or ask with "wellwatch sql", ` +
      'which has no such bound'), this.#timeoutMs);
    await this.#exited;
    clearTimeout(timer);
    const said = this.#said;
    if (this.#problem) throw this.#problem;
    if (said?.kind === 'done') return { ...said.end, bytes: Buffer.concat(this.#pieces) };
    if (said?.code !== undefined) throw new AppError(said.code, said.message);
    throw new Error(said?.message ?? 'the process that answers questions in SQL ended without a word');
  }

  /** Asks it to end, and kills it when it does not. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.tell({ kind: 'stop' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    void this.#exited.then(() => clearTimeout(timer));
  }

  #giveUp(why: string): void {
    this.#problem ??= new AppError('CONFLICT', `sql: ${why}`);
    this.end();
  }
}
