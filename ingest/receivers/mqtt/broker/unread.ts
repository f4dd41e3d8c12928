import type { Socket } from 'node:net';

/** What a write costs beside its bytes while it waits. */
const WRITE_OVERHEAD = 128;

type Written = (error?: Error | null) => void;

/**
 * What was sent to a client and has not left for it. Writing never waits: aedes would hold up all messages of all
 * clients until this one has read. Whoever is behind too far is dropped by the owner, who asks for `cost`.
 */
export class Unread {
  readonly #socket: Socket;
  readonly #onChange: (by: number) => void;
  #writes = 0;
  #cost = 0;
  #sent = 0;
  #moved = 0;

  /** `onChange` gets by how much the cost changed, before and after each write. */
  constructor(socket: Socket, onChange: (by: number) => void) {
    this.#socket = socket;
    this.#onChange = onChange;
    const write = socket.write.bind(socket);
    const written = (): void => {
      this.#writes--;
      this.#update();
    };
    const put = (chunk: Uint8Array | string, encoding?: BufferEncoding | Written, callback?: Written): boolean => {
      this.#writes++;
      this.#sent += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
      const told = typeof encoding === 'function' ? encoding : callback;
      const done = told ? (error?: Error | null) => (written(), told(error)) : written;
      write(chunk, typeof encoding === 'string' ? encoding : undefined, done);
      this.#update();
      return true;
    };
    socket.write = put;
  }

  /** Bytes in this process, overhead included. */
  get cost(): number {
    return this.#cost;
  }

  /** Whether nothing has left since it was asked last, although something was there. */
  isStuck(): boolean {
    const left = this.#sent - this.#socket.writableLength;
    const stuck = this.#cost > 0 && left === this.#moved;
    this.#moved = left;
    return stuck;
  }

  /** The client is gone, and what was for it. */
  close(): void {
    this.#onChange(-this.#cost);
    this.#cost = 0;
    this.#writes = -Infinity;
  }

  #update(): void {
    if (this.#writes === -Infinity) return;
    const cost = this.#socket.writableLength + this.#writes * WRITE_OVERHEAD;
    const by = cost - this.#cost;
    this.#cost = cost;
    if (by !== 0) this.#onChange(by);
  }
}
