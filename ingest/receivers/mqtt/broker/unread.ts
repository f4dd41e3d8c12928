import type { Socket } from 'node:net';

/** What a page costs beside its bytes. */
const PAGE_OVERHEAD = 128;
/** Pages grow from the first to the second, so that an idle connection costs little and a busy one few writes. */
const FIRST_PAGE_BYTES = 512;
const PAGE_BYTES = 32 * 1024;
/** So much goes to the system at a time: what it has not taken can't be taken back when the connection ends. */
const WRITE_BYTES = 64 * 1024;

type Written = (error?: Error | null) => void;

/** Bytes for a client; the first `filled` are there. */
interface Page {
  readonly bytes: Buffer;
  filled: number;
}

/**
 * What was sent to a client and has not left for it. Writing never waits: aedes would hold up all messages of all
 * clients until this one has read. Whoever is behind too far is dropped by the owner, who asks for `cost`.
 *
 * Small pieces are copied into pages: each is a part of a larger buffer, of which it would keep all. Pages go to the
 * socket one after the other, so that a client that goes away unread leaves no thousands of writes to end one by one.
 */
export class Unread {
  readonly #socket: Socket;
  readonly #onChange: (by: number) => void;
  readonly #write: (page: Buffer, written: Written) => void;
  /** Those that are not with the socket yet; only the last may have room. */
  #pages: Page[] = [];
  /** How many are with the socket. */
  #underWay = 0;
  #nextPageBytes = FIRST_PAGE_BYTES;
  #isDue = false;
  #isClosed = false;
  #cost = 0;
  #moved = true;

  /** `onChange` gets by how much the cost changed. */
  constructor(socket: Socket, onChange: (by: number) => void) {
    this.#socket = socket;
    this.#onChange = onChange;
    this.#write = socket.write.bind(socket);
    socket.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean => {
      this.#put(typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk);
      const told = typeof encoding === 'function' ? encoding : written;
      if (told) process.nextTick(told);
      return true;
    };
    const end = socket.end.bind(socket) as (...given: unknown[]) => Socket;
    socket.end = (...given: unknown[]): Socket => {
      while (this.#pages.length > 0) this.#send();
      return end(...given);
    };
  }

  /** Bytes in this process, overhead included. */
  get cost(): number {
    return this.#cost;
  }

  /** Whether nothing has left since it was asked last, although something was there. */
  isStuck(): boolean {
    const stuck = this.#cost > 0 && !this.#moved;
    this.#moved = false;
    return stuck;
  }

  /** The client is gone, and what was for it. */
  close(): void {
    this.#isClosed = true;
    this.#pages = [];
    this.#onChange(-this.#cost);
    this.#cost = 0;
  }

  #put(piece: Uint8Array): void {
    if (this.#isClosed || piece.length === 0) return;
    const last = this.#pages.at(-1);
    if (piece.length >= PAGE_BYTES) this.#add(Buffer.from(piece.buffer, piece.byteOffset, piece.length), piece.length);
    else if (last && last.bytes.length - last.filled >= piece.length) {
      last.bytes.set(piece, last.filled);
      last.filled += piece.length;
    } else {
      const bytes = Buffer.allocUnsafe(Math.max(this.#nextPageBytes, piece.length));
      this.#nextPageBytes = Math.min(PAGE_BYTES, 2 * bytes.length);
      bytes.set(piece);
      this.#add(bytes, piece.length);
    }
    if (this.#isDue || this.#underWay > 0) return;
    this.#isDue = true;
    process.nextTick(() => this.#send());
  }

  #add(bytes: Buffer, filled: number): void {
    this.#pages.push({ bytes, filled });
    this.#change(bytes.length + PAGE_OVERHEAD);
  }

  /** Gives the next pages to the socket. */
  #send(): void {
    this.#isDue = false;
    let bytes = 0;
    this.#socket.cork();
    while (this.#pages.length > 0 && bytes < WRITE_BYTES) {
      const page = this.#pages.shift()!;
      bytes += page.filled;
      this.#underWay++;
      this.#write(page.bytes.subarray(0, page.filled), () => this.#left(page));
    }
    this.#socket.uncork();
  }

  #left({ bytes }: Page): void {
    this.#underWay--;
    this.#moved = true;
    if (this.#isClosed) return;
    this.#change(-(bytes.length + PAGE_OVERHEAD));
    if (this.#underWay > 0) return;
    if (this.#pages.length > 0) this.#send();
    else this.#nextPageBytes = FIRST_PAGE_BYTES;
  }

  #change(by: number): void {
    this.#cost += by;
    this.#onChange(by);
  }
}
