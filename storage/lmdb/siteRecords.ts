import type { Alert } from '../../domain/alarm/alert.ts';
import { type Counts, NO_COUNTS } from '../../domain/balance.ts';
import type { DayStats, MeasureDay } from '../../domain/day/dayStats.ts';
import type { ChangeSelection, ComputedDay, DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import type { Selection } from '../../domain/reading/selection.ts';
import { type ByReceiver, forEachReceiver } from '../../domain/receivers.ts';
import type { KeptAlarmDay, StoredAlarmDays } from '../table/alarmDays.ts';
import type { StoredAlerts } from '../table/alerts.ts';
import type { MeasureSelection, StoredDays } from '../table/days.ts';
import type { StoredPumps } from '../table/pumps.ts';
import type { KeyOrigins, OriginRecord, StoredOrigins } from '../table/origins.ts';
import type { OlderReceipts, StoredReceipt, StoredReceipts } from '../table/receipts.ts';
import type { NewestRejects, NumberedReject, RejectSelection, StoredRejects } from '../table/rejects.ts';
import type { SavedReference, StoredReference } from '../table/savedReference.ts';
import type { Json, StoredState } from '../table/state.ts';
import type { Upkeep } from '../table/table.ts';
import { ALERT_COLUMNS } from './alertsMerge.ts';
import { AlertsReader } from './alertsReader.ts';
import { pumpDay } from './days.ts';
import type { Snapshot } from './environment.ts';
import { type Expired, Expiry } from './expiry.ts';
import { timeBounds } from './keys.ts';
import { historyAt } from './origins/keyOrigins.ts';
import { originRecords } from './origins/originRecords.ts';
import type { Parts } from './parts.ts';
import type { TableAccess } from './tableAccess.ts';

/** Items a piece, where a piece is made of single items. */
const PIECE = 512;
/** Statistics in one transaction: short enough not to hold the writer up. */
const STATS_A_TRANSACTION = 2048;

const NO_ORIGINS: KeyOrigins = { events: [], changes: [], sources: new Map() };

/** Rows that expire, and which time to live is theirs. */
export interface Expiring {
  readonly family: keyof Expired;
  readonly expiry: Expiry;
}

/**
 * What a site keeps of a table in its own lmdb, wherever the readings are: pumps, alerts, pump-days and statistics, rejects,
 * counts, the job's state, reference data. The embedded table has its readings beside them; the ledger of a table in HBase
 * has none.
 */
export class SiteRecords
  implements StoredState, StoredPumps, StoredAlerts, StoredRejects, StoredReceipts, StoredOrigins, StoredDays, StoredAlarmDays, StoredReference, Upkeep {
  protected readonly access: TableAccess;
  #expiring: readonly Expiring[] | undefined;

  constructor(access: TableAccess) {
    this.access = access;
  }

  async counts(): Promise<ByReceiver<Counts>> {
    return this.access.read(forEachReceiver(NO_COUNTS), ({ bookkeeping }, snapshot) => bookkeeping.counts(snapshot));
  }

  async state(prefix = ''): Promise<ReadonlyMap<string, Json>> {
    return this.access.read(new Map<string, Json>(), ({ bookkeeping }, snapshot) => bookkeeping.state(prefix, snapshot));
  }

  async pumps(): Promise<string[]> {
    return this.access.read<string[]>([], ({ pumps }, snapshot) => Array.from(pumps.all(snapshot), ({ name }) => name));
  }

  async *alerts(selection: Selection): AsyncIterable<readonly Alert[]> {
    const range = { ...timeBounds(selection), expiredBefore: this.access.expired().alerts };
    yield* this.access.stream((parts, snapshot) => inPieces(alertsOf(parts, selection.pump, range, snapshot)));
  }

  async *rejects(): AsyncIterable<readonly NumberedReject[]> {
    yield* this.access.stream(({ rejects }, snapshot) => inPieces(rejects.all(snapshot)));
  }

  async newestRejects(selection: RejectSelection): Promise<NewestRejects> {
    return this.access.read<NewestRejects>({ items: [], total: 0, dropped: 0 }, ({ rejects }, snapshot) =>
      rejects.newest(selection, snapshot),
    );
  }

  async clearRejects(before = Infinity): Promise<number> {
    const { environment, parts: { rejects } } = await this.access.writable('clear the list of rejects', 'batch');
    const piece = (drop: () => number) => environment.transact('clear the list of rejects', drop);
    let last = 0;
    let cleared = piece(() => rejects.drop((last = rejects.lastBefore(before)))); // those that come meanwhile stay
    for (let more = cleared; more > 0; cleared += more) more = piece(() => rejects.drop(last));
    return cleared;
  }

  async receipts(): Promise<{ receipts: readonly StoredReceipt[]; older: OlderReceipts | undefined }> {
    return this.access.read<{ receipts: StoredReceipt[]; older: OlderReceipts | undefined }>({ receipts: [], older: undefined },
      ({ receipts }, snapshot) => ({ receipts: [...receipts.all(snapshot)], older: receipts.older(snapshot) }));
  }

  async origins(pump: string, time: number): Promise<KeyOrigins> {
    return this.access.read<KeyOrigins>(NO_ORIGINS, (parts, snapshot) => {
      const number = parts.pumps.find(pump, snapshot);
      if (number === undefined) return NO_ORIGINS;
      const history = historyAt(parts, number, time, snapshot);
      const sources = new Map<number, StoredReceipt>();
      for (const source of new Set([...history.events, ...history.changes.map(({ by }) => by)].map((one) => one.source))) {
        const receipt = parts.receipts.get(source, snapshot);
        if (receipt) sources.set(source, receipt);
      }
      return { ...history, sources };
    });
  }

  async *originRecords(): AsyncIterable<readonly OriginRecord[]> {
    yield* this.access.stream((parts, snapshot) => inPieces(originRecords(parts, snapshot)));
  }

  async *days({ changedAfter = -Infinity, ...selection }: ChangeSelection): AsyncIterable<readonly PumpDay[]> {
    const expired = this.access.expired().data;
    yield* this.access.stream(({ days, stats }, snapshot) => joined(inPieces(days.select(selection, snapshot)), (marks) =>
      marks.filter(({ mark }) => mark.changedAt > changedAfter)
        .map(({ pump, day, mark }) => pumpDay({ pump, day }, mark, stats.computedAt(pump, day, snapshot), expired))));
  }

  async *stats(selection: DaySelection): AsyncIterable<readonly DayStats[]> {
    yield* this.access.stream(({ stats }, snapshot) => inPieces(stats.select(selection, snapshot)));
  }

  async measureDays({ measure, ...selection }: MeasureSelection): Promise<readonly MeasureDay[]> {
    return this.access.read<readonly MeasureDay[]>([], ({ stats }, snapshot) => stats.ofMeasure(selection, measureIndex[measure], snapshot));
  }

  async writeStats(computed: readonly ComputedDay[]): Promise<void> {
    if (computed.length === 0) return;
    const { environment, parts } = await this.access.writable('store statistics', 'batch');
    for (let from = 0; from < computed.length; from += STATS_A_TRANSACTION) {
      const piece = computed.slice(from, from + STATS_A_TRANSACTION);
      environment.transact(`store ${piece.length} daily statistics`, () => {
        for (const one of piece) parts.stats.put(this.#stillWhole(parts, one) ? one : { ...one, stats: null });
      });
    }
  }

  async alarmDays(pump: string): Promise<ReadonlyMap<number, Uint8Array>> {
    return this.access.read<ReadonlyMap<number, Uint8Array>>(new Map(), ({ alarmDays }, snapshot) => alarmDays.of(pump, snapshot));
  }

  async keepAlarmDays(kept: readonly KeptAlarmDay[]): Promise<void> {
    const { environment, parts } = await this.access.writable('keep alarms', 'batch');
    for (let from = 0; from < kept.length; from += PIECE) {
      const piece = kept.slice(from, from + PIECE);
      environment.transact(`keep alarms of ${piece.length} pump-days`, () => piece.forEach((one) => parts.alarmDays.put(one)));
    }
  }

  async savedReference(): Promise<SavedReference | undefined> {
    return this.access.read<SavedReference | undefined>(undefined, ({ bookkeeping }, snapshot) => bookkeeping.reference(snapshot));
  }

  async saveReference(reference: SavedReference): Promise<void> {
    const { environment, parts } = await this.access.writable('save the reference data');
    environment.transact('save the reference data', () => parts.bookkeeping.setReference(reference));
  }

  async expire(): Promise<boolean> {
    const { environment, parts } = await this.access.writable('remove what has expired');
    const expiring = (this.#expiring ??= this.expiring(parts));
    const before = this.access.expired();
    try {
      return environment.transact('remove what has expired', () => {
        const moreRejects = parts.rejects.drop(parts.rejects.lastBefore(this.access.rejectsExpiredBefore())) > 0;
        const more = expiring.map(({ family, expiry }) => before[family] !== -Infinity && expiry.run(before[family]));
        const ofOrigins = before.data === -Infinity ? [] : [parts.origins, parts.changes].map((log) => log.expire(before.data));
        return moreRejects || more.includes(true) || ofOrigins.includes(true);
      });
    } catch (error) {
      // Blocks that the transaction would have removed are still there.
      for (const { expiry } of expiring) expiry.restart();
      for (const log of [parts.origins, parts.changes]) log.restart();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.access.close();
  }

  /** What `expire` goes through. */
  protected expiring({ alerts }: Parts): Expiring[] {
    return [{ family: 'alerts', expiry: new Expiry(alerts, ALERT_COLUMNS, () => undefined) }];
  }

  /** Whether all rows that statistics were computed from are there: those of a pump-day that has begun to expire meanwhile are not. */
  #stillWhole({ days }: Parts, { day }: ComputedDay): boolean {
    const mark = days.get(day.pump, day.day);
    return !mark || !pumpDay(day, mark, 0, this.access.expired().data).expired;
  }
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
