import { crc32 } from 'node:zlib';

/**
 * A journal segment is a row of frames; a frame is what one commit put on disk. Little-endian.
 *
 *   0        4        8        12       16          20           28
 *   +--------+--------+--------+--------+-----------+------------+----------------------------+
 *   | "WWF3" | length | crc    | rows   | messages  | receivedAt | body: `length` bytes       |
 *   |        | u32    | u32    | u32    | u32       | f64        |                            |
 *   +--------+--------+--------+--------+-----------+------------+----------------------------+
 *                       of the frame's place (u32 segment, u32 offset), its length, and all that follows the crc
 *   body: u32 origins, { u32 length, UTF-8 of receiver NUL format NUL topic, and NUL "retained" if it was } each;
 *         then { u32 origin, u32 size, u32 kept, kept bytes, LF } a message
 *
 * The LF is none of the payload's: a line that ends with its payload can be read like any other.
 * `rows` is what the payloads count as while they wait, for reports; `size` is the payload's length as it came, of
 * which `kept` bytes are here. The format is that which the payload had when it came: another setting changes nothing
 * of what was acknowledged. The place keeps a copy of a frame, in a payload for example, from being taken for a frame.
 *
 * Frames that begin with "WWF2" and "WWF1" are read too: their crc is of what follows it alone. The origins of "WWF1" are
 * topics alone, and its payloads are CSV that came over MQTT. A journal that has come to a newer version stays with it.
 */
export const FRAME_HEADER = 28;
const FRAME_MAGIC = 0x33465757; // "WWF3"
const SECOND_MAGIC = 0x32465757; // "WWF2"
const FIRST_MAGIC = 0x31465757; // "WWF1"
/** What a frame begins with: the version that is written, and then those that are read. */
export const FRAME_MAGICS: readonly number[] = [FRAME_MAGIC, SECOND_MAGIC, FIRST_MAGIC];
const MESSAGE_HEADER = 12;
const LF = 10;
const NUL = '\0';
const RETAINED = 'retained';
/** What an origin adds to a frame beside its bytes. */
const ORIGIN_HEADER = 4;
const CRC_FROM = 12;
const PLACE = Buffer.alloc(12);

/** The longest payload that is taken; of a longer one the journal keeps the beginning, and it becomes a reject. */
export const MAX_PAYLOAD = 1024 * 1024;
const KEPT_OF_OVERSIZE = 4096;

/** Who brought a payload, and how it is written. Names without a NUL. */
export interface PayloadOrigin {
  /** The receiver that its rows are credited to. */
  readonly receiver: string;
  readonly format: string;
  /** The broker had kept it for whoever subscribes: nobody knows how old it is. */
  readonly retained?: boolean | undefined;
}

/** Where a frame begins. */
export interface FramePlace {
  readonly segment: number;
  readonly offset: number;
}

const FIRST_ORIGIN: PayloadOrigin = { receiver: 'mqtt', format: 'csv' };

/** Messages that wait for the next commit. */
export interface Queued {
  readonly origins: readonly PayloadOrigin[];
  readonly topics: readonly string[];
  readonly payloads: readonly Buffer[];
  readonly rows: number;
}

/** What a frame's header says, once its crc has been checked or where that is not needed. */
export interface FrameHeader {
  /** One of FRAME_MAGICS. */
  readonly magic: number;
  readonly length: number;
  readonly rows: number;
  readonly messages: number;
  readonly receivedAt: number;
}

/** A message of a frame: `bytes[from, to)`, of which `size` bytes came; an LF follows it. */
export interface JournalMessage extends PayloadOrigin {
  topic: string;
  from: number;
  to: number;
  size: number;
}

/** How many bytes of the queue, from its first message on, make a frame of at most `limit` bytes; at least one message. */
export function fittingMessages(topics: readonly string[], payloads: readonly Buffer[], limit: number): number {
  let bytes = 0;
  let count = 0;
  while (count < payloads.length) {
    bytes += payloads[count].length + MESSAGE_HEADER + ORIGIN_HEADER + topics[count].length;
    if (count > 0 && bytes > limit) break;
    count++;
  }
  return count;
}

/** How a frame is written: when its messages came, where it begins, and the buffer that is used if it fits. */
export interface FrameWriting {
  readonly receivedAt: number;
  readonly at: FramePlace;
  readonly scratch: Buffer;
}

/** Encodes the queue's first `count` messages. */
export function encodeFrame(queue: Queued, count: number, { receivedAt, at: place, scratch }: FrameWriting): Buffer {
  const { payloads } = queue;
  const { names, numbers } = numberOrigins(queue, count);
  let size = FRAME_HEADER + ORIGIN_HEADER;
  for (const name of names) size += ORIGIN_HEADER + name.length;
  for (let i = 0; i < count; i++) size += MESSAGE_HEADER + keptBytes(payloads[i]) + 1;
  const frame = size <= scratch.length ? scratch.subarray(0, size) : Buffer.allocUnsafeSlow(size);
  let at = frame.writeUInt32LE(names.length, FRAME_HEADER);
  for (const name of names) {
    at = frame.writeUInt32LE(name.length, at);
    at += name.copy(frame, at);
  }
  for (let i = 0; i < count; i++) {
    const payload = payloads[i];
    const kept = keptBytes(payload);
    frame.writeUInt32LE(numbers[i], at);
    frame.writeUInt32LE(payload.length, at + 4);
    frame.writeUInt32LE(kept, at + 8);
    payload.copy(frame, at + MESSAGE_HEADER, 0, kept);
    at += MESSAGE_HEADER + kept;
    frame[at++] = LF;
  }
  frame.writeUInt32LE(FRAME_MAGIC, 0);
  frame.writeUInt32LE(size - FRAME_HEADER, 4);
  frame.writeUInt32LE(queue.rows, 12);
  frame.writeUInt32LE(count, 16);
  frame.writeDoubleLE(receivedAt, 20);
  frame.writeUInt32LE(crcOf(frame, place, size - FRAME_HEADER), 8);
  return frame;
}

/** The different origins of the queue's first messages as they are written, and the number of each message's. */
function numberOrigins({ origins, topics }: Queued, count: number): { names: Buffer[]; numbers: Uint32Array } {
  const names: Buffer[] = [];
  const numbers = new Uint32Array(count);
  const known = new Map<PayloadOrigin, Map<string, number>>();
  for (let i = 0; i < count; i++) {
    const origin = origins[i];
    const topic = topics[i];
    if (i > 0 && topic === topics[i - 1] && origin === origins[i - 1]) {
      numbers[i] = numbers[i - 1];
      continue;
    }
    const byTopic = known.get(origin) ?? new Map<string, number>();
    known.set(origin, byTopic);
    let number = byTopic.get(topic);
    if (number === undefined) {
      number =
        names.push(Buffer.from([origin.receiver, origin.format, topic, ...(origin.retained === true ? [RETAINED] : [])].join(NUL))) - 1;
      byTopic.set(topic, number);
    }
    numbers[i] = number;
  }
  return { names, numbers };
}

function keptBytes(payload: Buffer): number {
  return payload.length > MAX_PAYLOAD ? KEPT_OF_OVERSIZE : payload.length;
}

/** The header at the buffer's start, or undefined when none begins there. */
export function readHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER || !FRAME_MAGICS.includes(bytes.readUInt32LE(0))) return undefined;
  return {
    magic: bytes.readUInt32LE(0),
    length: bytes.readUInt32LE(4),
    rows: bytes.readUInt32LE(12),
    messages: bytes.readUInt32LE(16),
    receivedAt: bytes.readDoubleLE(20),
  };
}

/** Whether the bytes, header and body, are a whole frame as it was written at this place. */
export function isIntact(frame: Buffer, place: FramePlace): boolean {
  return hasLength(frame, place, frame.readUInt32LE(4));
}

/** Whether a frame is whole but for what its header says of its length: a disk's fault, not a frame that was cut short. */
export function isIntactButForLength(frame: Buffer, place: FramePlace): boolean {
  return hasLength(frame, place, frame.length - FRAME_HEADER);
}

function hasLength(frame: Buffer, place: FramePlace, length: number): boolean {
  const crc = frame.readUInt32LE(0) === FRAME_MAGIC ? crcOf(frame, place, length) : crc32(frame.subarray(CRC_FROM));
  return crc === frame.readUInt32LE(8);
}

function crcOf(frame: Buffer, { segment, offset }: FramePlace, length: number): number {
  PLACE.writeUInt32LE(segment, 0);
  PLACE.writeUInt32LE(offset, 4);
  PLACE.writeUInt32LE(length, 8);
  return crc32(frame.subarray(CRC_FROM), crc32(PLACE));
}

/** The messages of an intact frame. `to - from` is less than `size` for one that was too long. */
export function decodeMessages(frame: Buffer): JournalMessage[] {
  const read = frame.readUInt32LE(0) === FIRST_MAGIC ? firstOrigin : originOf;
  const origins: (PayloadOrigin & { readonly topic: string })[] = [];
  let at = FRAME_HEADER + ORIGIN_HEADER;
  for (let i = frame.readUInt32LE(FRAME_HEADER); i > 0; i--) {
    const length = frame.readUInt32LE(at);
    at += ORIGIN_HEADER;
    origins.push(read(frame.toString('utf8', at, at + length)));
    at += length;
  }
  const messages: JournalMessage[] = [];
  while (at < frame.length) {
    const from = at + MESSAGE_HEADER;
    const to = from + frame.readUInt32LE(at + 8);
    const { receiver, format, topic, retained } = origins[frame.readUInt32LE(at)];
    messages.push({ receiver, format, topic, retained, from, to, size: frame.readUInt32LE(at + 4) });
    at = to + 1;
  }
  return messages;
}

function firstOrigin(topic: string): PayloadOrigin & { readonly topic: string } {
  return { ...FIRST_ORIGIN, topic };
}

function originOf(text: string): PayloadOrigin & { readonly topic: string } {
  const [receiver, format, topic, retained] = text.split(NUL); // a topic holds no NUL
  return { receiver, format, topic, retained: retained === RETAINED };
}
