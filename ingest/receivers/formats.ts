import { AppError } from '../../domain/errors.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Origin } from '../../storage/journal/journal.ts';
import { csvDecoder } from '../decode/csv/csvDecoder.ts';
import type { Decoder } from '../decode/decoder.ts';

/** The formats that payloads can have. A new one has its line here. */
const DECODERS: readonly Decoder[] = [csvDecoder];

/** The decoder of a format that the journal names. Throws JOURNAL_DAMAGED for one that this version does not have. */
export function decoderOf(format: string): Decoder {
  const decoder = DECODERS.find((candidate) => candidate.format === format);
  if (decoder) return decoder;
  throw new AppError(
    'JOURNAL_DAMAGED',
    `the journal holds payloads in the format "${format}", which this version does not read: go on with the version that took them`,
  );
}

/** What a receiver's messages carry in the journal: its name, and the format that they have now. */
export function originOf(receiver: ReceiverName, decoder: Decoder): Origin {
  return { receiver, format: decoder.format, rowsOf: (payload) => decoder.rowsOf(payload) };
}
