import { randomUUID } from 'node:crypto';
import type { Breach } from '../../../domain/alarm/breach.ts';
import { AppError } from '../../../domain/errors.ts';
import { isUnknown, measureIndex } from '../../../domain/reading/measures.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { AlertsReader } from '../../lmdb/alertsReader.ts';
import { pumpDay } from '../../lmdb/days.ts';
import { hasOrigins } from '../../lmdb/origins/originRecords.ts';
import type { Parts } from '../../lmdb/parts.ts';
import { SiteRecords } from '../../lmdb/siteRecords.ts';
import { transactStep } from '../../lmdb/stepTransaction.ts';
import { type TableAccessOptions, type Opened, TableAccess } from '../../lmdb/tableAccess.ts';
import type { ComputedDay } from '../../../domain/day/pumpDay.ts';
import { alertColumn, thresholdColumn } from '../cells/cells.ts';
import type { Committed } from '../../lmdb/stepCommit.ts';
import { Commits } from '../steps/commit.ts';
import { IntentFile } from '../steps/intent.ts';
import type { Plan, StaleCell } from '../steps/plan.ts';
import type { Refusal } from '../steps/puts.ts';
import { type Span, Spans } from '../steps/spans.ts';

const HOME_KEY = Buffer.from('hbase');
const STATS_KEY = Buffer.from('statsAt');
const ID_KEY = Buffer.from('ledger');
const BLOCKS_A_TRANSACTION = 2000;
const LOW = Buffer.from([0]);
const HIGH = Buffer.alloc(20, 0xff);

/**
 * What a site keeps on its own disk of a table that lies in HBase: its records, and beside
 * them the intent of the step under way, the spans of each pump, and the name of the table in HBase.
 */
export class SiteLedger {
  /** Positions, counts, rejects, pump-days, alerts and statistics: all that is read from here. */
  readonly records: SiteRecords;
  readonly #access: TableAccess;
  readonly #dir: string;
  readonly #writes: boolean;
  #intent: IntentFile | undefined;
  #spans: Spans | undefined;
  #commits: Commits | undefined;
  /** Whose pump-days are still to be looked at in this round. */
  #pumpsToMark: string[] | undefined;

  private constructor(options: TableAccessOptions, access: TableAccess) {
    this.records = new SiteRecords(access);
    this.#access = access;
    this.#dir = options.dir;
    this.#writes = options.mode === 'writer';
  }

  /** Opens a ledger; only the writer makes one. Throws FORMAT_NEWER, STORE_UNAVAILABLE, STORE_DAMAGED. */
  static async open(options: TableAccessOptions): Promise<SiteLedger> {
    const access = new TableAccess(options);
    await access.open();
    const ledger = new SiteLedger(options, access);
    try {
      if (ledger.#writes) ledger.#intent = IntentFile.open(options.dir);
    } catch (error) {
      await access.close();
      throw error;
    }
    return ledger;
  }

  /** Whether there is one, and it is complete: what it knows of the table in HBase is all there is to know. */
  async isComplete(): Promise<boolean> {
    return (await this.home()) !== undefined;
  }

  /** The name of the table in HBase that it belongs to, once it is complete. */
  async home(): Promise<string | undefined> {
    return this.#access.read<string | undefined>(undefined, ({ meta }, snapshot) => {
      const name = meta.get(HOME_KEY, snapshot);
      return name && Buffer.from(name).toString();
    });
  }

  /** Says that it is complete. */
  async setHome(table: string): Promise<void> {
    await this.change('name the table in HBase', ({ meta }) => meta.put(HOME_KEY, Buffer.from(table)));
  }

  /** Says that it is not complete any more: others have written to the table. */
  async forgetHome(): Promise<void> {
    await this.change('begin to know the table in HBase anew', ({ meta }) => meta.remove(HOME_KEY));
  }

  /** Its own id, made by the first writer; undefined while there is none. */
  async id(): Promise<string | undefined> {
    const known = await this.#access.read<string | undefined>(undefined, ({ meta }, snapshot) => {
      const id = meta.get(ID_KEY, snapshot);
      return id && Buffer.from(id).toString();
    });
    if (known !== undefined || !this.#writes) return known;
    const made = randomUUID();
    await this.change('name the ledger', ({ meta }) => meta.put(ID_KEY, Buffer.from(made)));
    return made;
  }

  /** Forgets all alerts, for whoever reads them anew from HBase. */
  async clearAlerts(): Promise<void> {
    const piece = () => this.change('clear the index of alerts', ({ alerts }) => {
      let removed = 0;
      for (let entry = alerts.after(LOW, HIGH); entry && removed < BLOCKS_A_TRANSACTION; entry = alerts.after(LOW, HIGH), removed++)
        alerts.removeKey(entry.key);
      return removed;
    });
    while ((await piece()) > 0);
  }

  /** A pump's spans. */
  async spansOf(pump: string): Promise<readonly Span[]> {
    return this.#access.read<readonly Span[]>([], (parts, snapshot) => this.#spansIn(parts).of(pump, snapshot));
  }

  /** The spans of the pumps of a step. */
  async allSpansOf(pumps: readonly string[]): Promise<(pump: string) => readonly Span[]> {
    const { parts } = await this.#writable();
    const spans = this.#spansIn(parts);
    const known = new Map(pumps.map((pump) => [pump, spans.of(pump)]));
    return (pump) => known.get(pump) ?? [];
  }

  /** What it is made of, for looking; undefined where nothing is yet. */
  async parts(): Promise<Parts | undefined> {
    return this.#access.read<Parts | undefined>(undefined, (parts) => parts);
  }

  /** Alert cells that hold no longer once the cells of the `replaced` of `rows` are put, which raise `breaches`. */
  async staleCells(
    rows: Readings, replaced: readonly number[], breaches: readonly Breach[],
    isReplaced = (row: number, column: number) => !isUnknown(rows.values[column][row]),
  ): Promise<StaleCell[]> {
    if (replaced.length === 0) return [];
    const raised = new Set(breaches.flatMap(({ row, rule }) => {
      const pump = rows.names[rows.pump[row]];
      return [
        cellId(pump, rows.time[row], alertColumn(rule.measure)),
        cellId(pump, rows.time[row], thresholdColumn(rule.measure, rule.id)),
      ];
    }));
    const times = timesByPump(rows, replaced);
    return this.#access.read<StaleCell[]>([], (parts, snapshot) => {
      const stale = new Map<string, StaleCell>();
      const reader = new AlertsReader(parts.alerts, parts.rules);
      for (const [pump, { all, from, to }] of times) {
        const number = parts.pumps.find(pump, snapshot);
        if (number === undefined) continue;
        for (const { time, measure, rule, receivedAt } of reader.of(
          { name: pump, number },
          { from, to: to + 1, expiredBefore: -Infinity },
          snapshot,
        )) {
          const row = all.get(time);
          if (row === undefined || !isReplaced(row, measureIndex[measure])) continue;
          for (const column of [alertColumn(measure), thresholdColumn(measure, rule)]) {
            const id = cellId(pump, time, column);
            const before = stale.get(id);
            if (!raised.has(id) && !(before && before.timestamp >= receivedAt))
              stale.set(id, { pump, time, column, timestamp: receivedAt });
          }
        }
      }
      return [...stale.values()];
    });
  }

  /** Writes down what the next step will do. */
  async intend(plan: Plan): Promise<void> {
    this.#intentFile().write({ ledger: (await this.id())!, step: (await this.lastStep()) + 1 }, plan);
  }

  /** What a step was about to do when a crash interrupted it, or undefined; `damaged` when something lies there that can't be read. */
  async interrupted(): Promise<Plan | 'damaged' | undefined> {
    return this.#intentFile().read({ ledger: (await this.id())!, step: (await this.lastStep()) + 1 });
  }

  /** The number of the last step that was committed. */
  async lastStep(): Promise<number> {
    return this.#access.read(0, ({ bookkeeping }, snapshot) => bookkeeping.lastStep(snapshot));
  }

  /** A timestamp for statistics: now, or just after the last one that was given out, whatever the clock says. */
  async nextStatsTimestamp(now: number): Promise<number> {
    return this.changeStats('time statistics', ({ meta }) => {
      const before = meta.get(STATS_KEY);
      const next = Math.max(Math.floor(now), before ? Number(Buffer.from(before).toString()) + 1 : 0);
      meta.put(STATS_KEY, Buffer.from(String(next)));
      return next;
    });
  }

  /** Those of computed pump-days of which no reading has expired. */
  async wholeDays(computed: readonly ComputedDay[]): Promise<ComputedDay[]> {
    const expiredBefore = this.#access.expired().data;
    return this.#access.read<ComputedDay[]>([], ({ days }, snapshot) => computed.filter(({ day }) => {
      const mark = days.get(day.pump, day.day, snapshot);
      return !mark || !pumpDay(day, mark, 0, expiredBefore).expired;
    }));
  }

  /** Brings in what a step did in HBase, in one transaction. */
  async commit(plan: Plan, refused: readonly Refusal[]): Promise<Committed> {
    const opened = await this.#writable();
    const spans = this.#spansIn(opened.parts);
    const commits = (this.#commits ??= new Commits(opened.parts, spans));
    const alertsExpiredBefore = this.#access.expired().alerts;
    return transactStep(opened, `commit a step of ${plan.rows.length} rows`, {
      run: () => commits.commit({ plan, refused, alertsExpiredBefore }),
      forget: () => spans.forget(),
    });
  }

  /**
   * Removes alerts that have expired, a bounded piece of the work at a time; says whether more is left. Readings are
   * HBase's to remove: here pump-days that have lost some are marked, so that no daily batch computes them again
   * whatever time to live is configured later.
   */
  async expire(): Promise<boolean> {
    const more = await this.records.expire();
    const expiredBefore = this.#access.expired().data;
    if (expiredBefore === -Infinity) return more;
    this.#pumpsToMark ??= await this.records.pumps();
    const pump = this.#pumpsToMark.pop();
    if (pump === undefined) {
      this.#pumpsToMark = undefined;
      return more;
    }
    const losses = await this.#access.read<number[]>([], ({ days }, snapshot) =>
      Array.from(days.select({ pump }, snapshot))
        .filter(({ mark }) => !mark.dropped && mark.oldestReceivedAt <= expiredBefore)
        .map(({ day }) => day),
    );
    if (losses.length > 0)
      await this.change('mark pump-days that have lost readings', ({ days }) => losses.forEach((day) => days.markDropped(pump, day)));
    return true;
  }

  /** Whether it is known where some of the rows came from. */
  async knowsSources(): Promise<boolean> {
    return this.#access.read(false, hasOrigins);
  }

  /** Runs `change` in a transaction, for whoever fills a ledger by other ways than steps. */
  async change<T>(purpose: string, change: (parts: Parts) => T): Promise<T> {
    const { environment, parts } = await this.#writable();
    return environment.transact(purpose, () => change(parts));
  }

  /** Like `change`, for the daily batch too. */
  async changeStats<T>(purpose: string, change: (parts: Parts) => T): Promise<T> {
    const { environment, parts } = await this.#access.writable(purpose, 'batch');
    return environment.transact(purpose, () => change(parts));
  }

  async close(): Promise<void> {
    this.#intent?.close();
    await this.records.close();
  }

  #writable(): Promise<Opened> {
    return this.#access.writable('keep what belongs to the table in HBase');
  }

  #intentFile(): IntentFile {
    if (!this.#intent) throw new AppError('NOT_SUPPORTED', `expected the ledger in ${this.#dir} opened as writer`);
    return this.#intent;
  }

  #spansIn(parts: Parts): Spans {
    return (this.#spans ??= new Spans(parts.meta, this.#writes));
  }
}

function cellId(pump: string, time: number, column: string): string {
  return `${pump}\0${time}\0${column}`;
}

/** The times of some rows by pump, with their rows, and between which they lie. */
function timesByPump(
  { names, pump, time }: Readings,
  rows: readonly number[],
): Map<string, { all: Map<number, number>; from: number; to: number }> {
  const byPump = new Map<string, { all: Map<number, number>; from: number; to: number }>();
  for (const row of rows) {
    const name = names[pump[row]];
    const times = byPump.get(name) ?? { all: new Map<number, number>(), from: Infinity, to: -Infinity };
    times.all.set(time[row], row);
    times.from = Math.min(times.from, time[row]);
    times.to = Math.max(times.to, time[row]);
    byPump.set(name, times);
  }
  return byPump;
}
