import { fdatasync, openSync, closeSync, write } from 'node:fs';
import type { MessageLog } from '../../ingest/receivers/mqtt/messageLog.ts';

/** A journal of one file with group commit, whose commits can be held back or made to fail. */
export class FileLog implements MessageLog {
  readonly topics: string[] = [];
  readonly payloads: string[] = [];
  /** How many messages are on disk. */
  durable = 0;
  queuedBytes = 0;
  commits = 0;
  /** Every message that was on disk when a commit ended, for tests that keep no payloads. */
  readonly #keep: boolean;
  readonly #fd: number;
  readonly #listeners = new Set<(upTo: number) => void>();
  #waiting: { upTo: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #queue: Buffer[] = [];
  #appended = 0;
  #committing = false;
  #held = false;
  #failure: Error | undefined;

  constructor(path: string, { keep = true } = {}) {
    this.#fd = openSync(path, 'a');
    this.#keep = keep;
  }

  append(topic: string, payload: Buffer): number {
    if (this.#failure) throw this.#failure;
    if (this.#keep) {
      this.topics.push(topic);
      this.payloads.push(payload.toString());
    }
    this.#queue.push(payload);
    this.queuedBytes += payload.length;
    this.#appended += 1;
    this.#schedule();
    return this.#appended;
  }

  get appended(): number {
    return this.#appended;
  }

  onDurable(listener: (upTo: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  flush(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.durable === this.#appended) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ upTo: this.#appended, resolve, reject }));
  }

  /** No commit begins until `goOn`, as with a disk that hangs. */
  hold(): void {
    this.#held = true;
  }

  goOn(): void {
    this.#held = false;
    this.#schedule();
  }

  /** As with a disk that refuses. */
  fail(error = new Error('EIO: the disk is gone')): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #schedule(): void {
    if (this.#committing || this.#held || this.#queue.length === 0) return;
    this.#committing = true;
    setImmediate(() => this.#commit());
  }

  #commit(): void {
    const batch = this.#queue;
    this.#queue = [];
    const bytes = Buffer.concat(batch);
    write(this.#fd, bytes, (failed) => {
      if (failed) return this.fail(failed);
      fdatasync(this.#fd, (refused) => {
        if (refused) return this.fail(refused);
        this.#committing = false;
        this.durable += batch.length;
        this.queuedBytes -= bytes.length;
        this.commits += 1;
        for (const listener of this.#listeners) listener(this.durable);
        const upTo = this.durable;
        for (const { resolve } of this.#waiting.filter((waiter) => waiter.upTo <= upTo)) resolve();
        this.#waiting = this.#waiting.filter((waiter) => waiter.upTo > upTo);
        this.#schedule();
      });
    });
  }
}
