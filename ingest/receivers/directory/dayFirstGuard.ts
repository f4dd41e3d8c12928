import { DAY_FIRST, type DateOrder, dateOrderOf, hasDayAfter12 } from '../../decode/csv/dateOrder.ts';
import { isMended } from '../../decode/csv/mended.ts';
import type { StepBuffer } from '../../decode/stepBuffer.ts';

const EXPECTED = 'its dates are day first, as in 25/3/26: expected them month first, as in 3/25/26, or as in 2026-03-25. ' +
  'To have them read day first, describe the file under formats with time.format: wellwatch preview FILE proposes it';

/**
 * Keeps a file whose dates are day first from being read month first. Its beginning is looked at before anything of it is
 * taken; where the proof comes later, what the step under way has of the file is given back, and the rest is refused.
 */
export class DayFirstGuard {
  #order: DateOrder;
  /** Rows of the file that earlier steps have, and those with the step under way. */
  #stored = 0;
  #taken = 0;
  #rows = 0;
  #rejects = 0;
  #replays = 0;

  /** A file that an earlier run began is not judged: what it had stored is not known. */
  constructor(isNew: boolean) {
    this.#order = isNew ? 'unknown' : 'monthFirst';
  }

  /** A step begins to take rows of the file. */
  begin(step: StepBuffer): void {
    this.#rows = step.readings.length;
    this.#rejects = step.rejects.length;
    this.#replays = step.replays.length;
    this.#stored = this.#taken;
  }

  /** Looks at the beginning of the file; gives why it is refused, if it is. */
  refuses(bytes: Buffer, from: number, to: number): string | undefined {
    // The rows as they came stand in a mended file too, with their dates: only what is taken of it tells.
    if (isMended(bytes.subarray(from, to))) return undefined;
    this.#order = dateOrderOf(bytes, from, to);
    return this.#order === 'dayFirst' ? `${EXPECTED}. Nothing of it is stored` : undefined;
  }

  /** Looks at what the step took; gives why the file is refused, and then the step has nothing of it any more. */
  refusesRows(step: StepBuffer): string | undefined {
    this.#taken = this.#stored + step.readings.length - this.#rows;
    if (this.#order !== 'unknown') return undefined;
    if (hasDayAfter12(step.readings, this.#rows)) this.#order = 'monthFirst';
    const proof = step.rejects.slice(this.#rejects).find(({ reason }) => reason.startsWith(DAY_FIRST));
    if (!proof || this.#order !== 'unknown') return undefined;
    step.readings.length = this.#rows;
    step.rejects.length = this.#rejects;
    step.replays.length = this.#replays;
    const stored = this.#stored === 0 ? 'Nothing of it is stored' : `The first ${this.#stored} rows of it are stored already, month first`;
    return `line ${proof.line}: ${EXPECTED}. ${stored}`;
  }
}
