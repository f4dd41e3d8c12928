import { counted } from '../../domain/counted.ts';

/** A rate of fewer seconds says nothing. */
const LEAST_SECONDS = 1;

/** How far an export is: how many rows there are is not known before they are read. */
export class ExportProgress {
  rows = 0;
  readonly #now: () => number;
  readonly #startedAt: number;

  /** `now` is a clock that nobody sets back, in ms. */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  /** `1,310,720 rows, 412,345 a second`. */
  step(rows: number): string {
    this.rows += rows;
    const seconds = (this.#now() - this.#startedAt) / 1000;
    const speed = seconds < LEAST_SECONDS ? '' : `, ${Math.round(this.rows / seconds).toLocaleString('en')} a second`;
    return `${counted(this.rows, 'row')}${speed}`;
  }
}
