import type { ReceiverName } from '../../domain/receivers.ts';
import type { Origin } from '../../storage/journal/journal.ts';
import type { Decoder } from '../decode/decoder.ts';

/** What a receiver's messages carry in the journal: its name, and the format that they have now. */
export function originOf(receiver: ReceiverName, decoder: Decoder): Origin {
  return { receiver, format: decoder.format, rowsOf: (payload) => decoder.rowsOf(payload) };
}
