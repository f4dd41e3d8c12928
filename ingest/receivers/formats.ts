import { AppError } from '../../domain/errors.ts';
import { csvDecoder } from '../decode/csv/csvDecoder.ts';
import type { Decoder } from '../decode/decoder.ts';
import type { Format } from '../decode/mapping/format.ts';
import type { LeftOut } from '../decode/mapping/tally.ts';
import type { compileFormat, MappedDecoder } from './mappedFormats.ts';

/** The formats that files and payloads can have: the plain one, and those of the configuration, each compiled once. */
export class Formats {
  readonly #formats: readonly Format[];
  readonly #siteZone: string;
  readonly #compile: typeof compileFormat | undefined;
  readonly #mapped: ReadonlyMap<string, MappedDecoder>;

  /** `siteZone` is the IANA name of the zone of the site's wall clock; without formats nothing is compiled. */
  constructor(formats: readonly Format[], siteZone: string, compile?: typeof compileFormat) {
    this.#formats = formats;
    this.#siteZone = siteZone;
    this.#compile = compile;
    this.#mapped = new Map(formats.map((format) => [format.name, compile!(format, siteZone)]));
  }

  /** The formats of a configuration. What compiles them is loaded where there are any. */
  static async of(formats: readonly Format[], siteZone: string): Promise<Formats> {
    return new Formats(formats, siteZone, formats.length === 0 ? undefined : (await import('./mappedFormats.ts')).compileFormat);
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
    return new Formats(this.#formats, this.#siteZone, this.#compile);
  }

  /** What the formats of the configuration left out since the program was started: of those that left out anything. */
  leftOut(): LeftOut[] {
    const all = [...this.#mapped.values()].map((decoder) => decoder.leftOut());
    return all.filter(({ ignored, bad, noValue }) => ignored + bad + noValue > 0);
  }
}

/** The plain form alone. */
export const PLAIN_FORMATS = new Formats([], 'UTC');
