import type { Decoder, Parsed, Piece } from '../../decoder.ts';
import { csvDecoder } from '../../csv/csvDecoder.ts';
import { looksLikeText, noTextReason } from '../../csv/looksLikeText.ts';
import type { StepBuffer } from '../../stepBuffer.ts';
import { type Format, namesColumns } from '../format.ts';
import { compilePattern, type Pattern } from '../pattern.ts';
import { pumpOfSource } from '../sourceFacts.ts';
import { type LeftOut, Tally } from '../tally.ts';
import { Tags } from '../tags.ts';
import { TimeReader } from '../timeReader.ts';
import { folded, ValueReader } from '../values.ts';
import { type Columns, columnsOf, type NoHeader } from './columns.ts';
import { MAPPED_START, type MappedState } from './mappedState.ts';
import type { CompiledCsv } from './compiledCsv.ts';
import { MappedPiece } from './mappedPiece.ts';

/** Delimited text that a format of the configuration describes. */
export class MappedCsvDecoder implements Decoder<MappedState> {
  readonly format: string;
  readonly expects: string;
  readonly start = MAPPED_START;
  readonly #compiled: CompiledCsv;
  readonly #filePattern: Pattern | undefined;
  /** Of the header that was looked at last: the pieces of a file have the same. */
  #names: readonly string[] | null | undefined;
  #columns: Columns | NoHeader | undefined;

  /** `siteZone` is the IANA name of the zone of the site's wall clock. */
  constructor(format: Format, siteZone: string) {
    this.format = `formats.${format.name}`;
    this.expects = `lines of the format ${format.name}`;
    this.#filePattern = format.pump?.kind === 'file' ? compilePattern(format.pump.pattern) : undefined;
    this.#compiled = {
      format,
      tags: new Tags(format),
      times: new TimeReader(format, siteZone),
      values: new ValueReader(format),
      good: new Set(format.quality?.good.map(folded)),
      tally: new Tally(),
      columns: (names) => this.#columnsOf(names),
    };
  }

  take(piece: Piece, state: MappedState, into: StepBuffer): Parsed<MappedState> {
    const pump = pumpOfSource(this.#compiled.format, piece.source, this.#filePattern);
    if (typeof pump === 'object') return { consumed: 0, state, refusal: pump.refusal };
    return new MappedPiece(this.#compiled, { piece, state, into, pump }).parse();
  }

  takeOne(): boolean {
    return false;
  }

  refuses(beginning: Buffer): string | undefined {
    const { encoding, name } = this.#compiled.format;
    if (encoding === 'utf-16le') {
      const text = Buffer.from(beginning.toString('utf16le').slice(0, beginning.length / 2));
      const isText = looksLikeText(text) && text.includes('\n') === beginning.includes('\n');
      return isText ? undefined : `expected UTF-16 text (formats.${name}.encoding), got something else`;
    }
    return noTextReason(beginning)?.replace(/: save it as UTF-8$/, `: set formats.${name}.encoding to utf-16le`);
  }

  rowsOf(payload: Buffer): number {
    return csvDecoder.rowsOf(payload);
  }

  /** What was left out since the program was started. */
  leftOut(): LeftOut {
    return this.#compiled.tally.leftOut(this.#compiled.format.name);
  }

  #columnsOf(names: readonly string[] | null): Columns | NoHeader | undefined {
    const { format, tags } = this.#compiled;
    if (names === null && namesColumns(format)) return undefined;
    if (names !== this.#names) {
      this.#names = names;
      this.#columns = columnsOf(format, tags, names ?? undefined);
    }
    return this.#columns;
  }
}
