import type { Alert } from '../../domain/alarm/alert.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { readingPages } from '../pages/readingPages.ts';
import { type CountedRun, RunFold } from '../../domain/alarm/runFold.ts';

/** Alerts of one pump and rule in readings that follow each other: no reading between them is right. */
export type AlertRun = Pick<CountedRun, 'first' | 'last' | 'count' | 'worst'>;

/**
 * Folds alerts, which come in pages of one pump each and in order of time, into runs, in order of pump
 * and beginning. A gap in the data ends no run, a reading that breaks the rule no longer does.
 */
export async function* runsOf(table: StoredReadings, pages: AsyncIterable<readonly Alert[]>): AsyncGenerator<AlertRun[]> {
  let folding: PumpRuns | undefined;
  for await (const page of pages) {
    const { pump, time } = page[0];
    if (folding?.pump !== pump) {
      if (folding) yield await folding.end();
      folding = new PumpRuns(pump, new ReadingCounter(table, pump, time));
    }
    for (const alert of page) await folding.add(alert);
    yield folding.finished();
  }
  if (folding) yield await folding.end();
}

class PumpRuns {
  readonly pump: string;
  readonly #counter: ReadingCounter;
  readonly #fold = new RunFold();

  constructor(pump: string, counter: ReadingCounter) {
    this.pump = pump;
    this.#counter = counter;
  }

  async add(alert: Alert): Promise<void> {
    this.#fold.add(alert, await this.#counter.countUpTo(alert.time));
  }

  /** Takes the runs that are over, as far as none that began earlier is open. */
  finished(): AlertRun[] {
    const { runs } = this.#fold;
    const open = runs.findIndex((run) => this.#fold.isOpen(run));
    return runs.splice(0, open < 0 ? runs.length : open);
  }

  async end(): Promise<AlertRun[]> {
    await this.#counter.close();
    return this.#fold.runs.splice(0);
  }
}

/** Counts a pump's readings up to a time; the times asked for never fall. */
class ReadingCounter {
  readonly #pages: AsyncGenerator<number[], void>;
  #times: number[] = [];
  #next = 0;
  #count = 0;
  #done = false;

  constructor(table: StoredReadings, pump: string, from: number) {
    this.#pages = readingPages(table, { pump, from }, (readings, row) => readings.time[row]);
  }

  async countUpTo(time: number): Promise<number> {
    for (;;) {
      while (this.#next < this.#times.length && this.#times[this.#next] <= time) {
        this.#next += 1;
        this.#count += 1;
      }
      if (this.#next < this.#times.length || this.#done) return this.#count;
      const page = await this.#pages.next();
      this.#done = page.done === true;
      this.#times = page.value ?? [];
      this.#next = 0;
    }
  }

  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }
}
