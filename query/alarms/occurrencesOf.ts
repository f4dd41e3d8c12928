import type { Alert } from '../../domain/alarm/alert.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { readingPages } from '../pages/readingPages.ts';
import { type Occurrence, OccurrenceFold } from '../../domain/alarm/occurrence.ts';

/**
 * Folds alerts into occurrences, which come in order of pump and beginning. The alerts come in pages of one pump each, in
 * order of time; the pump's readings are read beside them. An occurrence has only those of its alerts that came.
 */
export async function* occurrencesOf(table: StoredReadings, pages: AsyncIterable<readonly Alert[]>): AsyncGenerator<Occurrence[]> {
  let folding: PumpFold | undefined;
  for await (const page of pages) {
    const { pump, time } = page[0];
    if (folding?.pump !== pump) {
      if (folding) yield await folding.end();
      folding = new PumpFold(pump, new ReadingCounter(table, pump, time));
    }
    for (const alert of page) await folding.add(alert);
    yield folding.takeEnded();
  }
  if (folding) yield await folding.end();
}

class PumpFold {
  readonly pump: string;
  readonly #counter: ReadingCounter;
  readonly #fold = new OccurrenceFold();

  constructor(pump: string, counter: ReadingCounter) {
    this.pump = pump;
    this.#counter = counter;
  }

  async add(alert: Alert): Promise<void> {
    this.#fold.add(alert, await this.#counter.countUpTo(alert.time));
  }

  takeEnded(): Occurrence[] {
    return this.#fold.takeEnded();
  }

  async end(): Promise<Occurrence[]> {
    const readings = await this.#counter.countOneMore();
    await this.#counter.close();
    return this.#fold.end(readings);
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
    do {
      while (this.#next < this.#times.length && this.#times[this.#next] <= time) {
        this.#next += 1;
        this.#count += 1;
      }
    } while (this.#next >= this.#times.length && (await this.#hasNext()));
    return this.#count;
  }

  /** The same count, and one more if any reading comes after that. */
  async countOneMore(): Promise<number> {
    return (await this.#hasNext()) ? this.#count + 1 : this.#count;
  }

  /** Reads on when a page is done with. */
  async #hasNext(): Promise<boolean> {
    while (this.#next >= this.#times.length && !this.#done) {
      const page = await this.#pages.next();
      this.#done = page.done === true;
      this.#times = page.value ?? [];
      this.#next = 0;
    }
    return this.#next < this.#times.length;
  }

  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }
}
