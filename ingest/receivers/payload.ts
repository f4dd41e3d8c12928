import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Receipt } from '../../domain/reading/receipt.ts';
import { RAW_LIMIT, type Reject } from '../../domain/reading/reject.ts';
import type { Decoder, SourceState } from '../decode/decoder.ts';
import type { StepBuffer } from '../decode/stepBuffer.ts';

/** A message: `bytes[from, to)`. */
export interface Payload {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** How long it was as it came; more than is there of one that was too long. */
  readonly size: number;
  /** Where it comes from, for rejects. */
  readonly source: string;
}

/** How a payload is read. */
export interface PayloadReading {
  readonly decoder: Decoder;
  readonly receipt: Receipt;
  /** Where an earlier step has left it. */
  readonly begun: SourceState | undefined;
}

/** Where a payload stands that has not been begun, whatever its format. */
export const NOTHING_TAKEN: SourceState = { line: 0, offset: 0 };

/**
 * Takes a payload from where it was begun, or from its beginning; gives the state where the room ended, or undefined when all
 * of it is taken. Whoever has many payloads of one plain row tries the decoder's `takeOne` first.
 */
export function takePayload(payload: Payload, { decoder, receipt, begun }: PayloadReading, buffer: StepBuffer): SourceState | undefined {
  const { bytes, from, to, size, source } = payload;
  const refuse = (reason: string) => void buffer.rejects.push(wholeReject(payload, reason, receipt.receivedAt));
  if (size === 0) return refuse(`expected ${decoder.expects}, got an empty payload`);
  if (to - from < size) return refuse(`expected a payload of at most 1 MiB, got ${size.toLocaleString('en')} bytes`);
  const rows = buffer.readings.length;
  const rejects = buffer.rejects.length;
  const state = begun ?? decoder.start;
  const parsed = decoder.take({ bytes, from: from + state.offset, to, final: true, source, ...receipt }, state, buffer);
  const isDoubtful = state.offset === 0 && buffer.rejects.length > rejects;
  const refused = parsed.refusal ?? (isDoubtful ? decoder.refuses(bytes.subarray(from, to)) : undefined);
  if (refused !== undefined) {
    buffer.readings.length = rows;
    buffer.rejects.length = rejects;
    return refuse(refused);
  }
  return parsed.state.offset < size ? parsed.state : undefined;
}

/** One reject for a payload as a whole; the same payload of the same source is the same reject. */
function wholeReject({ bytes, from, to, size, source }: Payload, reason: string, receivedAt: number): Reject {
  const payload = bytes.subarray(from, to);
  const id = createHash('sha256').update(`${source}\0${size}\0`).update(payload).digest('hex').slice(0, 32);
  const raw = payload.subarray(0, RAW_LIMIT).toString(isUtf8(payload) ? 'utf8' : 'latin1');
  return { id, source, line: 1, reason, raw, receivedAt };
}
