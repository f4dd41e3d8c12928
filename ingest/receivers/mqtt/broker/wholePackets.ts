/** Packet types of MQTT 3.1.1, section 2.2.1: the upper half of a packet's first byte. */
const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;

/** A packet above this many bytes is collected in a buffer of its own. */
const SMALL_BYTES = 16 * 1024;
const FIRST_BUFFER_BYTES = 64 * 1024;
/** A subscription costs aedes about as much as so many messages. */
const SUBSCRIBING_WORK = 16;

export interface PacketLimits {
  /** Of a PUBLISH, header included. */
  readonly publishBytes: number;
  /** Of every other packet. */
  readonly otherBytes: number;
}

/** What came of a piece of a connection's bytes. */
export interface Split {
  /** Whole packets, back to back; undefined when there are none. */
  readonly packets?: Buffer | undefined;
  /** Bytes behind them that were not looked at: they belong to the next turn. */
  readonly rest?: Buffer | undefined;
  /** Why the connection must end: behind `packets` comes what a client may not send. */
  readonly refused?: string | undefined;
}

interface LargePacket {
  buffer: Buffer;
  filled: number;
  /** When it is whole. */
  readonly bytes: number;
}

/**
 * Cuts the bytes of one connection into whole packets, so that what a half packet costs is known to the byte: the
 * parser of aedes never gets one.
 *
 *     | type, flags (1 byte) | remaining length (1 to 4 bytes, 7 bits each, lowest first, top bit = more) | remaining bytes |
 */
export class WholePackets {
  readonly #limits: PacketLimits;
  /** The beginning of a packet that is small, or whose length is not known yet. */
  #begun: Buffer | undefined;
  /** A larger one as far as it has come. */
  #large: LargePacket | undefined;
  #isFirst = true;

  constructor(limits: PacketLimits) {
    this.#limits = limits;
  }

  /** Bytes kept for a packet that is not whole. */
  get heldBytes(): number {
    return (this.#begun?.length ?? 0) + (this.#large?.buffer.length ?? 0);
  }

  /** Takes the next piece. Gives as many packets as are worth `work`, at least one if there is one; a message counts 1. */
  split(piece: Buffer, work: number): Split {
    if (this.#large) return this.#fill(this.#large, piece);
    const bytes = this.#begun ? Buffer.concat([this.#begun, piece]) : piece;
    this.#begun = undefined;
    let end = 0;
    for (let left = work; end < bytes.length; ) {
      if (left <= 0) return { packets: bytes.subarray(0, end), rest: bytes.subarray(end) };
      const type = bytes[end] >> 4;
      const length = packetBytes(bytes, end);
      const refused = this.#refusal(type, length);
      if (refused !== undefined) return { packets: upTo(bytes, end), refused };
      if (length === UNKNOWN || end + length > bytes.length) {
        this.#begin(bytes.subarray(end), length);
        break;
      }
      end += length;
      left -= type === SUBSCRIBE || type === UNSUBSCRIBE ? SUBSCRIBING_WORK : 1;
      if (this.#isFirst) left = 0; // CONNECT is answered before anything else is looked at
      this.#isFirst = false;
    }
    return { packets: upTo(bytes, end) };
  }

  #refusal(type: number, length: number): string | undefined {
    if (this.#isFirst !== (type === CONNECT)) return this.#isFirst ? 'its first packet was no CONNECT' : 'it sent a second CONNECT';
    const most = type === PUBLISH ? this.#limits.publishBytes : this.#limits.otherBytes;
    if (length <= most) return undefined;
    return `it announced a packet of more than ${most >= 1024 * 1024 ? `${most / 1024 / 1024} MiB` : `${most / 1024} KiB`}${
      type === PUBLISH ? '. Send readings in smaller messages, a line or some lines each' : ''}`;
  }

  #begin(begun: Buffer, length: number): void {
    if (length <= SMALL_BYTES) {
      this.#begun = Buffer.from(begun); // a copy: a few bytes must not hold on to the whole piece
      return;
    }
    this.#large = { buffer: Buffer.allocUnsafe(Math.min(length, FIRST_BUFFER_BYTES)), filled: 0, bytes: length };
    this.#fill(this.#large, begun);
  }

  #fill(large: LargePacket, piece: Buffer): Split {
    const taken = Math.min(piece.length, large.bytes - large.filled);
    const needed = large.filled + taken;
    if (needed > large.buffer.length) {
      const wider = Buffer.allocUnsafe(Math.min(large.bytes, Math.max(needed, 2 * large.buffer.length)));
      large.buffer.copy(wider, 0, 0, large.filled);
      large.buffer = wider;
    }
    piece.copy(large.buffer, large.filled, 0, taken);
    large.filled = needed;
    if (needed < large.bytes) return {};
    this.#large = undefined;
    return { packets: large.buffer, rest: taken < piece.length ? piece.subarray(taken) : undefined };
  }
}

/** The end of a packet's length has not come yet. */
const UNKNOWN = -1;

/** Length of the packet at `at`, header included; UNKNOWN when that can't be told yet, Infinity when it goes on beyond four bytes. */
function packetBytes(bytes: Buffer, at: number): number {
  let remaining = 0;
  for (let i = 1; i <= 4; i++) {
    if (at + i >= bytes.length) return UNKNOWN;
    const byte = bytes[at + i];
    remaining += (byte & 127) * 128 ** (i - 1);
    if (byte < 128) return 1 + i + remaining;
  }
  return Infinity;
}

function upTo(bytes: Buffer, end: number): Buffer | undefined {
  return end === 0 ? undefined : bytes.subarray(0, end);
}
