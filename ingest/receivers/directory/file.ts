import { messageOf, systemCode } from '../../../domain/errors.ts';
import type { Origin } from '../../../domain/reading/origins.ts';
import type { Receipt } from '../../../domain/reading/receipt.ts';
import { LF } from '../../decode/csv/ascii.ts';
import { TEXT_SAMPLE } from '../../decode/csv/looksLikeText.ts';
import { MAX_RECORD } from '../../decode/csv/recordFrame.ts';
import { csvDecoder } from '../../decode/csv/csvDecoder.ts';
import type { CsvState } from '../../decode/csv/csvState.ts';
import type { Decoder, SourceState } from '../../decode/decoder.ts';
import type { StepBuffer } from '../../decode/stepBuffer.ts';
import { type ByteSource, isGzip, look, openBytes } from './byteSource.ts';
import { DayFirstGuard } from './dayFirstGuard.ts';
import type { ClaimedFile } from './inbox.ts';
import { PIECE_BYTES, type Pieces } from './pieces.ts';
import type { RowsAhead } from './rowsAhead.ts';
import { isChanged } from './stillness.ts';

/** How a reading of a file ended: no more room in the step, the end of the file, or an end that may not be the last. */
export type ReadEnd = 'room' | 'ended' | 'waiting';

const NO_BYTES = Buffer.alloc(0);
/** More is read when less than this is left: a piece always holds a whole record. */
const LEAST_BYTES = 2 * MAX_RECORD;
/** A step takes at most this much of one file, however few rows are in it. */
const STEP_BYTES = 64 * 1024 * 1024;

/** How far a file has been read, as it is kept in the job's state. */
export type FilePosition = SourceState & {
  /** The format that it is read in, as its decoder names it; the plain one has no name here. */
  readonly format?: string;
  /** Once its end was reached: the file as it was then. */
  readonly end?: FileEnd;
};

/** A file as it was when it had been read to its end. */
export interface FileEnd {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Where its last line begins when that had no end: should the file grow, the line is read again. */
  readonly before: SourceState | null;
}

export interface FileOptions {
  /** Where reading goes on; undefined for a new file. */
  readonly position: SourceState | undefined;
  /** How it is read; by default in the plain form. */
  readonly decoder?: Decoder | undefined;
  /** It is known to have been written to after it was claimed. */
  readonly isGrowing?: boolean;
  /** How long it has to be still when it was changed after it was claimed, ms: with an end that looks half written, and with another. */
  readonly patience: { readonly endMs: number; readonly linesMs: number };
  /** The monotonic clock, ms. */
  readonly ticks: () => number;
  /** Where the piece is borrowed that is read into. */
  readonly pieces: Pieces;
  /** Who reads on while a step is written; without it nobody does. */
  readonly ahead?: RowsAhead | undefined;
}

/**
 * One claimed file, read in bounded pieces; where it stands is plain JSON.
 *
 *   open ── #fill: no more bytes ────────────────────► end ──── readInto again: it may have grown ──► open
 *    │  └── #readMore: the gzip breaks ─► { broken } ── #goOn: it has changed, and is opened anew ──► open
 *    │
 *    └─ readInto ends with   room     no room in the step, or STEP_BYTES read
 *                            waiting  the end may not be the last (#mayNotBeLast)
 *                            ended    all of it is read, or `failure` says why it is refused
 */
export class FileInProgress {
  readonly claim: ClaimedFile;
  readonly #options: FileOptions;
  /** Borrowed from the first byte to the end. */
  #bytes: Buffer = NO_BYTES;
  readonly #decoder: Decoder;
  /** Formats of the configuration say how dates are written. */
  readonly #dates: DayFirstGuard | undefined;
  #state: SourceState;
  #source: ByteSource | undefined;
  /** `bytes[from, to)` has been read but not parsed. */
  #from = 0;
  #to = 0;
  /** Whether more may come; a gzip that breaks has no last line, only lines before the break. */
  #ending: 'open' | 'end' | { readonly broken: string } = 'open';
  /** What is left is the last line, which has no end; before it the state was this. */
  #beforeLast: SourceState | undefined;
  /** As it was when it was looked at last, and since when by the monotonic clock. */
  #facts: ReturnType<typeof look> | undefined;
  #since = 0;
  #hasChanged = false;
  #moved = false;
  #share = 0;
  /** Why the file as a whole is refused; rows before the break are kept. */
  failure: string | undefined;

  constructor(claim: ClaimedFile, options: FileOptions) {
    this.claim = claim;
    this.#options = options;
    this.#decoder = options.decoder ?? csvDecoder;
    this.#state = options.position ?? this.#decoder.start;
    this.#dates = this.#decoder === csvDecoder ? new DayFirstGuard(options.position === undefined) : undefined;
    this.#hasChanged = options.isGrowing ?? false;
  }

  get id(): string {
    return this.claim.id;
  }

  get name(): string {
    return this.claim.name;
  }

  /** Up to where it has been parsed. */
  get position(): FilePosition {
    return this.#decoder === csvDecoder ? this.#state : { ...this.#state, format: this.#decoder.format };
  }

  /** The same when all of it has been parsed, with what tells later whether it grew, unless it is refused. */
  get endPosition(): FilePosition {
    if (this.failure !== undefined || !this.#facts) return this.position;
    const { ino, size, mtimeMs } = this.#facts;
    return { ...this.position, end: { ino, size, mtimeMs, before: this.#beforeLast ?? null } };
  }

  /** Whether it was written to after it was claimed. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** Whether the last `readInto` got anywhere. */
  get moved(): boolean {
    return this.#moved;
  }

  /** Nothing more of it is read. */
  refuse(reason: string): void {
    this.failure = reason;
  }

  /** Parses on until there is no room in the step, or no more to read. */
  async readInto(step: StepBuffer, receipt: Receipt): Promise<ReadEnd> {
    if (this.failure !== undefined) return 'ended';
    this.#moved = false;
    this.#share = 0;
    this.#dates?.begin(step);
    this.#beforeLast = undefined;
    try {
      this.#goOn();
      for (;;) {
        this.#takeAhead(step, receipt);
        if (this.failure !== undefined) return 'ended';
        if (step.full) return this.#readAhead(step);
        this.#source ??= await openBytes(this.claim.path, this.#state.offset);
        if (this.#ending === 'open' && this.#to - this.#from < (this.#decoder.leastBytes ?? LEAST_BYTES)) await this.#fill();
        if (this.#ending !== 'open' && this.#state.offset === 0 && this.#mayNotBeLast()) return 'waiting';
        if (this.#refusesBeginning()) return 'ended';
        const before = this.#from;
        this.#parse(step, receipt);
        if (this.failure !== undefined) return 'ended';
        if (step.full || this.#share >= STEP_BYTES) return this.#readAhead(step);
        if (this.#ending === 'open' || (this.#from > before && this.#from < this.#to)) continue;
        if (!this.#beforeLast && this.#mayNotBeLast()) return 'waiting';
        if (this.#from === this.#to || this.#beforeLast || this.#ending !== 'end') return this.#end();
        this.#beforeLast = this.#state;
      }
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      this.failure = `it can't be read: ${code}`;
      return 'ended';
    }
  }

  /** Whether it is longer than when its end was reached: then reading goes on there, and with the beginning of a line that had no end. */
  goesOn(): boolean {
    if (this.failure !== undefined || !this.#facts) return false;
    const { size } = this.#facts;
    this.#look();
    if (this.#facts.size <= size) return false;
    if (this.#beforeLast) {
      this.#state = this.#beforeLast;
      this.#openAnew();
    }
    return true;
  }

  /** Gives back what it holds. Reading goes on where it stands, should there be more. */
  close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#from = this.#to = 0;
    if (this.#bytes.length > 0) this.#options.pieces.giveBack(this.#bytes);
    this.#bytes = NO_BYTES;
  }

  /** What was the end the last time may have grown; a gzip stream can only be opened anew. */
  #goOn(): void {
    if (this.#ending === 'open') return;
    const before = this.#facts;
    this.#look();
    if (typeof this.#ending === 'object' && this.#facts === before) return;
    this.#ending = 'open';
    if (this.#facts === before || !isGzip(this.claim.name)) return;
    this.#openAnew();
  }

  #openAnew(): void {
    this.close();
    this.#ending = 'open';
  }

  async #fill(): Promise<void> {
    if (this.#bytes.length === 0) this.#bytes = this.#options.pieces.borrow();
    this.#bytes.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    while (this.#to < PIECE_BYTES) {
      this.#look();
      const count = await this.#readMore();
      if (count === 0) return;
      this.#to += count;
    }
  }

  async #readMore(): Promise<number> {
    try {
      const count = await this.#source!.read(this.#bytes, this.#to);
      if (count === 0) this.#ending = 'end';
      return count;
    } catch (error) {
      if (!systemCode(error)?.startsWith('Z_')) throw error;
      this.#ending = { broken: `broken gzip: ${messageOf(error)}` };
      return 0;
    }
  }

  /** Where a plain file stands whose lines may be read ahead. */
  get #plainState(): CsvState | undefined {
    const state = this.#state as CsvState;
    return this.#decoder === csvDecoder && state.header === 'none' && this.#ending === 'open' && !isGzip(this.claim.name) ? state : undefined;
  }

  /** There is no room for more: what comes next can be read while the table writes. */
  #readAhead({ limit }: StepBuffer): 'room' {
    const state = this.#plainState;
    const facts = this.#facts;
    if (state && facts) {
      const { offset, line, crc } = state;
      this.#options.ahead?.begin({ file: this.id, path: this.claim.path, ino: facts.ino, offset, line, crc, rows: limit }, facts.size - offset);
    }
    return 'room';
  }

  /** Takes what was read ahead. */
  #takeAhead(step: StepBuffer, receipt: Receipt): void {
    const before = this.#plainState;
    const row = step.readings.length;
    const state = before && this.#options.ahead?.take(this.id, before, step, receipt);
    if (!state) return;
    const passed = state.offset - before.offset;
    if (passed <= this.#to - this.#from) this.#from += passed;
    else this.close();
    this.#state = state;
    this.#share += passed;
    this.#moved = true;
    this.failure = this.#dates?.refusesRows(step);
    step.credit({ key: this.id, name: this.name, digest: this.#digest() }, row);
  }

  #parse(step: StepBuffer, receipt: Receipt): void {
    const row = step.readings.length;
    const { size } = step;
    const piece = {
      bytes: this.#bytes,
      from: this.#from,
      to: this.#to,
      final: this.#beforeLast !== undefined,
      source: this.name,
      ...receipt,
    };
    const parsed = this.#decoder.take(piece, this.#state, step);
    this.#state = parsed.state;
    this.#from += parsed.consumed;
    this.#share += parsed.consumed;
    // A record with values of more pumps than the step has room for gives rows before it is consumed.
    this.#moved ||= parsed.consumed > 0 || step.size > size;
    this.failure = parsed.refusal ?? this.#dates?.refusesRows(step);
    step.credit({ key: this.id, name: this.name, digest: this.#digest() }, row);
  }

  #digest(): Origin['digest'] {
    const { offset } = this.#state;
    // Every format of files keeps the running checksum that makes a reject the same again.
    const { crc } = this.#state as SourceState & { readonly crc?: number };
    return { bytes: offset, crc32: (crc ?? 0).toString(16).padStart(8, '0') };
  }

  /** Looks at the beginning of a file before anything of it is taken. */
  #refusesBeginning(): boolean {
    if (this.#state.offset > 0 || this.#from > 0) return false;
    this.failure = this.#decoder.refuses(this.#bytes.subarray(0, Math.min(this.#to, TEXT_SAMPLE)));
    this.failure ??= this.#dates?.refuses(this.#bytes, this.#from, this.#to);
    return this.failure !== undefined;
  }

  #end(): ReadEnd {
    if (typeof this.#ending === 'object') this.failure = this.#ending.broken;
    return 'ended';
  }

  /**
   * Whether more may come: the file was written to after it was claimed, or looks half written and was not known to be whole,
   * and it has not been still for long enough.
   */
  #mayNotBeLast(): boolean {
    const isCut = typeof this.#ending === 'object' || (this.#to > this.#from && this.#bytes[this.#to - 1] !== LF);
    if (!this.#hasChanged && (!isCut || this.claim.whole)) return false;
    this.#look();
    const { endMs, linesMs } = this.#options.patience;
    return this.#options.ticks() - this.#since < (isCut ? endMs : linesMs);
  }

  /** Looks at the file itself. */
  #look(): void {
    const facts = look(this.claim.path);
    if (this.#facts && !isChanged(this.#facts, facts)) return;
    this.#hasChanged ||= this.#facts !== undefined;
    this.#facts = facts;
    this.#since = this.#options.ticks();
  }
}
