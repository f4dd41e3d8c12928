import { isStoreUnavailable } from '../../domain/errors.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import type { AlertIndex } from '../alarms/alertIndex.ts';
import type { PumpReading } from '../facts.ts';

export interface LastReadingsOptions {
  readonly table: StoredReadings;
  readonly index: AlertIndex;
  readonly dataTtlMs: number | null;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

interface Kept<T> {
  /** The step that had last changed the pump when it was read. */
  readonly changedAt: number;
  readonly value: T;
}

/** The first and the last reading of each pump, asked for again only after the pump has changed; one entry a pump. */
export class LastReadings {
  readonly #options: LastReadingsOptions;
  readonly #last = new Map<string, Kept<PumpReading | null>>();
  readonly #newest = new Map<string, Kept<number>>();

  constructor(options: LastReadingsOptions) {
    this.#options = options;
  }

  /** The last reading of a pump; null when there is none, and when it can't be read because the store is away. */
  async of(pump: string): Promise<PumpReading | null> {
    const { table, index, dataTtlMs, now } = this.#options;
    const marks = index.days.of(pump);
    if (!marks) return null;
    const { changedAt } = marks;
    const kept = this.#last.get(pump);
    const isExpired = dataTtlMs !== null && kept?.value && kept.value.receivedAt <= now() - dataTtlMs;
    if (kept?.changedAt === changedAt && isExpired !== true) return kept.value;
    return unlessAway(async () => {
      const found = await table.lastReading(pump);
      const value = found
        ? { time: found.time[0], receivedAt: found.receivedAt[0], values: found.values.map((column) => column[0]) }
        : null;
      this.#last.set(pump, { changedAt, value });
      return value;
    });
  }

  /** The time of a pump's first reading; null as with {@link of}. */
  async firstTime(pump: string): Promise<number | null> {
    const marks = this.#options.index.days.of(pump);
    if (!marks) return null;
    return unlessAway(async () => {
      for await (const piece of this.#options.table.readings(pump, { from: marks.days[0] * DAY_MS }))
        if (piece.length > 0) return piece.time[0];
      return null;
    });
  }

  /** The time of the newest reading of a pump; undefined when there is none. */
  async newestOf(pump: string): Promise<number | undefined> {
    const marks = this.#options.index.days.of(pump);
    if (!marks) return undefined;
    const { changedAt } = marks;
    const kept = this.#newest.get(pump);
    if (kept?.changedAt === changedAt) return kept.value;
    const value = await this.#options.table.newestTime(pump);
    if (value !== undefined) this.#newest.set(pump, { changedAt, value });
    return value;
  }
}

async function unlessAway<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (isStoreUnavailable(error)) return null;
    throw error;
  }
}
