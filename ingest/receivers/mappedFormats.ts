import { MappedCsvDecoder } from '../decode/mapping/csv/mappedCsvDecoder.ts';
import type { Format } from '../decode/mapping/format.ts';
import { MappedJsonDecoder } from '../decode/mapping/json/jsonDecoder.ts';

/** A format of the configuration, ready to read. */
export type MappedDecoder = MappedCsvDecoder | MappedJsonDecoder;

/** How the kinds of formats that the configuration describes are read. A new one has its line here. */
const KINDS = { csv: MappedCsvDecoder, json: MappedJsonDecoder } as const;

/** Compiles a format; `siteZone` is the IANA name of the zone of the site's wall clock. */
export function compileFormat(format: Format, siteZone: string): MappedDecoder {
  return new KINDS[format.kind](format, siteZone);
}
