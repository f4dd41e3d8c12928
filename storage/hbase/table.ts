import { type Alert, alertOf } from '../../domain/alarm/alert.ts';
import type { Counts } from '../../domain/balance.ts';
import type { ByReceiver } from '../../domain/receivers.ts';
import type { DayStats, MeasureDay } from '../../domain/day/dayStats.ts';
import { AppError } from '../../domain/errors.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import { type Readings, ReadingsBuffer } from '../../domain/reading/readings.ts';
import { readingKey } from '../../domain/reading/rowKey.ts';
import type { ChangeSelection, ComputedDay, DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import type { Selection, TimeRange } from '../../domain/reading/selection.ts';
import type { MeasureSelection } from '../table/days.ts';
import type { Remote, StoreAway } from '../table/remote.ts';
import type { KeyOrigins, OriginRecord } from '../table/origins.ts';
import type { OlderReceipts, StoredReceipt } from '../table/receipts.ts';
import type { NewestRejects, NumberedReject, RejectSelection } from '../table/rejects.ts';
import type { Retracted, RetractedPiece, RetractOptions, RetractSelection } from '../table/retractions.ts';
import type { SavedReference } from '../table/savedReference.ts';
import type { Json } from '../table/state.ts';
import { NOTHING_RECOVERED, type Outcome, type Recovered, type Step } from '../table/steps.ts';
import type { Table } from '../table/table.ts';
import { COUNT_COLUMN } from './cells/cells.ts';
import { HBaseClient } from './gateway/client.ts';
import type { HBaseTableOptions } from './gateway/options.ts';
import { lookUp } from './steps/lookUp.ts';
import { type Plan, planStep } from './steps/plan.ts';
import { HBaseRetraction } from './steps/retraction.ts';
import type { Committed } from '../lmdb/stepCommit.ts';
import { Puts } from './steps/puts.ts';
import { rebuild } from './ledger/rebuild.ts';
import { alertsFrom, lastReadingOf, pumpsWith, readingsOf, statsFrom } from './cells/remote.ts';
import { SiteLedger } from './ledger/siteLedger.ts';
import { covers } from './steps/spans.ts';
import { StatsWriter } from './ledger/statsWriter.ts';
import { takeReading } from './cells/storedReadings.ts';
import { takeOver } from './ledger/takeOver.ts';
import { WriterMark } from './ledger/writerMark.ts';

/**
 * Opens the table in HBase and the ledger beside it, see ARCHITECTURE.md. Asks HBase nothing yet, so it may be away.
 * Throws FORMAT_NEWER, STORE_UNAVAILABLE or STORE_DAMAGED for the ledger.
 */
export async function openHBaseTable(options: HBaseTableOptions): Promise<HBaseTable> {
  const { dir, mode, ttl, rejects, now } = options;
  const ledger = await SiteLedger.open({ dir, mode, ttl, rejects, now });
  return new HBaseTable(options, ledger);
}

/** The table in HBase, and the ledger beside it. */
export class HBaseTable implements Table, Remote {
  readonly #options: HBaseTableOptions;
  readonly #client: HBaseClient;
  readonly #ledger: SiteLedger;
  readonly #puts: Puts;
  readonly #stats: StatsWriter;
  readonly #mark: WriterMark;
  #recovered: Promise<Recovered> | undefined;
  #isKnown: Promise<boolean> | undefined;
  #there: boolean | undefined;
  #closed = false;

  constructor(options: HBaseTableOptions, ledger: SiteLedger) {
    this.#options = options;
    this.#client = new HBaseClient(options);
    this.#ledger = ledger;
    this.#puts = new Puts(this.#client);
    this.#mark = new WriterMark(options);
    this.#stats = new StatsWriter(this.#client, ledger, options.now);
  }

  recover(): Promise<Recovered> {
    this.#recovered ??= this.#recover().catch((error: unknown) => {
      this.#recovered = undefined;
      throw error;
    });
    return this.#recovered;
  }

  async write(step: Step): Promise<Outcome> {
    await this.recover();
    await this.#mark.keep((await this.#ledger.id())!, await this.#ledger.lastStep());
    const planned = await planStep(step, {
      found: (readings, rows) => lookUp(this.#client, readings, rows, this.#expired().data),
      spansOf: await this.#ledger.allSpansOf(step.readings.names),
      staleCells: (rows, replaced, breaches) => this.#ledger.staleCells(rows, replaced, breaches),
    });
    await this.#ledger.intend(planned.plan);
    try {
      const { counts, raised, withdrawn } = await this.#carryOut(planned.plan);
      const { origins, outOfOrder, superseded, replacing } = planned;
      return { counts, withdrawn, outOfOrder, superseded, replacing, raised: raised.flatMap((breach) => origins.get(breach) ?? []) };
    } catch (error) {
      // The intent stands: it has to be finished before another step may begin.
      this.#recovered = undefined;
      throw error;
    }
  }

  async retractable(selection: RetractSelection): Promise<Retracted> {
    return (await this.#retraction(selection))?.lookAll() ?? { retracted: 0, pumpDays: 0 };
  }

  async *retract(selection: RetractSelection, options: RetractOptions): AsyncIterable<RetractedPiece> {
    await this.recover();
    const retraction = await this.#retraction(selection);
    if (!retraction) return;
    let soFar = options.before;
    for (const pump of retraction.pumps()) {
      for (const times of await retraction.timesOf(pump)) {
        await this.#mark.keep((await this.#ledger.id())!, await this.#ledger.lastStep());
        const { plan, piece } = await retraction.plan(pump, times, soFar, options);
        await this.#ledger.intend(plan);
        try {
          await this.#carryOut(plan);
        } catch (error) {
          this.#recovered = undefined; // the intent stands
          throw error;
        }
        soFar = piece;
        yield piece;
      }
    }
    await this.#ledger.change('end taking back', ({ bookkeeping }) => bookkeeping.setState(options.state(soFar, undefined)));
  }

  async counts(): Promise<ByReceiver<Counts>> {
    return this.#ledger.records.counts();
  }

  async state(prefix?: string): Promise<ReadonlyMap<string, Json>> {
    return this.#ledger.records.state(prefix);
  }

  async pumps(): Promise<string[]> {
    if (await this.#knowsAll()) return this.#ledger.records.pumps();
    return (await this.#isThere()) ? pumpsWith(this.#client, ['data', COUNT_COLUMN]) : [];
  }

  async lookup(pump: string, time: number): Promise<readonly number[] | undefined> {
    if (this.#options.mode === 'writer') {
      if (!covers(await this.#ledger.spansOf(pump), time)) return undefined;
    } else if (!(await this.#isThere())) return undefined;
    const [row] = await this.#client.getRows([Buffer.from(readingKey(pump, time))]);
    const reading = new ReadingsBuffer(1);
    return row && takeReading(row, reading, 0, this.#expired().data) ? reading.values.map((column) => column[0]) : undefined;
  }

  async *readings(pump: string, range: TimeRange): AsyncIterable<Readings> {
    if (await this.#isThere()) yield* readingsOf(this.#client, pump, { ...range, expiredBefore: this.#expired().data });
  }

  async lastReading(pump: string): Promise<Readings | undefined> {
    if (!(await this.#isThere())) return undefined;
    const last = (await this.#ledger.spansOf(pump)).at(-1);
    if (!last && (await this.#knowsAll())) return undefined;
    return lastReadingOf(this.#client, pump, { to: last && last.to + 1, expiredBefore: this.#expired().data });
  }

  async newestTime(pump: string): Promise<number | undefined> {
    const last = (await this.#ledger.spansOf(pump)).at(-1);
    if (last || (await this.#knowsAll())) return last?.to;
    return (await this.lastReading(pump))?.time[0];
  }

  async *alerts(selection: Selection): AsyncIterable<readonly Alert[]> {
    if (await this.#knowsAll()) yield* this.#ledger.records.alerts(selection);
    else if (await this.#isThere()) yield* alertsFrom(this.#client, { ...selection, expiredBefore: this.#expired().alerts });
  }

  rejects(): AsyncIterable<readonly NumberedReject[]> {
    return this.#ledger.records.rejects();
  }

  clearRejects(before?: number): Promise<number> {
    return this.#ledger.records.clearRejects(before);
  }

  newestRejects(selection: RejectSelection): Promise<NewestRejects> {
    return this.#ledger.records.newestRejects(selection);
  }

  receipts(): Promise<{ receipts: readonly StoredReceipt[]; older: OlderReceipts | undefined }> {
    return this.#ledger.records.receipts();
  }

  originRecords(): AsyncIterable<readonly OriginRecord[]> {
    return this.#ledger.records.originRecords();
  }

  origins(pump: string, time: number): Promise<KeyOrigins> {
    return this.#ledger.records.origins(pump, time);
  }

  async *days(selection: ChangeSelection): AsyncIterable<readonly PumpDay[]> {
    if (this.#options.mode === 'batch' && !(await this.#knowsAll())) {
      throw new AppError(
        'STORE_UNAVAILABLE',
        `expected what \`wellwatch run\` keeps in ${this.#options.dir} to know which pump-days have changed, there is nothing; ` +
          `summarize where \`run\` runs`,
      );
    }
    yield* this.#ledger.records.days(selection);
  }

  /** Alarms of a table in HBase follow from its readings alone. */
  async alarmDays(): Promise<ReadonlyMap<number, Uint8Array>> {
    return new Map();
  }

  async keepAlarmDays(): Promise<void> {
    // nothing is kept
  }

  async *stats(selection: DaySelection): AsyncIterable<readonly DayStats[]> {
    if (await this.#knowsAll()) yield* this.#ledger.records.stats(selection);
    else if (await this.#isThere()) yield* statsFrom(this.#client, selection);
  }

  async measureDays(selection: MeasureSelection): Promise<readonly MeasureDay[]> {
    if (await this.#knowsAll()) return this.#ledger.records.measureDays(selection);
    const days: MeasureDay[] = [];
    for await (const piece of this.stats(selection)) {
      for (const { day, count: readings, measures } of piece)
        days.push({ day, computedAt: Infinity, readings, stats: measures[measureIndex[selection.measure]] });
    }
    return days;
  }

  async writeStats(computed: readonly ComputedDay[]): Promise<void> {
    await this.#stats.write(computed);
  }

  async savedReference(): Promise<SavedReference | undefined> {
    return this.#ledger.records.savedReference();
  }

  async saveReference(reference: SavedReference): Promise<void> {
    await this.#ledger.records.saveReference(reference);
  }

  async expire(): Promise<boolean> {
    return this.#ledger.expire(); // HBase removes its own cells, by the families' time to live
  }

  away(): StoreAway | undefined {
    return this.#client.away();
  }

  alertsHere(selection: Selection): AsyncIterable<readonly Alert[]> {
    return this.#ledger.records.alerts(selection);
  }

  async takeOver(source: Table): Promise<void> {
    await takeOver(source, this.#ledger);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#mark.close(await this.#ledger.lastStep());
    this.#client.close();
    await this.#ledger.close();
  }

  async #recover(): Promise<Recovered> {
    const { table, ttl, onLog } = this.#options;
    const { created, differences } = await this.#client.ensureTable(ttl);
    for (const message of differences) onLog?.({ level: 'warn', message });
    this.#there = true;
    await this.#checkHome(created);
    const id = (await this.#ledger.id())!;
    const before = await this.#mark.previous(id, await this.#ledger.lastStep());
    const plan = (await this.#ledger.home()) === undefined ? undefined : await this.#interrupted();
    const done = plan ? recoveredFrom(plan, await this.#carryOut(plan)) : NOTHING_RECOVERED;
    if (before === 'another' || before === 'later') {
      const why =
        before === 'another'
          ? 'was written from another data directory before'
          : `was written after what lies in ${this.#options.dir} was saved`;
      onLog?.({ level: 'warn', message: `${this.#client.name} ${why}: what is known of it here is read anew` });
      await this.#ledger.forgetHome();
    }
    await this.#mark.set(id, await this.#ledger.lastStep());
    if ((await this.#ledger.home()) === undefined) {
      if (!created) await rebuild({ client: this.#client, ledger: this.#ledger, onLog });
      await this.#ledger.setHome(table);
    }
    return done;
  }

  async #interrupted(): Promise<Plan | undefined> {
    const plan = await this.#ledger.interrupted();
    if (plan !== 'damaged') return plan;
    const { dir, onLog } = this.#options;
    onLog?.({
      level: 'warn',
      message: `the file intent in ${dir} can't be read: a crash while it was written, and nothing came of it, or else the disk has ` +
        'lost it. Then rows of the step that was under way may be counted as duplicates, and their alerts be missing: remove ' +
        `${dir}/data.mdb to have all read anew from HBase`,
    });
    return undefined;
  }

  /** A ledger belongs to one table. */
  async #checkHome(created: boolean): Promise<void> {
    const { table, dir, onLog } = this.#options;
    const home = await this.#ledger.home();
    if (home !== undefined && home !== table) {
      throw new AppError(
        'CONFIG',
        `store.table: what lies in ${dir} belongs to the table ${home}, got ${table}. Set it back, or choose another dataDir for the ` +
          'other table',
      );
    }
    if (home !== undefined && created) {
      onLog?.({
        level: 'error',
        message: `${this.#client.name} was not there any more and has been made anew, empty: readings that were in it are gone. Its ` +
          `alerts and statistics are still in ${dir}`,
      });
    }
  }

  /** Whether the ledger is complete, and nobody else has written to the table since. */
  async #knowsAll(): Promise<boolean> {
    if ((await this.#ledger.home()) !== this.#options.table) return false;
    if (this.#options.mode === 'writer') return true;
    this.#isKnown ??= Promise.all([this.#mark.lastLedger(), this.#ledger.id()]).then(([last, own]) => last === undefined || last === own);
    const isKnown = await this.#isKnown;
    // The site's own writer may have the table again: for a reader that stays, it is to be asked anew.
    if (!isKnown) this.#isKnown = undefined;
    return isKnown;
  }

  /** Undefined without a ledger: then it is not known where rows came from. */
  async #retraction(selection: RetractSelection): Promise<HBaseRetraction | undefined> {
    const expiredBefore = this.#expired().data;
    const parts = await this.#ledger.parts();
    if (!parts) return undefined;
    return new HBaseRetraction({
      parts,
      readings: (pump, range) => readingsOf(this.#client, pump, { ...range, expiredBefore }),
      lastReading: (pump, to) => lastReadingOf(this.#client, pump, { to, expiredBefore }),
      alerts: (pump, range) => this.#ledger.records.alerts({ pump, ...range }),
      staleCells: (rows, changed, breaches) =>
        this.#ledger.staleCells(rows, changed.map((_, row) => row), breaches, (row, column) => (changed[row] >> column & 1) !== 0),
      statsTimestamp: () => this.#ledger.nextStatsTimestamp(this.#options.now()),
    }, selection);
  }

  /** Does what a plan says: in HBase first, then in the ledger. */
  async #carryOut(plan: Plan): Promise<Committed> {
    const refused = await this.#puts.apply(plan);
    return this.#ledger.commit(plan, refused);
  }

  /** A table that nobody has made yet reads as an empty one. */
  async #isThere(): Promise<boolean> {
    return (this.#there ||= (await this.#client.describe()) !== undefined);
  }

  #expired(): { data: number; alerts: number } {
    const { ttl: { data, alerts }, now } = this.#options;
    return { data: data === null ? -Infinity : now() - data, alerts: alerts === null ? -Infinity : now() - alerts };
  }
}

/** Rows that were copied are nobody's to count or tell. */
function recoveredFrom({ receiver, rows }: Plan, { counts, raised, withdrawn }: Committed): Recovered {
  return receiver ? { counts, withdrawn, raised: raised.map((breach) => alertOf(breach, rows)) } : NOTHING_RECOVERED;
}
