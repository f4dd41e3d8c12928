import { isUnknown } from '../../../domain/reading/measures.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { DUPLICATE, type Places, type StepFates } from '../../../domain/reading/rowFate.ts';
import type { OriginRun, RunTaker } from './runs.ts';

/** The rows of a step in order, and their fates. */
export interface OrderedRows {
  readonly readings: Readings;
  /** The row at each place: by pump, then time, then receipt. */
  readonly order: Uint32Array;
  readonly fates: StepFates;
  /** Its rows go only where no row is yet: what lost there says nothing of what is there. */
  readonly onlyNew: boolean;
}

/** Nothing is kept of such a row: it neither brought a cell nor had the values of those that are there. */
const NOTHING = 1;

/** Finds runs among the rows of a step, one pump after the other. */
export class StepOrigins {
  /** By place, or the same for all. */
  #marks = new Uint32Array(0);
  #mark: number | undefined;
  #numbers: Uint32Array = new Uint32Array(0);
  /** One for all: irregular rows are a run each. */
  readonly #run = { time: 0, step: 0, count: 0, receipt: 0, source: 0, line: 0, lineStep: 0, mark: 0 };
  #step: OrderedRows | undefined;

  /** Begins a step whose fates are known. `numbers` has what a run calls each source of the step; by default its index. */
  begin(step: OrderedRows, numbers: readonly number[] = step.readings.origins?.sources.map((_, i) => i) ?? []): void {
    const { readings, order, fates } = step;
    this.#step = numbers.length > 0 ? step : undefined;
    if (!this.#step) return;
    this.#numbers = Uint32Array.from(numbers);
    this.#mark = readings.origins?.whole && fates.areAllStored(order.length) ? wholeMark(readings) : undefined;
    if (this.#mark === undefined) this.#markRows(step);
  }

  #markRows({ readings, order, fates, onlyNew }: OrderedRows): void {
    if (this.#marks.length < order.length) this.#marks = new Uint32Array(order.length);
    const marks = this.#marks;
    const { byPlace } = fates;
    const whole = wholeMark(readings);
    for (let place = 0; place < order.length; place++) marks[place] = byPlace[place] === DUPLICATE ? whole + 1 : whole;
    for (const [c, column] of readings.values.entries()) {
      const bit = 2 << c;
      for (let place = 0; place < order.length; place++) if (isUnknown(column[order[place]])) marks[place] &= ~bit;
    }
    fates.eachOutdated(order.length, (place, cells) => (marks[place] &= ~(cells << 1)));
    if (onlyNew) for (let place = 0; place < order.length; place++) if (byPlace[place] === DUPLICATE) marks[place] = NOTHING;
  }

  /** Gives the runs of the rows at some places, all of one pump; a run holds until the next. */
  ofPump({ from, to }: Places, taker: RunTaker): void {
    if (!this.#step) return;
    for (let place = from; place < to;) {
      if (this.#mark === undefined && this.#marks[place] <= NOTHING) {
        place++;
        continue;
      }
      const run = this.#runAt(place, to, this.#step);
      taker.add(run);
      place += run.count;
    }
  }

  #runAt(place: number, to: number, { readings, order }: OrderedRows): OriginRun {
    const { time, receivedAt, origins } = readings;
    const { source: sources, line: lines } = origins!;
    const marks = this.#mark === undefined ? this.#marks : undefined;
    const row = order[place];
    const receipt = receivedAt[row];
    const source = sources[row];
    const mark = marks === undefined ? this.#mark! : marks[place];
    let before = row;
    let step = 0;
    let lineStep = 0;
    let next = place + 1;
    for (; next < to; next++) {
      const at = order[next];
      if ((marks !== undefined && marks[next] !== mark) || sources[at] !== source || receivedAt[at] !== receipt) break;
      const steps = time[at] - time[before];
      const lineSteps = lines[at] - lines[before];
      if (next === place + 1) {
        if (steps === 0) break;
        step = steps;
        lineStep = lineSteps;
      } else if (steps !== step || lineSteps !== lineStep) break;
      before = at;
    }
    const run = this.#run;
    run.time = time[row];
    run.step = step;
    run.count = next - place;
    run.receipt = receipt;
    run.source = this.#numbers[source];
    run.line = lines[row];
    run.lineStep = lineStep;
    run.mark = mark;
    return run;
  }
}

/** Of a row that brought in all cells that there are. */
function wholeMark({ values }: Pick<Readings, 'values'>): number {
  return 2 ** (values.length + 1) - 2;
}
