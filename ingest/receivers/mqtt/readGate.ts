import type { Socket } from 'node:net';

/**
 * Stops the reading of sockets while there is too much to do. aedes reads a socket whenever it has
 * something to read, however many messages wait; behind a gate it finds nothing until there is room, and
 * the sender feels it through TCP.
 */
export class ReadGate {
  readonly #isShut: () => boolean;
  readonly #waiting = new Set<Socket>();

  constructor(isShut: () => boolean) {
    this.#isShut = isShut;
  }

  /** Puts a socket behind the gate. */
  guard(socket: Socket): void {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      // Size 0 is the stream's own way to ask the system for more.
      if (size === 0 || !this.#isShut()) return read(size);
      this.#waiting.add(socket);
      return null;
    };
    socket.once('close', () => this.#waiting.delete(socket));
  }

  /** Lets those that found the gate shut read again, if it is open now. */
  recheck(): void {
    if (this.#waiting.size === 0 || this.#isShut()) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const socket of waiting) socket.emit('readable');
  }
}
