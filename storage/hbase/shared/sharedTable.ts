import type { Alert } from '../../../domain/alarm/alert.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../../domain/balance.ts';
import type { DayStats, MeasureDay } from '../../../domain/day/dayStats.ts';
import type { ChangeSelection, ComputedDay, DaySelection, PumpDay } from '../../../domain/day/pumpDay.ts';
import { AppError } from '../../../domain/errors.ts';
import { measureIndex } from '../../../domain/reading/measures.ts';
import { type Readings, ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { readingKey } from '../../../domain/reading/rowKey.ts';
import type { Selection, TimeRange } from '../../../domain/reading/selection.ts';
import { type ByReceiver, forEachReceiver } from '../../../domain/receivers.ts';
import type { MeasureSelection } from '../../table/days.ts';
import type { Fleet, FleetPartition, StoredFleet } from '../../table/fleet.ts';
import type { KeyOrigins, OriginRecord } from '../../table/origins.ts';
import type { OlderReceipts, StoredReceipt } from '../../table/receipts.ts';
import type { NewestRejects, NumberedReject, RejectSelection } from '../../table/rejects.ts';
import type { StoreAway } from '../../table/remote.ts';
import type { Retracted, RetractedPiece } from '../../table/retractions.ts';
import type { SavedReference } from '../../table/savedReference.ts';
import { type Json, RECEIPT_STATE, REPLACED_ALERTS_STATE } from '../../table/state.ts';
import type { Outcome, Recovered, Step } from '../../table/steps.ts';
import type { Table } from '../../table/table.ts';
import { alertsFrom, lastReadingOf, readingsOf, statsFrom } from '../cells/remote.ts';
import { takeReading } from '../cells/storedReadings.ts';
import { HBaseClient } from '../gateway/client.ts';
import { putStats } from '../ledger/statsWriter.ts';
import { markComputed, markedDays } from './dayRows.ts';
import { type StoredOutbox, OUTBOXES, outboxOf } from './outboxRow.ts';
import { HEAD, type Owner, partitionOf, type PartitionName, PARTITIONS, type PartitionState, VERSION } from './partitionRow.ts';
import { readReference, writeReference } from './referenceRow.ts';
import { allRejects, newestRejects } from './rejectRows.ts';
import { siteTable } from '../ledger/writerMark.ts';
import { ledgerTable, type SharedTableOptions } from './sharedOptions.ts';
import { forgetWorker, putWorker, type SaidByWorker, workersIn } from './workerRows.ts';

/** So long what the ledgers of all partitions say is believed: many ask at a time. */
const FRESH_MS = 500;
const PARTITIONS_A_PAGE = 20;
/** Clocks of workers, and a step that waits for its store, differ by no more than that, or all is looked at again after a while. */
const CLOCKS_DIFFER_MS = 60_000;
const WHOLE_LOOK_MS = 600_000;
/** Long enough for each of those who ask again and again. */
const WHOLE_FOR_MS = 6000;

/**
 * A table that several workers write, each the rows of the partitions that it has, as everybody sees it: whole, whichever worker has stored
 * what. All of it lies in HBase, so it needs no data directory. It takes no steps: `PartitionTable` does.
 */
export class SharedTable implements Table, StoredFleet {
  protected readonly client: HBaseClient;
  protected readonly ledgers: HBaseClient;
  /** Of the mark of a site that writes a table by itself. */
  readonly #sites: HBaseClient;
  readonly #options: SharedTableOptions;
  #there: boolean | undefined;
  #partitions: { readonly at: number; readonly states: Promise<readonly PartitionState[]> } | undefined;

  constructor(options: SharedTableOptions) {
    this.#options = options;
    this.client = new HBaseClient(options);
    this.ledgers = new HBaseClient({ ...options, table: ledgerTable(options.table) });
    this.#sites = new HBaseClient({ ...options, table: siteTable(options.table) });
  }

  /** Makes both tables, or what they lack. Throws CONFIG for a table that a site has written by itself, whose rows no partition knows. */
  async recover(): Promise<Recovered> {
    const { ttl, onLog, table } = this.#options;
    if ((await this.#sites.describe()) !== undefined)
      throw new AppError(
        'CONFIG',
        `store.table: ${table} has been written by a site that did not share it (there is a table ${siteTable(table)}), and workers would not know its ` +
          'rows; name another table',
      );
    const { differences } = await this.client.ensureTable(ttl);
    for (const message of differences) onLog?.({ level: 'warn', message });
    await this.ledgers.ensureTable({ data: null, alerts: null });
    this.#there = true;
    return { counts: NO_COUNTS, raised: [], withdrawn: [] };
  }

  async write(_step: Step): Promise<Outcome> {
    throw new AppError('NOT_SUPPORTED', 'a table that workers share takes steps by partition only');
  }

  async counts(): Promise<ByReceiver<Counts>> {
    const kafka = (await this.partitions()).reduce((sum, { head }) => addCounts(sum, head.counts), NO_COUNTS);
    return { ...forEachReceiver(NO_COUNTS), kafka };
  }

  async state(prefix = ''): Promise<ReadonlyMap<string, Json>> {
    const whole = new Map<string, Json>();
    for (const { state } of await this.partitions()) {
      for (const [name, value] of state) if (name.startsWith(prefix)) whole.set(name, together(name, whole.get(name), value));
    }
    return whole;
  }

  async pumps(): Promise<string[]> {
    const { ofWorker = '' } = this.#options;
    const its = (await this.partitions()).filter(({ version: { worker = '' } }) => worker.startsWith(ofWorker));
    const pumps = its.flatMap(({ spans }) => [...spans.keys()]);
    return [...new Set(pumps)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  async lookup(pump: string, time: number): Promise<readonly number[] | undefined> {
    if (!(await this.#isThere())) return undefined;
    const [row] = await this.client.getRows([Buffer.from(readingKey(pump, time))]);
    const reading = new ReadingsBuffer(1);
    return row && takeReading(row, reading, 0, this.expired().data) ? reading.values.map((column) => column[0]) : undefined;
  }

  async *readings(pump: string, range: TimeRange): AsyncIterable<Readings> {
    if (await this.#isThere()) yield* readingsOf(this.client, pump, { ...range, expiredBefore: this.expired().data });
  }

  async lastReading(pump: string): Promise<Readings | undefined> {
    const last = await this.newestTime(pump);
    return last === undefined ? undefined : lastReadingOf(this.client, pump, { to: last + 1, expiredBefore: this.expired().data });
  }

  async newestTime(pump: string): Promise<number | undefined> {
    const times = (await this.partitions()).flatMap(({ spans }) => spans.get(pump)?.at(-1)?.to ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  async *alerts({ pump, ...range }: Selection): AsyncIterable<readonly Alert[]> {
    if (!(await this.#isThere())) return;
    const expiredBefore = this.expired().alerts;
    for (const one of pump === undefined ? await this.pumps() : [pump]) yield* alertsFrom(this.client, { ...range, pump: one, expiredBefore });
  }

  async *rejects(): AsyncIterable<readonly NumberedReject[]> {
    yield* allRejects(this.ledgers, await this.partitions());
  }

  async newestRejects(selection: RejectSelection): Promise<NewestRejects> {
    return newestRejects(this.ledgers, await this.partitions(), selection);
  }

  async clearRejects(): Promise<number> {
    throw missing('clearing the list of rejects');
  }

  /** A line for each partition: its number is the partition's, and 1. */
  async receipts(): Promise<{ receipts: readonly StoredReceipt[]; older: OlderReceipts | undefined }> {
    const receipts = (await this.partitions()).map(({ name: { topic, partition }, head: { counts, first, last } }): StoredReceipt => {
      const { stored, replaced, retracted, duplicate, rejected } = counts;
      const source = `kafka:${topic}/${partition}`;
      return { number: partition + 1, receiver: 'kafka', source, stored, replaced, retracted, duplicate, rejected, first, last, digest: null };
    });
    return { receipts, older: undefined };
  }

  /** Nothing is kept of where single rows came from. */
  async origins(): Promise<KeyOrigins> {
    return { events: [], changes: [], sources: new Map() };
  }

  async *originRecords(): AsyncIterable<readonly OriginRecord[]> {
    // nothing is kept
  }

  /**
   * Steps have times by their workers' clocks for numbers, so one with a lower number may come later: asked for changes, this goes back further,
   * and now and then to the beginning. Days come again then that have not changed since.
   */
  async *days({ changedAfter, ...selection }: ChangeSelection): AsyncIterable<readonly PumpDay[]> {
    if (!(await this.#isThere())) return;
    const isWhole = changedAfter === undefined || changedAfter <= 0 || performance.now() % WHOLE_LOOK_MS < WHOLE_FOR_MS;
    const since = isWhole ? undefined : changedAfter - CLOCKS_DIFFER_MS;
    yield* markedDays(this.ledgers, { ...selection, since, expiredBefore: this.expired().data });
  }

  async *stats({ pump, ...days }: DaySelection): AsyncIterable<readonly DayStats[]> {
    if (!(await this.#isThere())) return;
    for (const one of pump === undefined ? await this.pumps() : [pump]) yield* statsFrom(this.client, { ...days, pump: one });
  }

  async measureDays(selection: MeasureSelection): Promise<readonly MeasureDay[]> {
    const computed = new Map<number, number>();
    for await (const piece of this.days(selection)) for (const { day, computedAt } of piece) computed.set(day, computedAt);
    const days: MeasureDay[] = [];
    for await (const piece of this.stats(selection)) {
      for (const { day, count: readings, measures } of piece)
        days.push({ day, computedAt: computed.get(day) ?? 0, readings, stats: measures[measureIndex[selection.measure]] });
    }
    return days;
  }

  /**
   * Statistics have the number of the step that last changed their pump-day as timestamp. So of two workers that compute the same day the one
   * that has seen more wins, whoever is last.
   */
  async writeStats(computed: readonly ComputedDay[]): Promise<void> {
    for (const { day, stats } of computed) if (stats && !day.expired) await putStats(this.client, [stats], day.changedAt);
    await markComputed(this.ledgers, computed.map(({ day }) => day));
  }

  /** Alarms of a table in HBase follow from its readings alone. */
  async alarmDays(): Promise<ReadonlyMap<number, Uint8Array>> {
    return new Map();
  }

  async keepAlarmDays(): Promise<void> {
    // nothing is kept
  }

  async savedReference(): Promise<SavedReference | undefined> {
    return (await this.#isThere()) ? readReference(this.ledgers) : undefined;
  }

  async saveReference(reference: SavedReference): Promise<void> {
    await writeReference(this.ledgers, reference, this.#options.now());
  }

  async retractable(): Promise<Retracted> {
    throw missing('taking readings back');
  }

  async *retract(): AsyncIterable<RetractedPiece> {
    throw missing('taking readings back');
  }

  /** HBase removes its own cells, by the families' time to live. */
  async expire(): Promise<boolean> {
    return false;
  }

  /** Who has which partition, and how each worker is. */
  async fleet(): Promise<Fleet> {
    const [states, workers] = [await this.partitions(), (await this.#isThere()) ? await workersIn(this.ledgers, this.#options.now()) : []];
    const partitions = states.map(({ name: { topic, partition }, version: { epoch, worker }, head: { counts, last } }): FleetPartition => {
      const its = workers.find(({ name, isHeard }) => isHeard && name === worker)?.partitions.find((one) => one.partition === partition);
      const { stored, duplicate, rejected } = counts;
      return { topic, partition, worker: worker ?? null, epoch, stored, duplicate, rejected, lag: its?.lag ?? null, last };
    });
    return { workers, partitions };
  }

  /** Which partitions of a topic somebody has, as it is now. */
  async owners({ group, topic }: Omit<PartitionName, 'partition'>): Promise<Owner[]> {
    if (!(await this.#isThere())) return [];
    const owners: Owner[] = [];
    for await (const page of this.ledgers.scan({ ...PARTITIONS, columns: [VERSION, HEAD], cellsARow: 2 })) {
      for (const row of page) {
        const { name, version: { epoch, worker }, head: { partitions } } = partitionOf(row) ?? NOBODYS;
        if (name?.group === group && name.topic === topic && worker !== undefined) owners.push({ partition: name.partition, partitions, epoch, worker });
      }
    }
    return owners;
  }

  /** In which partition of a topic pumps have rows, a little old. */
  async places({ group, topic }: Omit<PartitionName, 'partition'>): Promise<Map<string, number>> {
    const its = (await this.partitions()).filter(({ name }) => name.group === group && name.topic === topic);
    return new Map(its.flatMap(({ name: { partition }, spans }) => [...spans.keys()].map((pump): [string, number] => [pump, partition])));
  }

  /** Who was told of alarms, and what is still to be sent, by partition. */
  async outboxes(): Promise<StoredOutbox[]> {
    if (!(await this.#isThere())) return [];
    const outboxes: StoredOutbox[] = [];
    for await (const page of this.ledgers.scan({ ...OUTBOXES, columns: ['stats'], cellsARow: 40, rows: PARTITIONS_A_PAGE }))
      outboxes.push(...page.flatMap((row) => outboxOf(row) ?? []));
    return outboxes;
  }

  /** A worker says how it is; with `gone` that it has ended. */
  async hear(worker: SaidByWorker, gone = false): Promise<void> {
    await (gone ? forgetWorker(this.ledgers, worker) : putWorker(this.ledgers, worker));
  }

  away(): StoreAway | undefined {
    return this.client.away() ?? this.ledgers.away();
  }

  async close(): Promise<void> {
    for (const client of [this.client, this.ledgers, this.#sites]) client.close();
  }

  /** The ledgers of all partitions, a little old. */
  protected async partitions(): Promise<readonly PartitionState[]> {
    if (this.#partitions && performance.now() - this.#partitions.at < FRESH_MS) return this.#partitions.states;
    const states = this.#readPartitions();
    this.#partitions = { at: performance.now(), states };
    states.catch(() => (this.#partitions = undefined));
    return states;
  }

  /** Whatever was received at these times or before has expired. */
  protected expired(): { data: number; alerts: number } {
    const { ttl: { data, alerts }, now } = this.#options;
    return { data: data === null ? -Infinity : now() - data, alerts: alerts === null ? -Infinity : now() - alerts };
  }

  async #readPartitions(): Promise<readonly PartitionState[]> {
    if (!(await this.#isThere())) return [];
    const states: PartitionState[] = [];
    const range = { ...PARTITIONS, columns: ['stats'], cellsARow: 70, rows: PARTITIONS_A_PAGE };
    for await (const page of this.ledgers.scan(range)) states.push(...page.flatMap((row) => partitionOf(row) ?? []));
    return states;
  }

  /** Tables that nobody has made yet read as empty ones. */
  async #isThere(): Promise<boolean> {
    return (this.#there ||= (await this.client.describe()) !== undefined && (await this.ledgers.describe()) !== undefined);
  }
}

/** A row that says nothing. */
const NOBODYS = { name: undefined, version: { epoch: 0, worker: undefined }, head: { partitions: 0 } };

/** What two partitions say under the same name. */
function together(name: string, before: Json | undefined, value: Json): Json {
  if (name === RECEIPT_STATE) return Math.max(Number(before ?? 0), Number(value));
  if (name === REPLACED_ALERTS_STATE) return [...((before ?? []) as Json[]), ...(value as Json[])];
  return value;
}

function missing(what: string): AppError {
  return new AppError('NOT_SUPPORTED', `${what} is not there yet for a table that workers share (store.shared): docs/fleet.md says what is`);
}
