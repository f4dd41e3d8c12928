import type { Alert } from '../../domain/alert.ts';
import { type Counts, NO_COUNTS, type ReceiverName } from '../../domain/balance.ts';
import type { DayStats } from '../../domain/dayStats.ts';
import { AppError } from '../../domain/errors.ts';
import { MEASURES } from '../../domain/measures.ts';
import type { Readings } from '../../domain/readings.ts';
import type { Reject } from '../../domain/reject.ts';
import { MAX_TIME, MIN_TIME } from '../../domain/wallClock.ts';
import type { ComputedDay, DaySelection, Json, Outcome, PumpDay, SavedReference, Selection, Step, Table, TimeRange } from '../table.ts';
import { ALERT_COLUMNS } from './alertsMerge.ts';
import { AlertsReader } from './alertsReader.ts';
import { PAGE_BYTES } from './block.ts';
import { pumpDay } from './days.ts';
import { Environment, type Snapshot } from './environment.ts';
import { Expiry } from './expiry.ts';
import { bringUp, checkReadable, type Format, FORMAT, isMade, STORES } from './format.ts';
import { pumpOfKey } from './keys.ts';
import { type Parts, partsOf } from './parts.ts';
import { ReadingsReader } from './readingsStore.ts';
import { type Expired, StepWriter } from './stepWriter.ts';

/** How to open the embedded table. */
export interface EmbeddedTableOptions {
  /** Folder of the table. The writer makes it; for the others a table that is absent is an empty one. */
  readonly dir: string;
  /** `writer` does all; `batch` reads and stores statistics; `reader` reads. One writer and one batch at a time. */
  readonly mode: 'writer' | 'reader' | 'batch';
  /** How long rows are kept after their receipt, in ms; null keeps them for ever. */
  readonly ttl: { readonly data: number | null; readonly alerts: number | null };
  /** The time against which receipts expire: ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** The longest block, in bytes; smaller ones make tests reach splits. */
  readonly blockBytes?: number;
  /** What is written, and how older stores become that. */
  readonly format?: Format;
}

/** Items a piece, where a piece is made of single items. */
const PIECE = 512;
/** Statistics in one transaction: short enough not to hold the writer up. */
const STATS_A_TRANSACTION = 2048;

/**
 * Opens the table in an lmdb environment. Throws FORMAT_NEWER when a newer version wrote it, and
 * STORE_UNAVAILABLE when it can't be opened.
 */
export async function openEmbeddedTable(options: EmbeddedTableOptions): Promise<Table> {
  const table = new EmbeddedTable(options);
  await table.open();
  return table;
}

interface Opened {
  readonly environment: Environment;
  readonly parts: Parts;
}

class EmbeddedTable implements Table {
  readonly #options: EmbeddedTableOptions;
  #opening: Promise<Opened | undefined> | undefined;
  #writer: StepWriter | undefined;
  #expiries: { data: Expiry; alerts: Expiry } | undefined;
  #closed = false;

  constructor(options: EmbeddedTableOptions) {
    this.#options = options;
  }

  /** What there is to read, or undefined as long as no writer has made the table. */
  async open(): Promise<Opened | undefined> {
    if (this.#closed) throw new AppError('STORE_UNAVAILABLE', `the table in ${this.#options.dir} has been closed`);
    this.#opening ??= this.#open();
    try {
      const opened = await this.#opening;
      if (!opened) this.#opening = undefined;
      return opened;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async write(step: Step): Promise<Outcome> {
    const { environment, parts } = await this.#writable('write a step');
    this.#writer ??= new StepWriter(parts, this.#options.blockBytes ?? PAGE_BYTES);
    const writer = this.#writer;
    let clean = true;
    try {
      return environment.transact(`write ${step.readings.length} rows`, () => {
        if (!clean) forget(parts);
        clean = false;
        return writer.write(step, this.#expired());
      });
    } catch (error) {
      forget(parts);
      throw error;
    }
  }

  async counts(): Promise<Readonly<Record<ReceiverName, Counts>>> {
    return this.#read({ directory: NO_COUNTS, mqtt: NO_COUNTS }, ({ ledger }, snapshot) => ledger.counts(snapshot));
  }

  async state(): Promise<ReadonlyMap<string, Json>> {
    return this.#read(new Map<string, Json>(), ({ ledger }, snapshot) => ledger.state(snapshot));
  }

  async pumps(): Promise<string[]> {
    return this.#read<string[]>([], ({ pumps }, snapshot) => Array.from(pumps.all(snapshot), ({ name }) => name));
  }

  async lookup(pump: string, time: number): Promise<readonly number[] | undefined> {
    return this.#read<readonly number[] | undefined>(undefined, ({ pumps, readings }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return undefined;
      return new ReadingsReader(readings).lookup(number, time, this.#expired().data, snapshot);
    });
  }

  async *readings(pump: string, range: TimeRange): AsyncIterable<Readings> {
    yield* this.#stream(({ pumps, readings }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return [];
      return new ReadingsReader(readings).between({ name: pump, number }, bounds(range), this.#expired().data, snapshot);
    });
  }

  async lastReading(pump: string): Promise<Readings | undefined> {
    return this.#read<Readings | undefined>(undefined, ({ pumps, readings }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return undefined;
      return new ReadingsReader(readings).last({ name: pump, number }, this.#expired().data, snapshot);
    });
  }

  async *alerts(selection: Selection): AsyncIterable<readonly Alert[]> {
    const range = { ...bounds(selection), expiredBefore: this.#expired().alerts };
    yield* this.#stream((parts, snapshot) => inPieces(alertsOf(parts, selection.pump, range, snapshot)));
  }

  async *rejects(): AsyncIterable<readonly Reject[]> {
    yield* this.#stream(({ rejects }, snapshot) => inPieces(rejects.all(snapshot)));
  }

  async *days(selection: DaySelection): AsyncIterable<readonly PumpDay[]> {
    const expired = this.#expired().data;
    yield* this.#stream(({ days, stats }, snapshot) => inPieces(joined(days.select(selection, snapshot), ({ pump, day, mark }) =>
      pumpDay({ pump, day }, mark, stats.computedAt(pump, day, snapshot), expired))));
  }

  async *stats(selection: DaySelection): AsyncIterable<readonly DayStats[]> {
    yield* this.#stream(({ stats }, snapshot) => inPieces(stats.select(selection, snapshot)));
  }

  async writeStats(computed: readonly ComputedDay[]): Promise<void> {
    if (computed.length === 0) return;
    const { environment, parts } = await this.#writable('store statistics', 'batch');
    for (let from = 0; from < computed.length; from += STATS_A_TRANSACTION) {
      const piece = computed.slice(from, from + STATS_A_TRANSACTION);
      environment.transact(`store ${piece.length} daily statistics`, () => {
        for (const one of piece) parts.stats.put(this.#stillWhole(parts, one) ? one : { ...one, stats: null });
      });
    }
  }

  async savedReference(): Promise<SavedReference | undefined> {
    return this.#read<SavedReference | undefined>(undefined, ({ ledger }, snapshot) => ledger.reference(snapshot));
  }

  async saveReference(reference: SavedReference): Promise<void> {
    const { environment, parts } = await this.#writable('save the reference data');
    environment.transact('save the reference data', () => parts.ledger.setReference(reference));
  }

  async expire(): Promise<boolean> {
    const { environment, parts } = await this.#writable('remove what has expired');
    const { data, alerts } = this.#options.ttl;
    this.#expiries ??= expiriesOf(parts);
    const expiries = this.#expiries;
    const expired = this.#expired();
    try {
      return environment.transact('remove what has expired', () => {
        const moreData = data !== null && expiries.data.run(expired.data);
        const moreAlerts = alerts !== null && expiries.alerts.run(expired.alerts);
        return moreData || moreAlerts;
      });
    } catch (error) {
      // Blocks that the transaction would have removed are still there.
      expiries.data.restart();
      expiries.alerts.restart();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const opened = await this.#opening;
    await opened?.environment.close();
  }

  async #open(): Promise<Opened | undefined> {
    const { dir, mode, format = FORMAT } = this.#options;
    const environment = await Environment.open(dir, mode === 'writer');
    if (!environment) return undefined;
    try {
      const stores = environment.stores(STORES, mode === 'writer');
      if (stores && mode === 'writer') bringUp(environment, stores, dir, format);
      else if (stores && isMade(stores)) checkReadable(stores, dir, format);
      else {
        await environment.close();
        return undefined;
      }
      return { environment, parts: partsOf(stores) };
    } catch (error) {
      await environment.close();
      throw error;
    }
  }

  async #writable(purpose: string, atLeast: 'writer' | 'batch' = 'writer'): Promise<Opened> {
    const { mode, dir } = this.#options;
    if (mode === 'reader' || (mode === 'batch' && atLeast === 'writer')) {
      throw new AppError('NOT_SUPPORTED', `expected a table opened as ${atLeast} to ${purpose}, it is opened as ${mode}`);
    }
    const opened = await this.open();
    if (!opened) throw new AppError('STORE_UNAVAILABLE', `expected a table in ${dir} to ${purpose}, there is none yet; start \`wellwatch run\` first`);
    return opened;
  }

  #expired(): Expired {
    const { ttl: { data, alerts }, now } = this.#options;
    return { data: data === null ? -Infinity : now() - data, alerts: alerts === null ? -Infinity : now() - alerts };
  }

  /** Whether all rows that statistics were computed from are there: those of a pump-day that has begun to expire meanwhile are not. */
  #stillWhole({ days }: Parts, { day }: ComputedDay): boolean {
    const mark = days.get(day.pump, day.day);
    return !mark || !pumpDay(day, mark, 0, this.#expired().data).expired;
  }

  async #read<T>(absent: T, read: (parts: Parts, snapshot: Snapshot) => T): Promise<T> {
    const opened = await this.open();
    if (!opened) return absent;
    const { environment, parts } = opened;
    const snapshot = environment.snapshot();
    try {
      return read(parts, snapshot);
    } catch (error) {
      throw environment.explain('read the table', error);
    } finally {
      await environment.release(snapshot);
    }
  }

  async *#stream<T>(read: (parts: Parts, snapshot: Snapshot) => Iterable<T>): AsyncIterable<T> {
    const opened = await this.open();
    if (!opened) return;
    const { environment, parts } = opened;
    const snapshot = environment.snapshot();
    try {
      yield* read(parts, snapshot);
    } catch (error) {
      throw environment.explain('read the table', error);
    } finally {
      await environment.release(snapshot);
    }
  }
}

/** Numbers that a transaction gave and did not commit are none. */
function forget({ pumps, rules }: Parts): void {
  pumps.forget();
  rules.forget();
}

function* alertsOf(parts: Parts, pump: string | undefined, range: Parameters<AlertsReader['of']>[1], snapshot: Snapshot): Iterable<Alert> {
  const reader = new AlertsReader(parts.alerts, parts.rules);
  if (pump === undefined) {
    for (const each of parts.pumps.all(snapshot)) yield* reader.of(each, range, snapshot);
    return;
  }
  const number = parts.pumps.find(pump, snapshot);
  if (number !== undefined) yield* reader.of({ name: pump, number }, range, snapshot);
}

function expiriesOf(parts: Parts): { data: Expiry; alerts: Expiry } {
  return {
    data: new Expiry(parts.readings, MEASURES.length, (key, days) => {
      const pump = parts.pumps.name(pumpOfKey(key));
      for (const day of days) parts.days.markDropped(pump, day);
    }),
    alerts: new Expiry(parts.alerts, ALERT_COLUMNS, () => undefined),
  };
}

function bounds({ from = MIN_TIME, to = MAX_TIME }: TimeRange): { from: number; to: number } {
  return { from, to };
}

function* joined<A, B>(items: Iterable<A>, join: (item: A) => B): Iterable<B> {
  for (const item of items) yield join(item);
}

function* inPieces<T>(items: Iterable<T>): Iterable<T[]> {
  let piece: T[] = [];
  for (const item of items) {
    piece.push(item);
    if (piece.length === PIECE) {
      yield piece;
      piece = [];
    }
  }
  if (piece.length > 0) yield piece;
}
