import type { Socket } from 'node:net';

/**
 * Finds the first MQTT packet that announces too many bytes, in a stream that comes in pieces:
 *
 *     | type, flags (1 byte) | remaining length (1 to 4 bytes, 7 bits each, lowest first, top bit = more) | remaining bytes |
 */
class PacketLengths {
  readonly #maxBytes: number;
  /** Bytes of the current packet that are still to come; -1 between its type and the end of its length. */
  #remaining = 0;
  /** The length as far as it has been read, and what the next 7 bits of it count. */
  #length = 0;
  #factor = 1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Where in the piece the packet that is too long begins (0 if in an earlier piece); -1 if there is none. */
  findTooLong(piece: Buffer): number {
    let at = 0;
    let start = 0;
    while (at < piece.length) {
      if (this.#remaining > 0) {
        const skipped = Math.min(this.#remaining, piece.length - at);
        this.#remaining -= skipped;
        at += skipped;
      } else if (this.#remaining === 0) {
        start = at++;
        this.#remaining = -1;
        this.#length = 0;
        this.#factor = 1;
      } else {
        const byte = piece.readUInt8(at++);
        this.#length += (byte & 127) * this.#factor;
        this.#factor *= 128;
        // A length that goes on beyond four bytes is none, but it must not go on for ever.
        if (this.#length > this.#maxBytes || this.#factor > 2 ** 28) return start;
        if (byte < 128) this.#remaining = this.#length;
      }
    }
    return -1;
  }
}

/**
 * Ends a connection as soon as a packet on it announces more than `maxBytes`: aedes keeps the pieces of a
 * packet until it is whole. The packets before it are still handed on.
 */
export function limitPackets(socket: Socket, maxBytes: number, onTooLong: () => void): void {
  const lengths = new PacketLengths(maxBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    const piece: unknown = read(size);
    if (!Buffer.isBuffer(piece)) return piece;
    const start = lengths.findTooLong(piece);
    if (start === -1) return piece;
    socket.destroy();
    onTooLong();
    return start === 0 ? null : piece.subarray(0, start);
  };
}
