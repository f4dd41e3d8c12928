import { isUnknown } from '../../../domain/reading/measures.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { DUPLICATE, type Places, type StepFates } from '../../../domain/reading/rowFate.ts';
import type { ListedRows } from './listedRows.ts';
import type { RunTaker } from './runs.ts';

/** The rows of a step in order, and their fates. */
export interface OrderedRows {
  readonly readings: Readings;
  /** The row at each place: by pump, then time, then receipt. */
  readonly order: Uint32Array;
  /** The time at each place, where somebody has them so. */
  readonly times?: Float64Array;
  readonly fates: StepFates;
  /** Its rows go only where no row is yet: what lost there says nothing of what is there. */
  readonly onlyNew: boolean;
}

/** Nothing is kept of such a row: it neither brought a cell nor had the values of those that are there. */
const NOTHING = 1;
/** Fewer rows are runs, as far as they follow each other in equal steps. */
const LEAST_LISTED = 8;

/** Finds runs and lists among the rows of a step, one pump after the other. */
export class StepOrigins {
  #step: OrderedRows | undefined;
  #numbers: Uint32Array = new Uint32Array(0);
  /** Columns by place, and what the rows of a run or list have in common. */
  readonly #rows: { -readonly [K in keyof ListedRows]: ListedRows[K] } =
    { time: new Float64Array(0), line: new Uint32Array(0), mark: new Uint32Array(0), isOneMark: false, source: 0, receipt: 0 };
  #ownTimes = new Float64Array(0);
  /** The mark that all places have, or 0. */
  #oneMark = 0;
  /** All rows have one mark, one source and one receipt. */
  #isOne = false;
  /** One for all. */
  readonly #run = { time: 0, step: 0, count: 0, receipt: 0, source: 0, line: 0, lineStep: 0, mark: 0 };

  /** Begins a step whose fates are known. `numbers` has what a run calls each source of the step; by default its index. */
  begin(step: OrderedRows, numbers: readonly number[] = step.readings.origins?.sources.map((_, i) => i) ?? []): void {
    const { readings, order, fates } = step;
    this.#step = numbers.length > 0 ? step : undefined;
    if (!this.#step) return;
    this.#numbers = Uint32Array.from(numbers);
    this.#makeRoom(order.length);
    const isWhole = readings.origins!.whole && fates.areAllStored;
    if (isWhole) this.#markAll(wholeMark(readings));
    else this.#markRows(step);
    const { receivedAt, length } = readings;
    this.#isOne = isWhole && numbers.length === 1 && receivedAt[0] === receivedAt[length - 1]; // receipts never fall within a step
    this.#bringInOrder(step);
  }

  #makeRoom(length: number): void {
    if (this.#rows.line.length >= length) return;
    this.#rows.line = new Uint32Array(length);
    this.#rows.mark = new Uint32Array(length);
    this.#oneMark = 0;
  }

  /** From step to step it mostly is the same mark. */
  #markAll(mark: number): void {
    this.#rows.isOneMark = true;
    if (this.#oneMark !== mark) this.#rows.mark.fill(mark);
    this.#oneMark = mark;
  }

  /** One pass over each column: what follows reads them in order. */
  #bringInOrder({ readings: { time, origins }, order, times }: OrderedRows): void {
    const { line } = this.#rows;
    const lines = origins!.line;
    for (let place = 0; place < order.length; place++) line[place] = lines[order[place]];
    if (times) {
      this.#rows.time = times;
      return;
    }
    if (this.#ownTimes.length < order.length) this.#ownTimes = new Float64Array(order.length);
    for (let place = 0; place < order.length; place++) this.#ownTimes[place] = time[order[place]];
    this.#rows.time = this.#ownTimes;
  }

  #markRows({ readings, order, fates, onlyNew }: OrderedRows): void {
    const { mark } = this.#rows;
    const { byPlace } = fates;
    this.#rows.isOneMark = false;
    this.#oneMark = 0;
    const whole = wholeMark(readings);
    for (let place = 0; place < order.length; place++) mark[place] = byPlace[place] === DUPLICATE ? whole + 1 : whole;
    if (!readings.origins!.whole) for (const [c, column] of readings.values.entries()) {
      const bit = 2 << c;
      for (let place = 0; place < order.length; place++) if (isUnknown(column[order[place]])) mark[place] &= ~bit;
    }
    fates.eachOutdated(order.length, (place, cells) => (mark[place] &= ~(cells << 1)));
    if (onlyNew) for (let place = 0; place < order.length; place++) if (byPlace[place] === DUPLICATE) mark[place] = NOTHING;
  }

  /** Gives the runs and lists of the rows at some places, all of one pump; they hold until the next. */
  ofPump({ from, to }: Places, taker: RunTaker): void {
    if (!this.#step) return;
    const { readings: { receivedAt, origins }, order } = this.#step;
    const { mark } = this.#rows;
    for (let place = from; place < to;) {
      if (mark[place] <= NOTHING) {
        place++;
        continue;
      }
      const end = this.#isOne ? to : this.#alikeTo(place, to, this.#step);
      this.#rows.source = this.#numbers[origins!.source[order[place]]];
      this.#rows.receipt = receivedAt[order[place]];
      this.#give(place, end, taker);
      place = end;
    }
  }

  /** Where the rows from a place on end that have one source and receipt, and of which something is kept. */
  #alikeTo(from: number, to: number, { readings: { receivedAt, origins }, order }: OrderedRows): number {
    const { mark } = this.#rows;
    const { source } = origins!;
    const row = order[from];
    let next = from + 1;
    while (next < to && mark[next] > NOTHING && source[order[next]] === source[row] && receivedAt[order[next]] === receivedAt[row]) next++;
    return next;
  }

  /** Gives rows of one source and receipt: few as runs, which take less than a list, many as rows. */
  #give(from: number, to: number, taker: RunTaker): void {
    if (to - from >= LEAST_LISTED) return taker.addRows(this.#rows, from, to);
    for (let at = from; at < to;) {
      const end = this.#evenTo(at, to);
      this.#giveRun(at, end, taker);
      at = end;
    }
  }

  /** Where the rows from a place on end that follow each other in equal steps and have one mark. */
  #evenTo(from: number, to: number): number {
    const { time, line, mark } = this.#rows;
    const step = time[from + 1] - time[from];
    const lineStep = line[from + 1] - line[from];
    if (step === 0) return from + 1;
    let next = from + 1;
    while (next < to && time[next] - time[next - 1] === step && line[next] - line[next - 1] === lineStep && mark[next] === mark[from]) next++;
    return next;
  }

  #giveRun(from: number, to: number, taker: RunTaker): void {
    const { time, line, mark, source, receipt } = this.#rows;
    const run = this.#run;
    const isOne = to - from === 1;
    run.time = time[from];
    run.step = isOne ? 0 : time[from + 1] - time[from];
    run.count = to - from;
    run.receipt = receipt;
    run.source = source;
    run.line = line[from];
    run.lineStep = isOne ? 0 : line[from + 1] - line[from];
    run.mark = mark[from];
    taker.add(run);
  }
}

/** Of a row that brought in all cells that there are. */
function wholeMark({ values }: Pick<Readings, 'values'>): number {
  return 2 ** (values.length + 1) - 2;
}
