import type { Origin } from '../../domain/reading/origins.ts';
import { ReadingsBuffer } from '../../domain/reading/readings.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import type { Replay } from '../../domain/reading/rejectMark.ts';

/** How many characters of rejects a step holds, about. */
const MAX_REJECT_CHARACTERS = 8 * 1024 * 1024;
/** How many different pump ids a step holds, about. */
export const MAX_NAMES = 65_536;

/** What a step holds: readings as columns, and rejects. Bounded, and used again for the next step. */
export class StepBuffer {
  readonly readings: ReadingsBuffer;
  readonly rejects: Reject[] = [];
  /** By reject: its source, an index in the sources of `readings`. */
  readonly rejectSources: number[] = [];
  /** Rows of mended files that take the place of rejects. */
  readonly replays: Replay[] = [];
  /** Rows and rejects that the step may have now; at most the number it was made for. */
  limit: number;
  #clears = 0;
  #counted = 0;
  #characters = 0;

  constructor(maxRows: number) {
    this.readings = new ReadingsBuffer(maxRows);
    this.readings.clear();
    this.limit = maxRows;
  }

  /** Rows and rejects in it. */
  get size(): number {
    return this.readings.length + this.rejects.length;
  }

  /** Rows or rejects that it still takes. */
  get room(): number {
    const room = Math.min(this.limit, this.readings.capacity) - this.size;
    return room > 0 && this.readings.names.length < MAX_NAMES && this.#rejectCharacters() < MAX_REJECT_CHARACTERS ? room : 0;
  }

  get full(): boolean {
    return this.room === 0;
  }

  /** How often it was cleared: what a decoder remembers of the rows in it holds until then. */
  get clears(): number {
    return this.#clears;
  }

  clear(): void {
    this.#clears++;
    this.readings.clear();
    this.rejects.length = 0;
    this.replays.length = 0;
    this.rejectSources.length = 0;
  }

  /** Says where the rows and rejects come from that were added since nobody has said it. */
  credit(source: Origin, fromRow: number): void {
    this.creditTo(this.readings.origins.note(source), fromRow);
  }

  /** The same for a source that has a number. */
  creditTo(number: number, fromRow: number): void {
    this.readings.origins.source.fill(number, fromRow, this.readings.length);
    this.rejectSources.length = Math.min(this.rejectSources.length, this.rejects.length);
    while (this.rejectSources.length < this.rejects.length) this.rejectSources.push(number);
  }

  /** Counts what was pushed since the last time; starts anew when rejects were taken back. */
  #rejectCharacters(): number {
    if (this.rejects.length < this.#counted) this.#counted = this.#characters = 0;
    for (; this.#counted < this.rejects.length; this.#counted++) {
      const { raw, reason } = this.rejects[this.#counted];
      this.#characters += raw.length + reason.length;
    }
    return this.#characters;
  }
}
