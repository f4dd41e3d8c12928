import { pumpMatcher } from '../../../domain/alarm/pumpPattern.ts';
import { csvDecoder } from '../../decode/csv/csvDecoder.ts';
import { isMended } from '../../decode/csv/mended.ts';
import type { Decoder } from '../../decode/decoder.ts';
import { type Formats, PLAIN_FORMATS } from '../formats.ts';
import { isPlainName } from './inboxNames.ts';

/** Which files have which format: `files` is a name in which `*` stands for any run of characters. */
export interface FileFormatRule {
  readonly files: string;
  readonly format: string;
}

/** How the files of an inbox are read, by their names; the first rule that fits decides. */
export class FileFormats {
  readonly #formats: Formats;
  readonly #rules: readonly { readonly matches: (name: string) => boolean; readonly format: string }[];

  constructor(formats: Formats = PLAIN_FORMATS, rules: readonly FileFormatRule[] = []) {
    this.#formats = formats;
    this.#rules = rules.map(({ files, format }) => ({ matches: pumpMatcher(files.toLowerCase()), format }));
  }

  /** Whether a file of this name is read. */
  reads(name: string): boolean {
    return isPlainName(name) || this.#ruleOf(name) !== undefined;
  }

  /** How a new file is read. One of mended rejects is of the plain form whatever its name, which its `beginning` tells. */
  decoderOf(name: string, beginning?: () => Buffer): Decoder {
    const rule = this.#ruleOf(name);
    if (rule && beginning && isPlainName(name) && isMended(beginning())) return csvDecoder;
    return this.#formats.named(rule?.format);
  }

  /** How a file is read that was begun in a format, undefined for the plain one. Throws CONFIG for one that is gone. */
  begunIn(format: string | undefined): Decoder {
    return format === undefined ? csvDecoder : this.#formats.decoderOf(format);
  }

  /** A rule for `x.csv` is one for `x.csv.gz` too. */
  #ruleOf(name: string): { readonly format: string } | undefined {
    const folded = name.toLowerCase();
    return this.#rules.find(({ matches }) => matches(folded) || (folded.endsWith('.gz') && matches(folded.slice(0, -3))));
  }
}
