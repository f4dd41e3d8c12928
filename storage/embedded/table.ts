import type { Alert } from '../../domain/alarm/alert.ts';
import { type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { type ByReceiver, forEachReceiver } from '../../domain/receivers.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import { MAX_TIME, MIN_TIME } from '../../domain/reading/wallClock.ts';
import type { ChangeSelection, ComputedDay, DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import type { Selection, TimeRange } from '../../domain/reading/selection.ts';
import type { NewestRejects, RejectSelection } from '../table/rejects.ts';
import type { SavedReference } from '../table/savedReference.ts';
import type { Json } from '../table/state.ts';
import { NOTHING_RECOVERED, type Outcome, type Recovered, type Step } from '../table/steps.ts';
import type { Table } from '../table/table.ts';
import { ALERT_COLUMNS } from '../lmdb/alertsMerge.ts';
import { AlertsReader } from '../lmdb/alertsReader.ts';
import { PAGE_BYTES } from '../lmdb/block.ts';
import { pumpDay } from '../lmdb/days.ts';
import type { Snapshot } from '../lmdb/environment.ts';
import { Expiry } from '../lmdb/expiry.ts';
import { pumpOfKey } from '../lmdb/keys.ts';
import type { Parts } from '../lmdb/parts.ts';
import { StepWriter } from './stepWriter.ts';
import { type EmbeddedTableOptions, TableAccess } from '../lmdb/tableAccess.ts';

/** Items a piece, where a piece is made of single items. */
const PIECE = 512;
/** Statistics in one transaction: short enough not to hold the writer up. */
const STATS_A_TRANSACTION = 2048;

/**
 * Opens the table in an lmdb environment. Throws FORMAT_NEWER when a newer version wrote it, and
 * STORE_UNAVAILABLE when it can't be opened.
 */
export async function openEmbeddedTable(options: EmbeddedTableOptions): Promise<Table> {
  const access = new TableAccess(options);
  await access.open();
  return new EmbeddedTable(options, access);
}

/** The table in lmdb. */
export class EmbeddedTable implements Table {
  readonly #options: EmbeddedTableOptions;
  readonly #access: TableAccess;
  #writer: StepWriter | undefined;
  #expiries: { data: Expiry; alerts: Expiry } | undefined;

  constructor(options: EmbeddedTableOptions, access: TableAccess) {
    this.#options = options;
    this.#access = access;
  }

  async recover(): Promise<Recovered> {
    return NOTHING_RECOVERED; // lmdb has all of a step or nothing, and opening has brought the format up
  }

  async write(step: Step): Promise<Outcome> {
    const { environment, parts } = await this.#access.writable('write a step');
    this.#writer ??= new StepWriter(parts, this.#options.blockBytes ?? PAGE_BYTES);
    const writer = this.#writer;
    let clean = true;
    try {
      return environment.transact(`write ${step.readings.length} rows`, () => {
        if (!clean) forget(parts);
        clean = false;
        return writer.write(step, this.#access.expired());
      });
    } catch (error) {
      forget(parts);
      throw error;
    }
  }

  async counts(): Promise<ByReceiver<Counts>> {
    return this.#access.read(forEachReceiver(NO_COUNTS), ({ bookkeeping }, snapshot) => bookkeeping.counts(snapshot));
  }

  async state(prefix = ''): Promise<ReadonlyMap<string, Json>> {
    return this.#access.read(new Map<string, Json>(), ({ bookkeeping }, snapshot) => bookkeeping.state(prefix, snapshot));
  }

  async pumps(): Promise<string[]> {
    return this.#access.read<string[]>([], ({ pumps }, snapshot) => Array.from(pumps.all(snapshot), ({ name }) => name));
  }

  async lookup(pump: string, time: number): Promise<readonly number[] | undefined> {
    return this.#access.read<readonly number[] | undefined>(undefined, ({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return undefined;
      return readingsReader.lookup(number, time, this.#access.expired().data, snapshot);
    });
  }

  async *readings(pump: string, range: TimeRange): AsyncIterable<Readings> {
    yield* this.#access.stream(({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return [];
      return readingsReader.between({ name: pump, number }, bounds(range), this.#access.expired().data, snapshot);
    });
  }

  async lastReading(pump: string): Promise<Readings | undefined> {
    return this.#access.read<Readings | undefined>(undefined, ({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      if (number === undefined) return undefined;
      return readingsReader.last({ name: pump, number }, this.#access.expired().data, snapshot);
    });
  }

  async newestTime(pump: string): Promise<number | undefined> {
    return this.#access.read<number | undefined>(undefined, ({ pumps, readingsReader }, snapshot) => {
      const number = pumps.find(pump, snapshot);
      return number === undefined ? undefined : readingsReader.lastTime(number, snapshot);
    });
  }

  async *alerts(selection: Selection): AsyncIterable<readonly Alert[]> {
    const range = { ...bounds(selection), expiredBefore: this.#access.expired().alerts };
    yield* this.#access.stream((parts, snapshot) => inPieces(alertsOf(parts, selection.pump, range, snapshot)));
  }

  async *rejects(): AsyncIterable<readonly Reject[]> {
    yield* this.#access.stream(({ rejects }, snapshot) => inPieces(rejects.all(snapshot)));
  }

  async newestRejects(selection: RejectSelection): Promise<NewestRejects> {
    return this.#access.read<NewestRejects>({ items: [], total: 0 }, ({ rejects }, snapshot) => rejects.newest(selection, snapshot));
  }

  async *days({ changedAfter = -Infinity, ...selection }: ChangeSelection): AsyncIterable<readonly PumpDay[]> {
    const expired = this.#access.expired().data;
    yield* this.#access.stream(({ days, stats }, snapshot) => joined(inPieces(days.select(selection, snapshot)), (marks) =>
      marks.filter(({ mark }) => mark.changedAt > changedAfter)
        .map(({ pump, day, mark }) => pumpDay({ pump, day }, mark, stats.computedAt(pump, day, snapshot), expired))));
  }

  async *stats(selection: DaySelection): AsyncIterable<readonly DayStats[]> {
    yield* this.#access.stream(({ stats }, snapshot) => inPieces(stats.select(selection, snapshot)));
  }

  async writeStats(computed: readonly ComputedDay[]): Promise<void> {
    if (computed.length === 0) return;
    const { environment, parts } = await this.#access.writable('store statistics', 'batch');
    for (let from = 0; from < computed.length; from += STATS_A_TRANSACTION) {
      const piece = computed.slice(from, from + STATS_A_TRANSACTION);
      environment.transact(`store ${piece.length} daily statistics`, () => {
        for (const one of piece) parts.stats.put(this.#stillWhole(parts, one) ? one : { ...one, stats: null });
      });
    }
  }

  async savedReference(): Promise<SavedReference | undefined> {
    return this.#access.read<SavedReference | undefined>(undefined, ({ bookkeeping }, snapshot) => bookkeeping.reference(snapshot));
  }

  async saveReference(reference: SavedReference): Promise<void> {
    const { environment, parts } = await this.#access.writable('save the reference data');
    environment.transact('save the reference data', () => parts.bookkeeping.setReference(reference));
  }

  async expire(): Promise<boolean> {
    const { environment, parts } = await this.#access.writable('remove what has expired');
    const { data, alerts } = this.#options.ttl;
    this.#expiries ??= expiriesOf(parts);
    const expiries = this.#expiries;
    const expired = this.#access.expired();
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
    await this.#access.close();
  }

  /** Whether all rows that statistics were computed from are there: those of a pump-day that has begun to expire meanwhile are not. */
  #stillWhole({ days }: Parts, { day }: ComputedDay): boolean {
    const mark = days.get(day.pump, day.day);
    return !mark || !pumpDay(day, mark, 0, this.#access.expired().data).expired;
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
