import type { Decoder, Parsed, Piece } from '../../decoder.ts';
import { noTextReason } from '../../csv/looksLikeText.ts';
import type { StepBuffer } from '../../stepBuffer.ts';
import type { Format } from '../format.ts';
import { compilePattern, type Pattern } from '../pattern.ts';
import { pumpOfSource } from '../sourceFacts.ts';
import { type LeftOut, Tally } from '../tally.ts';
import { Tags } from '../tags.ts';
import { TimeReader } from '../timeReader.ts';
import { folded, ValueReader } from '../values.ts';
import { type CompiledJson, itemPaths } from './items.ts';
import { JsonPiece, LONGEST_VALUE } from './jsonPiece.ts';
import { JSON_START, type JsonState } from './jsonState.ts';

/** JSON that a format of the configuration describes: a document, several one after the other, or a list of them. */
export class MappedJsonDecoder implements Decoder<JsonState> {
  readonly format: string;
  readonly expects: string;
  readonly start = JSON_START;
  readonly leastBytes = LONGEST_VALUE;
  readonly #compiled: CompiledJson;
  readonly #filePattern: Pattern | undefined;

  /** `siteZone` is the IANA name of the zone of the site's wall clock. */
  constructor(format: Format, siteZone: string) {
    this.format = `formats.${format.name}`;
    this.expects = `JSON of the format ${format.name}`;
    this.#filePattern = format.pump?.kind === 'file' ? compilePattern(format.pump.pattern) : undefined;
    this.#compiled = {
      format,
      tags: new Tags(format),
      times: new TimeReader(format, siteZone),
      values: new ValueReader(format),
      good: new Set(format.quality?.good.map(folded)),
      tally: new Tally(),
      paths: itemPaths(format),
    };
  }

  take(piece: Piece, state: JsonState, into: StepBuffer): Parsed<JsonState> {
    const pump = pumpOfSource(this.#compiled.format, piece.source, this.#filePattern);
    if (typeof pump === 'object') return { consumed: 0, state, refusal: pump.refusal };
    return new JsonPiece(this.#compiled, { piece, state, into, pump }).parse();
  }

  takeOne(): boolean {
    return false;
  }

  refuses(beginning: Buffer): string | undefined {
    return noTextReason(beginning);
  }

  rowsOf(): number {
    return 1;
  }

  /** What was left out since the program was started. */
  leftOut(): LeftOut {
    return this.#compiled.tally.leftOut(this.#compiled.format.name);
  }
}
