import { AppError } from '../../domain/errors.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Origin } from '../../storage/journal/journal.ts';
import { csvDecoder } from '../decode/csv/csvDecoder.ts';
import type { Decoder } from '../decode/decoder.ts';
import { MappedCsvDecoder } from '../decode/mapping/csv/mappedCsvDecoder.ts';
import type { Format } from '../decode/mapping/format.ts';
import { MappedJsonDecoder } from '../decode/mapping/json/jsonDecoder.ts';
import type { LeftOut } from '../decode/mapping/tally.ts';

/** A format of the configuration, ready to read. */
export type MappedDecoder = MappedCsvDecoder | MappedJsonDecoder;

/** How the kinds of formats that the configuration describes are read. A new one has its line here. */
const KINDS = { csv: MappedCsvDecoder, json: MappedJsonDecoder } as const;

/** Compiles a format; `siteZone` is the IANA name of the zone of the site's wall clock. */
export function compileFormat(format: Format, siteZone: string): MappedDecoder {
  return new KINDS[format.kind](format, siteZone);
}

/** The formats that files and payloads can have: the plain one, and those of the configuration, each compiled once. */
export class Formats {
  readonly #formats: readonly Format[];
  readonly #siteZone: string;
  readonly #mapped: ReadonlyMap<string, MappedDecoder>;

  constructor(formats: readonly Format[], siteZone: string) {
    this.#formats = formats;
    this.#siteZone = siteZone;
    this.#mapped = new Map(formats.map((format) => [format.name, compileFormat(format, siteZone)]));
  }

  /** The decoder of a name of the configuration; the plain one without a name, or for a name that nobody describes. */
  named(name: string | undefined): Decoder {
    return (name === undefined ? undefined : this.#mapped.get(name)) ?? csvDecoder;
  }

  /** The decoder of a format that the journal names. Throws CONFIG for one that the configuration no longer has. */
  decoderOf(format: string): Decoder {
    if (format === csvDecoder.format) return csvDecoder;
    for (const decoder of this.#mapped.values()) if (decoder.format === format) return decoder;
    if (!format.startsWith('formats.'))
      throw new AppError(
        'JOURNAL_DAMAGED',
        `the journal holds payloads in the format "${format}", which this version does not read: go on with the version that took them`,
      );
    throw new AppError(
      'CONFIG',
      `${format}: the journal or a half-read file is in this format, which the configuration no longer has. Put it back until all of it is ` +
        'in the table (wellwatch run --once)',
    );
  }

  /** The same formats for somebody who reads what is read again: it does not count in `leftOut`. */
  uncounted(): Formats {
    return new Formats(this.#formats, this.#siteZone);
  }

  /** What the formats of the configuration left out since the program was started: of those that left out anything. */
  leftOut(): LeftOut[] {
    const all = [...this.#mapped.values()].map((decoder) => decoder.leftOut());
    return all.filter(({ ignored, bad, noValue }) => ignored + bad + noValue > 0);
  }
}

/** The plain form alone. */
export const PLAIN_FORMATS = new Formats([], 'UTC');

/** What a receiver's messages carry in the journal: its name, and the format that they have now. */
export function originOf(receiver: ReceiverName, decoder: Decoder): Origin {
  return { receiver, format: decoder.format, rowsOf: (payload) => decoder.rowsOf(payload) };
}
