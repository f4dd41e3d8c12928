/** Packet types of MQTT 3.1.1, section 2.2.1: the upper half of a packet's first byte. */
const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;

/** A packet above this many bytes is collected in a buffer of its own. */
const SMALL_BYTES = 16 * 1024;
const FIRST_BUFFER_BYTES = 64 * 1024;
/** A sign-in or a subscription costs aedes about as much as handing a message to so many clients. */
const SIGN_IN_WORK = 16;
/** So many bytes cost as much as handing a message to a client. */
const BYTES_PER_WORK = 4096;

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
  /** What the packets cost; handing a message to a client counts 1. */
  readonly work: number;
}

/** How much of a piece is taken. */
export interface Portion {
  /** The work after which the rest is left to another turn. */
  readonly most: number;
  /** What a message costs. */
  readonly message: number;
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

  /** Takes the next piece. Gives as many packets as are worth the work, at least one if there is one. */
  split(piece: Buffer, { most, message }: Portion): Split {
    if (this.#large) return this.#fill(this.#large, piece, message);
    const bytes = this.#begun ? Buffer.concat([this.#begun, piece]) : piece;
    this.#begun = undefined;
    let [end, work] = [0, 0];
    while (end < bytes.length) {
      if (end > 0 && work >= most) return { packets: bytes.subarray(0, end), rest: bytes.subarray(end), work };
      const type = bytes[end] >> 4;
      const length = packetBytes(bytes, end);
      const refused = this.#refusal(type, length);
      if (refused !== undefined) return { packets: upTo(bytes, end), refused, work };
      if (length === UNKNOWN || end + length > bytes.length) {
        this.#begin(bytes.subarray(end), length);
        break;
      }
      end += length;
      work += workOf(type, message) + Math.floor(length / BYTES_PER_WORK);
      if (this.#isFirst) return this.#connect(bytes, end, work);
    }
    return { packets: upTo(bytes, end), work };
  }

  /**
   * CONNECT is answered before anything else is looked at. A copy of it, as what aedes keeps of it, a last will and a name, would
   * keep the whole piece.
   */
  #connect(bytes: Buffer, end: number, work: number): Split {
    this.#isFirst = false;
    return { packets: Buffer.from(bytes.subarray(0, end)), rest: end < bytes.length ? bytes.subarray(end) : undefined, work };
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
    this.#fill(this.#large, begun, 0);
  }

  #fill(large: LargePacket, piece: Buffer, message: number): Split {
    const taken = Math.min(piece.length, large.bytes - large.filled);
    const work = Math.ceil(taken / BYTES_PER_WORK);
    const needed = large.filled + taken;
    if (needed > large.buffer.length) {
      const wider = Buffer.allocUnsafe(Math.min(large.bytes, Math.max(needed, 2 * large.buffer.length)));
      large.buffer.copy(wider, 0, 0, large.filled);
      large.buffer = wider;
    }
    piece.copy(large.buffer, large.filled, 0, taken);
    large.filled = needed;
    if (needed < large.bytes) return { work };
    this.#large = undefined;
    return { packets: large.buffer, rest: taken < piece.length ? piece.subarray(taken) : undefined, work: work + message };
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

function workOf(type: number, message: number): number {
  if (type === PUBLISH) return message;
  return type === CONNECT || type === SUBSCRIBE || type === UNSUBSCRIBE ? SIGN_IN_WORK : 1;
}

function upTo(bytes: Buffer, end: number): Buffer | undefined {
  return end === 0 ? undefined : bytes.subarray(0, end);
}
