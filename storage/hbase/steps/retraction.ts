import { raise } from '../../../domain/alarm/breach.ts';
import type { Alert } from '../../../domain/alarm/alert.ts';
import { isUnknown, measureIndex, MEASURES, UNKNOWN } from '../../../domain/reading/measures.ts';
import { cellReceipt, type Readings } from '../../../domain/reading/readings.ts';
import type { TimeRange } from '../../../domain/reading/selection.ts';
import { DAY_MS, dayOf } from '../../../domain/reading/wallClock.ts';
import { copyRows } from '../../files/rowColumns.ts';
import type { Parts } from '../../lmdb/parts.ts';
import { countTaken, type NumberedPump, piecesOf, type Rewritten, rowsWithout, TakenRows } from '../../lmdb/takenRows.ts';
import type { Retracted, RetractedPiece, RetractOptions, RetractProgress, RetractSelection } from '../../table/retractions.ts';
import { dataColumn } from '../cells/cells.ts';
import { NO_ORIGINS } from './plannedOrigins.ts';
import { type GoneCells, plannedChanges, type PlannedRetraction } from './plannedRetraction.ts';
import type { Plan, StaleCell } from './plan.ts';

/** What planning has to know. */
export interface RetractionKnowledge {
  readonly parts: Parts;
  readonly readings: (pump: string, range: TimeRange) => AsyncIterable<Readings>;
  /** The last reading before a time, or of all. */
  readonly lastReading: (pump: string, to?: number) => Promise<Readings | undefined>;
  readonly alerts: (pump: string, range: TimeRange) => AsyncIterable<readonly Alert[]>;
  readonly staleCells: (rows: Readings, changed: readonly number[], breaches: Plan['breaches']) => Promise<StaleCell[]>;
  readonly statsTimestamp: () => Promise<number>;
}

/** Decides what taking rows back does to the table in HBase, a piece of a pump at a time. */
export class HBaseRetraction {
  readonly #knowledge: RetractionKnowledge;
  readonly #selection: RetractSelection;
  readonly #taken: TakenRows;

  constructor(knowledge: RetractionKnowledge, selection: RetractSelection) {
    this.#knowledge = knowledge;
    this.#selection = selection;
    this.#taken = new TakenRows(knowledge.parts, selection);
  }

  pumps(): NumberedPump[] {
    return this.#taken.pumps();
  }

  /** The times of a pump's readings that may be taken back, rising, in pieces. */
  async timesOf({ name, number }: NumberedPump): Promise<Float64Array[]> {
    const times = this.#taken.knownTimes({ name, number });
    const { from, to, sources } = this.#selection;
    if (sources === undefined)
      for await (const { time, length } of this.#knowledge.readings(name, finite({ from, to })))
        for (let row = 0; row < length; row++) times.add(time[row]);
    return piecesOf(times);
  }

  /** What would be taken back. */
  async lookAll(): Promise<Retracted> {
    const sum = { retracted: 0, pumpDays: 0 };
    for (const pump of this.pumps()) {
      let lastDay: number | null = null;
      for (const times of await this.timesOf(pump)) {
        const around = await this.#around(pump.name, times);
        const { retracted, pumpDays, lastDay: last }: ReturnType<typeof countTaken> =
          countTaken(this.#taken.rewritten(pump, times, around), lastDay);
        sum.retracted += retracted;
        sum.pumpDays += pumpDays;
        lastDay = last;
      }
    }
    return sum;
  }

  /** What a piece does, decided before any of it is done; `piece` is what it comes to. */
  async plan(
    pump: NumberedPump, times: Float64Array, before: RetractProgress, { rules, state }: Pick<RetractOptions, 'rules' | 'state'>,
  ): Promise<{ plan: Plan; piece: RetractedPiece }> {
    const { staleCells, statsTimestamp } = this.#knowledge;
    const around = await this.#around(pump.name, times);
    const all = this.#taken.rewritten(pump, times, around);
    const keys = all.filter(({ without }) => without.changed !== 0);
    const gone = keys.flatMap((key) => goneOf(key, around));
    const rows = putRows(pump.name, keys, around, this.#selection.receivedUntil);
    const changed = keys.map(({ without }) => without.changed);
    const isChanged = (row: number, measure: number) => (changed[row] >> measure & 1) !== 0;
    const breaches = raise(rules, rows).filter(({ row, rule }) => isChanged(row, measureIndex[rule.measure])).sort((a, b) => a.row - b.row);
    const withdrawn = await this.#withdrawn(pump.name, rows, (row, alert) => isChanged(row, measureIndex[alert.measure]) &&
      !breaches.some((breach) => breach.row === row && breach.rule.id === alert.rule));
    const left = survivors(around, keys);
    const last = await this.#lastOf(pump.name, times, left);
    const done = countTaken(all, before.pump === pump.name ? before.lastDay : null);
    const piece: RetractedPiece = {
      retracted: before.retracted + done.retracted, pumpDays: before.pumpDays + done.pumpDays, pump: pump.name, lastDay: done.lastDay,
      rows: done.retracted, withdrawn, last,
    };
    const days = [...new Set(keys.map(({ time }) => dayOf(time)))];
    const leftDays = new Set(left.map(({ time }) => dayOf(time)));
    const { changes, ...taken } = this.#taken.pieceOf(pump.name, times, all);
    const { sources = null, receivedUntil } = this.#selection;
    const retraction: PlannedRetraction = {
      ...taken, changes: plannedChanges(changes), sources, receivedUntil, changed, gone, days, statsAt: await statsTimestamp(),
      emptyDays: days.filter((day) => !leftDays.has(day)), last: last?.time ?? null,
    };
    const plan: Plan = {
      ...NOTHING, rows, breaches, stale: await staleCells(rows, changed, breaches), state: state(piece, piece), retraction,
    };
    return { plan, piece };
  }

  /** All readings of the days of some times. */
  async #around(pump: string, times: Float64Array): Promise<Readings[]> {
    const pieces: Readings[] = [];
    const range = { from: dayOf(times[0]) * DAY_MS, to: (dayOf(times[times.length - 1]) + 1) * DAY_MS };
    for await (const piece of this.#knowledge.readings(pump, range))
      pieces.push(copyRows(piece, Uint32Array.from({ length: piece.length }, (_, i) => i), true));
    return pieces;
  }

  async #withdrawn(pump: string, { time, length }: Readings, isGone: (row: number, alert: Alert) => boolean): Promise<Alert[]> {
    if (length === 0) return [];
    const rowAt = new Map(Array.from(time.subarray(0, length), (at, row) => [at, row]));
    const withdrawn: Alert[] = [];
    for await (const alerts of this.#knowledge.alerts(pump, { from: time[0], to: time[length - 1] + 1 })) {
      for (const alert of alerts) {
        const row = rowAt.get(alert.time);
        if (row !== undefined && isGone(row, alert)) withdrawn.push(alert);
      }
    }
    return withdrawn;
  }

  async #lastOf(pump: string, times: Float64Array, left: readonly Survivor[]): Promise<RetractedPiece['last']> {
    const { lastReading } = this.#knowledge;
    const firstDay = dayOf(times[0]) * DAY_MS;
    const end = (dayOf(times[times.length - 1]) + 1) * DAY_MS;
    const newest = await lastReading(pump);
    if (newest && newest.time[0] >= end) return lastIn(newest);
    const surviving = left.at(-1);
    if (surviving) return surviving;
    const before = await lastReading(pump, firstDay);
    return before && lastIn(before);
  }
}

const NOTHING = {
  replaced: [], receiver: null, stored: 0, rowsReplaced: 0, duplicate: 0, replacedAlerts: [], rejects: [], replays: [], sources: [],
  sourceCounts: [], origins: NO_ORIGINS,
} as const;

type Survivor = NonNullable<RetractedPiece['last']>;

function lastIn({ time, values }: Readings): Survivor {
  return { time: time[0], psi: values[measureIndex.psi][0] };
}

/** The readings that are there afterwards, rising. */
function survivors(around: readonly Readings[], keys: readonly Rewritten[]): Survivor[] {
  const byTime = new Map(keys.map(({ time, without }) => [time, without.values]));
  const left: Survivor[] = [];
  for (const { time, values, length } of around) {
    for (let row = 0; row < length; row++) {
      const now = byTime.get(time[row]) ?? values.map((column) => column[row]);
      if (!now.every(isUnknown)) left.push({ time: time[row], psi: now[measureIndex.psi] });
    }
  }
  return left;
}

/** When the cells of a key were received that are stored. */
function receiptsAt(around: readonly Readings[], time: number): number[] {
  for (const piece of around) {
    const row = piece.time.indexOf(time);
    if (row >= 0) return MEASURES.map((_, c) => cellReceipt(piece, row, c));
  }
  return [];
}

/** Cells that go without another value: a delete hides them and what is older. */
function goneOf({ time, without: { changed, values } }: Rewritten, around: readonly Readings[]): GoneCells[] {
  const columns = MEASURES.map((_, c) => c).filter((c) => (changed >> c & 1) !== 0 && isUnknown(values[c]));
  if (columns.length === 0) return [];
  const receipts = receiptsAt(around, time);
  return [{ time, columns: columns.map((c) => dataColumn(MEASURES[c])), timestamp: Math.max(...columns.map((c) => receipts[c])) }];
}

/**
 * The cells to be put, those that changed. A value that comes back is a millisecond younger than the one that it takes the place of: HBase
 * shows the younger one, whatever arrives late, and any later step is younger still.
 */
function putRows(pump: string, keys: readonly Rewritten[], around: readonly Readings[], receivedAt: number) {
  const put = keys.map((key): Rewritten => {
    const { values, changed } = key.without;
    const receipts = receiptsAt(around, key.time).map((at) => at + 1);
    return { ...key, without: { ...key.without, receipts, values: values.map((value, c) => ((changed >> c & 1) === 0 ? UNKNOWN : value)) } };
  });
  const rows = rowsWithout(put, receivedAt);
  const readings = { ...rows, length: rows.length, names: [pump], pump: new Uint32Array(rows.length), cellReceipts: rows.cellReceipts };
  return copyRows(readings, Uint32Array.from({ length: rows.length }, (_, i) => i), true);
}

function finite({ from, to }: { from: number; to: number }): TimeRange {
  return { from: from === -Infinity ? undefined : from, to: to === Infinity ? undefined : to };
}
