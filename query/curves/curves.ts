import { type Measure, measureIndex } from '../../domain/reading/measures.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { Bands } from './bands.ts';
import type { BandSource } from './bandSource.ts';
import { bucketsOf, bucketWidth, HOUR_MS, MINUTE_MS } from './bucketWidth.ts';
import { ByteCache } from '../byteCache.ts';
import { bandsData, type CurveData, type CurveHead, type Range, readingsData } from './curveData.ts';
import { FirstReadings } from './firstReadings.ts';
import type { LastReadings } from '../pumps/lastReadings.ts';
import { Turns } from '../turns.ts';

/** Which readings of a pump, and how many buckets they may become. */
export interface CurveQuestion {
  readonly pump: string;
  /** Wall times, `to` exclusive. By default the 24 h up to the pump's last reading. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly points: number;
  readonly measures: readonly Measure[];
  /** Stops the work, by throwing its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface CurvesOptions {
  readonly table: StoredReadings;
  readonly source: BandSource;
  readonly lastReadings: LastReadings;
  readonly dataTtlMs: number | null;
}

interface Answer {
  readonly data: CurveData;
  /** What the answer was made of: as long as it is the same, the answer is. */
  readonly version: string;
  readonly bytes: number;
}

const ANSWERS_BYTES = 16e6;
/** A number in an answer takes up to this much, in bytes. */
const NUMBER_BYTES = 16;

/** A pump's curves, made few: of a pump one at a time, so that who asks the same at the same time has it from the caches. */
export class Curves {
  readonly #options: CurvesOptions;
  readonly #answers = new ByteCache<Answer>(ANSWERS_BYTES);
  readonly #lanes = new Map<string, Promise<unknown>>();

  constructor(options: CurvesOptions) {
    this.#options = options;
  }

  async of(question: CurveQuestion): Promise<CurveData> {
    const range = await this.#rangeOf(question);
    const known = this.#known(question, range);
    if (known) return known;
    const before = this.#lanes.get(question.pump);
    const made = Promise.allSettled([before]).then(() => {
      question.signal?.throwIfAborted();
      return this.#known(question, range) ?? this.#make(question, range);
    });
    this.#lanes.set(question.pump, made);
    try {
      return await made;
    } finally {
      if (this.#lanes.get(question.pump) === made) this.#lanes.delete(question.pump);
    }
  }

  async #rangeOf({ pump, from, to }: CurveQuestion): Promise<Range> {
    const end = to ?? Math.max(((await this.#options.lastReadings.newestOf(pump)) ?? -1) + 1, from ?? -Infinity);
    return { from: from ?? end - DAY_MS, to: end };
  }

  #known(question: CurveQuestion, range: Range): CurveData | undefined {
    const answer = this.#answers.get(keyOf(question, range));
    return answer?.version === this.#versionOf(question.pump, range) ? answer.data : undefined;
  }

  async #make(question: CurveQuestion, range: Range): Promise<CurveData> {
    const { pump, measures } = question;
    // Before the readings are read: an answer may be newer than it says, never older.
    const version = this.#versionOf(pump, range);
    const data = await this.#answer(question, range, new Turns({ signal: question.signal, patient: true }));
    // With readings that expire it would have to be known when the first of them does.
    if (this.#options.dataTtlMs === null) {
      this.#answers.set(keyOf(question, range), { data, version, bytes: (3 * measures.length + 1) * data.time.length * NUMBER_BYTES });
    }
    return data;
  }

  async #answer({ pump, points, measures }: CurveQuestion, range: Range, turns: Turns): Promise<CurveData> {
    const head: CurveHead = { pump, ...range, measures };
    const { source } = this.#options;
    const days = source.daysOf(pump, range);
    if (days.length === 0) return readingsData(head, new FirstReadings(0, measures));
    await turns.next();
    const first = new FirstReadings(points, measures);
    if (await first.read(this.#options.table, pump, range)) return readingsData(head, first);
    // Where there are no days, there is nothing to be made few.
    const from = Math.max(range.from, days[0].day * DAY_MS);
    const to = Math.min(range.to, (days[days.length - 1].day + 1) * DAY_MS);
    const width = bucketWidth({ from, to }, points);
    const grid = { start: Math.floor(from / width) * width, width, length: bucketsOf({ from, to }, width) };
    const bands = new Bands(grid, measures.map((measure) => measureIndex[measure]));
    const cadence = width < MINUTE_MS
      ? await source.addReadings(bands, pump, { from, to }, turns)
      : await source.addTiles(bands, pump, { from, to }, { unit: width % HOUR_MS === 0 ? 'hours' : 'minutes', turns });
    return bandsData(head, bands, cadence);
  }

  /** Changes with each step that changes a day of the range. */
  #versionOf(pump: string, range: Range): string {
    const days = this.#options.source.daysOf(pump, range);
    return `${days.length} ${days.reduce((newest, { changedAt }) => Math.max(newest, changedAt), 0)}`;
  }
}

function keyOf({ pump, points, measures }: CurveQuestion, { from, to }: Range): string {
  return [from, to, points, measures.join(), pump].join(' ');
}
