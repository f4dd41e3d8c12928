import { messageOf, systemCode } from '../../../domain/errors.ts';
import type { Json } from '../../../storage/table/state.ts';
import { TEXT_SAMPLE } from '../../decode/csv/looksLikeText.ts';
import { MAX_RECORD } from '../../decode/csv/recordFrame.ts';
import { csvDecoder } from '../../decode/csv/csvDecoder.ts';
import type { CsvState } from '../../decode/csv/csvState.ts';
import type { StepBuffer } from '../../decode/stepBuffer.ts';
import { type ByteSource, look, openBytes } from './byteSource.ts';
import { DayFirstGuard } from './dayFirstGuard.ts';
import type { ClaimedFile } from './inbox.ts';

/** How a reading of a file ended: no more room in the step, the end of the file, or an end that may still be half written. */
export type ReadEnd = 'room' | 'ended' | 'waiting';

const PIECE_BYTES = 1024 * 1024;
/** More is read when less than this is left: a piece always holds a whole record. */
const LEAST_BYTES = 2 * MAX_RECORD;
/** A step takes at most this much of one file, however few rows are in it. */
const STEP_BYTES = 64 * 1024 * 1024;
/** A last line without an end is believed when the file has not changed for this long. */
const STILL_MS = 1000;

/**
 * One claimed file, read in bounded pieces; where it stands is plain JSON.
 *
 *   open ── #fill: no more bytes ────────────────────► end ──── readInto again: it may have grown ──► open
 *    │  └── #readMore: the gzip breaks ─► { broken } ── #wait: opened anew ──► open
 *    │
 *    └─ readInto ends with   room     no room in the step, or STEP_BYTES read
 *                            waiting  the end looks half written and has just been changed (#mayBeUnfinished)
 *                            ended    all of it is read, or `failure` says why it is refused
 */
export class FileInProgress {
  readonly claim: ClaimedFile;
  readonly #now: () => number;
  readonly #bytes = Buffer.allocUnsafe(PIECE_BYTES);
  readonly #dates: DayFirstGuard;
  #state: CsvState;
  #source: ByteSource | undefined;
  /** `bytes[from, to)` has been read but not parsed. */
  #from = 0;
  #to = 0;
  /** Whether more may come; a gzip that breaks has no last line, only lines before the break. */
  #ending: 'open' | 'end' | { readonly broken: string } = 'open';
  #sizeAtEnd = -1;
  #moved = false;
  #share = 0;
  /** Why the file as a whole is refused; rows before the break are kept. */
  failure: string | undefined;

  /** `position` is what `position` gave before a crash, or undefined for a new file. */
  constructor(claim: ClaimedFile, position: Json | undefined, now: () => number) {
    this.claim = claim;
    this.#now = now;
    this.#state = position ? (position as unknown as CsvState) : csvDecoder.start;
    this.#dates = new DayFirstGuard(position === undefined);
  }

  get id(): string {
    return this.claim.id;
  }

  get name(): string {
    return this.claim.name;
  }

  /** Up to where it has been parsed. */
  get position(): Json {
    return this.#state as unknown as Json;
  }

  /** Whether the last `readInto` got anywhere. */
  get moved(): boolean {
    return this.#moved;
  }

  /** Parses on until there is no room in the step, or no more to read. */
  async readInto(step: StepBuffer, receivedAt: number): Promise<ReadEnd> {
    this.#moved = false;
    this.#share = 0;
    this.#dates.begin(step);
    // What was the end the last time may have grown; a gzip that broke stays so until it is opened anew.
    if (this.#ending === 'end' || !this.#source) this.#ending = 'open';
    try {
      this.#source ??= await openBytes(this.claim.path, this.#state.offset);
      for (;;) {
        if (this.#ending === 'open' && this.#to - this.#from < LEAST_BYTES) await this.#fill();
        if (this.#ending !== 'open' && this.#mayBeUnfinished()) return this.#wait();
        if (this.#refusesBeginning()) return 'ended';
        const before = this.#from;
        this.#parse(step, receivedAt);
        if (this.failure !== undefined) return 'ended';
        if (step.full || this.#share >= STEP_BYTES) return 'room';
        if (this.#ending === 'open') continue;
        if (this.#from === this.#to || this.#from === before) return this.#end();
      }
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      this.failure = `it can't be read: ${code}`;
      return 'ended';
    }
  }

  /** Whether it is longer than when its end was reached. */
  hasGrown(): boolean {
    return this.failure === undefined && this.#sizeAtEnd >= 0 && look(this.claim.path).size > this.#sizeAtEnd;
  }

  close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  async #fill(): Promise<void> {
    this.#bytes.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    while (this.#to < PIECE_BYTES) {
      this.#sizeAtEnd = look(this.claim.path).size;
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

  #parse(step: StepBuffer, receivedAt: number): void {
    const piece = { bytes: this.#bytes, from: this.#from, to: this.#to, final: this.#ending === 'end', source: this.name, receivedAt };
    const parsed = csvDecoder.take(piece, this.#state, step);
    this.#state = parsed.state;
    this.#from += parsed.consumed;
    this.#share += parsed.consumed;
    this.#moved ||= parsed.consumed > 0;
    this.failure = parsed.refusal ?? this.#dates.refusesRows(step);
  }

  /** Looks at the beginning of a file before anything of it is taken. */
  #refusesBeginning(): boolean {
    if (this.#state.offset > 0 || this.#from > 0) return false;
    this.failure = csvDecoder.refuses(this.#bytes.subarray(0, Math.min(this.#to, TEXT_SAMPLE)));
    this.failure ??= this.#dates.refuses(this.#bytes, this.#from, this.#to);
    return this.failure !== undefined;
  }

  #end(): ReadEnd {
    if (typeof this.#ending === 'object') this.failure = this.#ending.broken;
    return 'ended';
  }

  /** Whether the end looks half written and the file has just been changed: someone may be copying it. */
  #mayBeUnfinished(): boolean {
    const open = typeof this.#ending === 'object' || (this.#to > this.#from && this.#bytes[this.#to - 1] !== 10);
    return open && Math.abs(this.#now() - look(this.claim.path).mtimeMs) < STILL_MS;
  }

  /** Comes back later; a gzip stream that broke can only be opened anew. */
  #wait(): ReadEnd {
    if (typeof this.#ending === 'object') {
      this.close();
      this.#from = 0;
      this.#to = 0;
    }
    return 'waiting';
  }
}
