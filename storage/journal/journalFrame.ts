import { crc32 } from 'node:zlib';

/**
 * A journal segment is a row of frames; a frame is what one commit put on disk. Little-endian.
 *
 *   0        4        8        12       16          20           28
 *   +--------+--------+--------+--------+-----------+------------+----------------------------+
 *   | "WWF1" | length | crc    | rows   | messages  | receivedAt | body: `length` bytes       |
 *   |        | u32    | u32    | u32    | u32       | f64        |                            |
 *   +--------+--------+--------+--------+-----------+------------+----------------------------+
 *                       of all that follows it
 *   body: u32 topics, { u32 length, UTF-8 bytes } each; then { u32 topic, u32 size, u32 kept, kept bytes, LF } a message
 *
 * The LF is none of the payload's: a line that ends with its payload can be read like any other.
 * `rows` counts lines, for reports; `size` is the payload's length as it came, of which `kept` bytes are here.
 */
export const FRAME_HEADER = 28;
export const FRAME_MAGIC = 0x31465757; // "WWF1"
const MESSAGE_HEADER = 12;
const LF = 10;
/** What a topic may add to a frame beside its bytes; a UTF-16 unit takes at most three of these. */
const TOPIC_HEADER = 4;
const CRC_FROM = 12;

/** The longest payload that is taken; of a longer one the journal keeps the beginning, and it becomes a reject. */
export const MAX_PAYLOAD = 1024 * 1024;
const KEPT_OF_OVERSIZE = 4096;

/** Messages that wait for the next commit. */
export interface Queued {
  readonly topics: readonly string[];
  readonly payloads: readonly Buffer[];
  readonly rows: number;
}

/** What a frame's header says, once its crc has been checked or where that is not needed. */
export interface FrameHeader {
  readonly length: number;
  readonly rows: number;
  readonly messages: number;
  readonly receivedAt: number;
}

/** A message of a frame: `bytes[from, to)`, of which `size` bytes came; an LF follows it. */
export interface JournalMessage {
  topic: string;
  from: number;
  to: number;
  size: number;
}

/** How many bytes of the queue, from its first message on, make a frame of at most `limit` bytes; at least one message. */
export function fittingMessages(queue: Queued, limit: number): number {
  let bytes = 0;
  let count = 0;
  while (count < queue.payloads.length) {
    bytes += queue.payloads[count].length + MESSAGE_HEADER + TOPIC_HEADER + queue.topics[count].length;
    if (count > 0 && bytes > limit) break;
    count++;
  }
  return count;
}

/** Encodes the queue's first `count` messages, into `scratch` if they fit. */
export function encodeFrame(queue: Queued, count: number, { receivedAt, scratch }: { receivedAt: number; scratch: Buffer }): Buffer {
  const { topics, payloads } = queue;
  const numbers = new Map<string, number>();
  const names: Buffer[] = [];
  let size = FRAME_HEADER + TOPIC_HEADER;
  let last = '';
  for (let i = 0; i < count; i++) {
    const topic = topics[i];
    if ((i === 0 || topic !== last) && !numbers.has(topic)) {
      const name = Buffer.from(topic);
      numbers.set(topic, names.length);
      names.push(name);
      size += TOPIC_HEADER + name.length;
    }
    last = topic;
    size += MESSAGE_HEADER + keptBytes(payloads[i]) + 1;
  }
  const frame = size <= scratch.length ? scratch.subarray(0, size) : Buffer.allocUnsafeSlow(size);
  let at = frame.writeUInt32LE(names.length, FRAME_HEADER);
  for (const name of names) {
    at = frame.writeUInt32LE(name.length, at);
    at += name.copy(frame, at);
  }
  for (let i = 0; i < count; i++) {
    const payload = payloads[i];
    const kept = keptBytes(payload);
    frame.writeUInt32LE(numbers.get(topics[i])!, at);
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
  frame.writeUInt32LE(crc32(frame.subarray(CRC_FROM)), 8);
  return frame;
}

function keptBytes(payload: Buffer): number {
  return payload.length > MAX_PAYLOAD ? KEPT_OF_OVERSIZE : payload.length;
}

/** The header at the buffer's start, or undefined when none begins there. */
export function readHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER || bytes.readUInt32LE(0) !== FRAME_MAGIC) return undefined;
  return {
    length: bytes.readUInt32LE(4),
    rows: bytes.readUInt32LE(12),
    messages: bytes.readUInt32LE(16),
    receivedAt: bytes.readDoubleLE(20),
  };
}

/** Whether the bytes, header and body, are a whole frame as it was written. */
export function isIntact(frame: Buffer): boolean {
  return crc32(frame.subarray(CRC_FROM)) === frame.readUInt32LE(8);
}

/** The messages of an intact frame. `to - from` is less than `size` for one that was too long. */
export function decodeMessages(frame: Buffer): JournalMessage[] {
  const topics: string[] = [];
  let at = FRAME_HEADER + TOPIC_HEADER;
  for (let i = frame.readUInt32LE(FRAME_HEADER); i > 0; i--) {
    const length = frame.readUInt32LE(at);
    at += TOPIC_HEADER;
    topics.push(frame.toString('utf8', at, at + length));
    at += length;
  }
  const messages: JournalMessage[] = [];
  while (at < frame.length) {
    const from = at + MESSAGE_HEADER;
    const to = from + frame.readUInt32LE(at + 8);
    messages.push({ topic: topics[frame.readUInt32LE(at)], from, to, size: frame.readUInt32LE(at + 4) });
    at = to + 1;
  }
  return messages;
}

/** How many rows a payload will count as while it waits: its lines, and one for an empty payload. */
export function countLines(payload: Buffer): number {
  if (payload.length > MAX_PAYLOAD) return 1;
  let lines = 0;
  let at = 0;
  while (at < payload.length) {
    const end = payload.indexOf(10, at);
    lines++;
    if (end < 0) break;
    at = end + 1;
  }
  return lines === 0 ? 1 : lines;
}
