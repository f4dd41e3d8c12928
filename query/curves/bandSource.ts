import { dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import type { AlertIndex } from '../alarms/alertIndex.ts';
import type { Turns } from '../turns.ts';
import type { Bands } from './bands.ts';
import { HOUR_MS, MINUTE_MS } from './bucketWidth.ts';
import { Cadence, median } from './cadence.ts';
import type { Range } from './curveData.ts';
import { DayTiles, type MarkedDay, type TileUnit } from './dayTiles.ts';

export interface BandSourceOptions {
  readonly table: StoredReadings;
  readonly index: AlertIndex;
  readonly dataTtlMs: number | null;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/** Fills bands with a pump's readings, from tiles of its days where these will do. */
export class BandSource {
  readonly #options: BandSourceOptions;
  readonly #tiles: DayTiles;

  constructor(options: BandSourceOptions) {
    this.#options = options;
    this.#tiles = new DayTiles(options);
  }

  /** The days of a range that have readings. */
  daysOf(pump: string, { from, to }: Range): MarkedDay[] {
    return this.#options.index.days.of(pump)?.between(dayOf(from), dayOf(to - 1)) ?? [];
  }

  /** Adds the readings of a range, and tells their usual distance in ms. */
  async addReadings(bands: Bands, pump: string, range: Range, turns: Turns): Promise<number | null> {
    const cadence = new Cadence();
    for await (const piece of this.#options.table.readings(pump, range)) {
      bands.add(piece, 0, piece.length);
      cadence.add(piece.time, 0, piece.length);
      await turns.next();
    }
    return cadence.median();
  }

  /** The same from tiles of minutes or hours, each within one bucket, and the readings before the first and after the last whole one. */
  async addTiles(bands: Bands, pump: string, range: Range, { unit, turns }: { unit: TileUnit; turns: Turns }): Promise<number | null> {
    const unitMs = unit === 'hours' ? HOUR_MS : MINUTE_MS;
    const from = Math.ceil(range.from / unitMs) * unitMs;
    const to = Math.floor(range.to / unitMs) * unitMs;
    if (from >= to) return this.addReadings(bands, pump, range, turns);
    if (range.from < from) await this.addReadings(bands, pump, { from: range.from, to: from }, turns);
    const cadences: number[] = [];
    for await (const { bands: packed, grid, cadenceMs } of this.#tiles.of(pump, this.daysOf(pump, { from, to }), unit, turns)) {
      bands.addPacked(packed, grid, { from, to });
      if (cadenceMs !== null) cadences.push(cadenceMs);
      await turns.next();
    }
    if (to < range.to) await this.addReadings(bands, pump, { from: to, to: range.to }, turns);
    return median(cadences);
  }
}
