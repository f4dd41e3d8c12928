import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Answers that wait in memory for those who asked. One of which nothing is taken until the server's timeout ends with its
 * connection; where all of them are too much, those that have the most go first.
 */
export class UnreadAnswers {
  readonly #sockets = new Set<Socket>();
  readonly #most: number;

  /** `most` is how many bytes may wait. */
  constructor(server: Server, most: number) {
    this.#most = most;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // Node counts what a connection takes as activity. An answer that is still being made is no fault of who waits for it.
    server.on('timeout', (socket: Socket) => {
      if (socket.writableLength > 0) socket.destroy();
    });
  }

  /** Cuts connections until what waits is not too much; to be called before another answer is made. */
  makeRoom(): void {
    let total = 0;
    for (const { writableLength } of this.#sockets) total += writableLength;
    if (total <= this.#most) return;
    for (const socket of [...this.#sockets].sort((a, b) => b.writableLength - a.writableLength)) {
      if (total <= this.#most) return;
      total -= socket.writableLength;
      socket.destroy();
    }
  }
}
