import type { Alert } from '../domain/alarm/alert.ts';
import type { Reference } from '../domain/pump/reference.ts';
import type { SiteClock } from '../domain/reading/siteClock.ts';
import type { NumberedReject } from '../storage/table/rejects.ts';
import type { Table } from '../storage/table/table.ts';
import type { AlarmIndex } from './alarms/alarmIndex.ts';
import { AlertIndex } from './alarms/alertIndex.ts';
import type { CurveData } from './curves/curveData.ts';
import { BandSource } from './curves/bandSource.ts';
import { type CurveQuestion, Curves } from './curves/curves.ts';
import { type Figures, figuresOf, type FiguresQuestion } from './curves/figures.ts';
import { Usual, type UsualDay, type UsualQuestion } from './curves/usual.ts';
import { type DayMatrix, dayMatrix, type MatrixQuestion } from './pumps/dayMatrix.ts';
import { dayPage, type DayQuestion } from './pumps/dayPages.ts';
import { WorkList, type WorkListQuestion, type WorkPage } from './maintenance/workList.ts';
import type { AlertQuestion, Counted, DayFacts, PageQuestion, PumpDetail, PumpReading } from './facts.ts';
import { LastReadings } from './pumps/lastReadings.ts';
import { countAlerts, newestAlerts } from './alarms/newestAlerts.ts';
import type { Page } from './pages/page.ts';
import type { PumpState } from './pumps/pumpStates.ts';
import { PumpList, type PumpPage, type PumpQuestion } from './pumps/pumpList.ts';
import { type RejectPage, RejectPages, type RejectQuestion } from './pages/rejectPages.ts';

export interface TableQueriesOptions {
  readonly table: Table;
  /** As it is at the moment. */
  readonly reference: () => Reference;
  readonly alarms: AlarmIndex;
  /** How long rows are kept after their receipt, in ms, as the table was opened with; by default for ever. */
  readonly ttl?: { readonly data: number | null; readonly alerts: number | null };
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
  /** The site's clock; without it pumps' alerts are counted back from their own newest reading. */
  readonly clock?: SiteClock;
}

/**
 * Questions to a table, for one thread that answers many: what is asked again is remembered, in bounded memory, and long
 * work is cut into turns. Answers are half a second old at most, more where looking at the table takes long.
 *
 * Every method throws USAGE for a cursor that no page gave out, STORE_UNAVAILABLE when the store can't be reached, or
 * STORE_DAMAGED. While HBase is away, what only the readings can tell is missing: curves are refused, last readings are null
 * unless they are remembered, and alarms are known as far as they were before.
 */
export class TableQueries {
  readonly #table: Table;
  readonly #reference: () => Reference;
  readonly #alarms: AlarmIndex;
  readonly #index: AlertIndex;
  readonly #pumps: PumpList;
  readonly #source: BandSource;
  readonly #curves: Curves;
  readonly #usual: Usual;
  readonly #work: WorkList;
  readonly #rejects: RejectPages;

  constructor({ table, reference, alarms, ttl = { data: null, alerts: null }, now = Date.now, clock }: TableQueriesOptions) {
    this.#table = table;
    this.#reference = reference;
    this.#alarms = alarms;
    const index = new AlertIndex({ table, alertsTtlMs: ttl.alerts, now });
    const lastReadings = new LastReadings({ table, index, dataTtlMs: ttl.data, now });
    this.#index = index;
    this.#pumps = new PumpList({ index, reference, alarms, lastReadings, wallNow: clock && (() => clock.wallTimeAt(now())) });
    this.#source = new BandSource({ table, index, dataTtlMs: ttl.data, now });
    this.#curves = new Curves({ table, source: this.#source, lastReadings, dataTtlMs: ttl.data });
    this.#usual = new Usual(table, this.#source);
    this.#work = new WorkList({ table, index, alarms, reference, source: this.#source });
    this.#rejects = new RejectPages(table);
  }

  /** Looks at all that has changed until now, so that the first question after a long silence need not. Throws STORE_UNAVAILABLE. */
  async catchUp(): Promise<void> {
    await Promise.all([this.#index.catchUp(), this.#alarms.catchUp()]);
  }

  /** Pumps of table and reference: those with alarms that go on first, then by id. */
  async pumps(question: PumpQuestion & PageQuestion): Promise<PumpPage> {
    await Promise.all([this.#index.refresh(), this.#alarms.refresh()]);
    return this.#pumps.page(question);
  }

  /** One pump, or undefined when neither table nor reference knows it. */
  async pump(id: string): Promise<PumpDetail | undefined> {
    await Promise.all([this.#index.refresh(), this.#alarms.refresh()]);
    return this.#pumps.pump(id);
  }

  /** The last reading of every pump of table and reference. */
  async lastReadings(): Promise<{ readonly pump: string; readonly last: PumpReading | null }[]> {
    await this.#index.refresh();
    return this.#pumps.lastOfAll();
  }

  /** How many of all pumps stand how, and how many with readings the reference does not list. `holdMs`: so long a reading tells of its pump. */
  async pumpStates(holdMs: number): Promise<Record<PumpState, number> & { unknown: number }> {
    await this.#index.refresh();
    return this.#pumps.states(holdMs);
  }

  /** A pump's readings of a range, made few. Throws the reason of the question's signal when that stops it. */
  async curves(question: CurveQuestion): Promise<CurveData> {
    await this.#index.refresh();
    return this.#curves.of(question);
  }

  /** A pump's readings of a range, added up. Throws as {@link curves} does. */
  async figures(question: FiguresQuestion): Promise<Figures> {
    await this.#index.refresh();
    return figuresOf(this.#source, question);
  }

  /** What is usual at a pump by its own past, by day. Throws as {@link curves} does. */
  async usual(question: UsualQuestion): Promise<UsualDay[]> {
    await this.#index.refresh();
    return this.#usual.of(question);
  }

  /** Pumps, or groups of them, over days. */
  async dayMatrix(question: MatrixQuestion): Promise<DayMatrix> {
    await Promise.all([this.#index.refresh(), this.#alarms.refresh()]);
    const sources = { table: this.#table, index: this.#index, alarms: this.#alarms, reference: this.#reference() };
    return dayMatrix({ ...sources, pumps: await this.#table.pumps() }, question);
  }

  /** What was done to all pumps, and what became of a measure afterwards. */
  async maintenance(question: WorkListQuestion & PageQuestion): Promise<WorkPage> {
    await Promise.all([this.#index.refresh(), this.#alarms.refresh()]);
    return this.#work.page(question);
  }

  /** Alerts, the newest first; those of one time by pump and rule. */
  async alerts(question: AlertQuestion & PageQuestion): Promise<Page<Alert> & Counted> {
    await this.#index.refresh();
    const page = await newestAlerts(this.#table, this.#index.alerts, question);
    return { ...page, total: await countAlerts(this.#table, this.#index.alerts, question) };
  }

  /** Every pump with readings, or in the reference. */
  async pumpIds(): Promise<string[]> {
    await this.#index.refresh();
    return [...new Set([...this.#index.days.pumps, ...this.#reference().pumps.keys()])];
  }

  /** Pump-days by pump, then day, with their statistics and without. */
  async stats(question: DayQuestion & PageQuestion): Promise<Page<DayFacts>> {
    await this.#index.refresh();
    return dayPage(this.#table, this.#index.alerts, question);
  }

  /** Rejects, the newest first. */
  rejects(question: RejectQuestion & PageQuestion): Promise<RejectPage> {
    return this.#rejects.page(question);
  }

  /** The reject of a number, if it is listed. */
  async reject(number: number): Promise<NumberedReject | undefined> {
    const { items } = await this.#table.newestRejects({ before: number + 1, limit: 1 });
    return items[0]?.number === number ? items[0] : undefined;
  }

  /** Pumps with readings that the reference does not list, by id, at most so many. */
  async unknownPumps(most: number): Promise<string[]> {
    await this.#index.refresh();
    return this.#pumps.unknown(most);
  }
}
