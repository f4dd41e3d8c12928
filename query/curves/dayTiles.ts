import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { Bands, type Grid, type PackedBands } from './bands.ts';
import { HOUR_MS, MINUTE_MS } from './bucketWidth.ts';
import { ByteCache } from '../byteCache.ts';
import { Cadence } from './cadence.ts';
import { OrderedBands } from './orderedBands.ts';
import type { Turns } from '../turns.ts';

/** A pump-day's readings by minute or by hour. */
export interface Tile {
  readonly grid: Grid;
  readonly bands: PackedBands;
  /** The day's own; null with fewer than two readings. */
  readonly cadenceMs: number | null;
  /** The step that had last changed the day when it was read. */
  readonly changedAt: number;
  /** When the oldest of its readings came. */
  readonly oldest: number;
  readonly bytes: number;
}

/** What the buckets of a tile are. */
export type TileUnit = 'minutes' | 'hours';

/** A minute of one pump takes about 150 bytes. */
const MINUTES_BYTES = 16e6;
/** An hour too, so that these are years. */
const HOURS_BYTES = 16e6;
/** Objects and arrays of a tile, about. */
const TILE_OVERHEAD = 800;
/** Days that are read from one snapshot. */
const DAYS_AT_ONCE = 16;
const ALL_COLUMNS = MEASURES.map((_, column) => column);

export interface DayTilesOptions {
  readonly table: StoredReadings;
  readonly dataTtlMs: number | null;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/** A pump-day to be had as a tile. */
export interface MarkedDay {
  readonly day: number;
  readonly changedAt: number;
}

/** Tiles of pump-days, made once for each state of the day and kept as long as there is room. */
export class DayTiles {
  readonly #options: DayTilesOptions;
  readonly #minutes = new ByteCache<Tile>(MINUTES_BYTES);
  readonly #hours = new ByteCache<Tile>(HOURS_BYTES);

  constructor(options: DayTilesOptions) {
    this.#options = options;
  }

  /** The tiles of some of a pump's days, rising. Days that have to be read are read together where they follow each other. */
  async *of(pump: string, days: readonly MarkedDay[], unit: TileUnit, turns: Turns): AsyncGenerator<Tile> {
    const cache = unit === 'minutes' ? this.#minutes : this.#hours;
    let unread: MarkedDay[] = [];
    for (const day of days) {
      const tile = this.#current(cache.get(keyOf(pump, day.day)), day);
      if (!tile) unread.push(day);
      if (unread.length > 0 && (tile || unread.length === DAYS_AT_ONCE)) {
        yield* this.#read(pump, unread, unit, turns);
        unread = [];
      }
      if (tile) yield tile;
      await turns.next();
    }
    if (unread.length > 0) yield* this.#read(pump, unread, unit, turns);
  }

  #current(tile: Tile | undefined, { changedAt }: MarkedDay): Tile | undefined {
    const { dataTtlMs, now } = this.#options;
    if (tile?.changedAt !== changedAt) return undefined;
    return dataTtlMs !== null && tile.oldest <= now() - dataTtlMs ? undefined : tile;
  }

  async *#read(pump: string, days: readonly MarkedDay[], unit: TileUnit, turns: Turns): AsyncGenerator<Tile> {
    const bands = new OrderedBands(MEASURES.length, DAY_MS / MINUTE_MS);
    let next = 0;
    let reading = new DayReading(days[0], bands);
    const last = days[days.length - 1].day;
    for await (const piece of this.#options.table.readings(pump, { from: days[0].day * DAY_MS, to: (last + 1) * DAY_MS })) {
      for (let from = 0; from < piece.length;) {
        const day = dayOf(piece.time[from]);
        for (; days[next].day < day && next + 1 < days.length; reading = new DayReading(days[++next], bands))
          yield this.#keep(pump, reading, unit);
        const end = firstAt(piece, from, (day + 1) * DAY_MS);
        // A day that nobody knew of yet will be there the next time.
        if (days[next].day === day) reading.add(piece, from, end);
        from = end;
      }
      await turns.next();
    }
    for (; next + 1 < days.length; reading = new DayReading(days[++next], bands)) yield this.#keep(pump, reading, unit);
    yield this.#keep(pump, reading, unit);
  }

  #keep(pump: string, reading: DayReading, unit: TileUnit): Tile {
    const tiles = reading.tiles();
    const key = keyOf(pump, dayOf(tiles.minutes.grid.start));
    this.#minutes.set(key, tiles.minutes);
    this.#hours.set(key, tiles.hours);
    return tiles[unit];
  }
}

/** A pump-day whose readings are gone through. */
class DayReading {
  readonly #day: MarkedDay;
  readonly #grid: Grid;
  readonly #bands: OrderedBands;
  readonly #cadence = new Cadence();
  #oldest = Infinity;

  /** `bands` holds nothing, and does again once the tiles were made. */
  constructor(day: MarkedDay, bands: OrderedBands) {
    this.#day = day;
    this.#grid = gridOf(day.day, MINUTE_MS);
    this.#bands = bands;
  }

  add(piece: Readings, from: number, to: number): void {
    this.#bands.add(piece, this.#grid, from, to);
    this.#cadence.add(piece.time, from, to);
    for (const receipts of piece.cellReceipts ?? [piece.receivedAt])
      for (let row = from; row < to; row++) if (receipts[row] < this.#oldest) this.#oldest = receipts[row];
  }

  tiles(): Readonly<Record<TileUnit, Tile>> {
    const cadenceMs = this.#cadence.median();
    const minutes = this.#tile(this.#grid, this.#bands.take(), cadenceMs);
    const hours = new Bands(gridOf(this.#day.day, HOUR_MS), ALL_COLUMNS);
    hours.addPacked(minutes.bands, minutes.grid, { from: -Infinity, to: Infinity });
    return { minutes, hours: this.#tile(hours.grid, hours.packed(), cadenceMs) };
  }

  #tile(grid: Grid, bands: PackedBands, cadenceMs: number | null): Tile {
    const bytes = TILE_OVERHEAD + bands.slot.byteLength + bands.count.byteLength + bands.values.byteLength + (bands.known?.byteLength ?? 0);
    return { grid, bands, cadenceMs, changedAt: this.#day.changedAt, oldest: this.#oldest, bytes };
  }
}

function gridOf(day: number, width: number): Grid {
  return { start: day * DAY_MS, width, length: DAY_MS / width };
}

function keyOf(pump: string, day: number): string {
  return `${day} ${pump}`;
}

/** The first row at or after a time, from a row on. */
function firstAt({ time, length }: Readings, from: number, at: number): number {
  if (time[length - 1] < at) return length;
  let row = from;
  while (time[row] < at) row++;
  return row;
}
