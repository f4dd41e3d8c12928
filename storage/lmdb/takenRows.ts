import { NO_COUNTS } from '../../domain/balance.ts';
import type { KeyEvent, KeyHistory } from '../../domain/reading/keyHistory.ts';
import { type KeyWithout, keyWithout, type Taken } from '../../domain/reading/keyRetraction.ts';
import { isUnknown, MEASURES } from '../../domain/reading/measures.ts';
import { cellReceipt, type Readings } from '../../domain/reading/readings.ts';
import { dayOf } from '../../domain/reading/wallClock.ts';
import type { Retracted, RetractSelection } from '../table/retractions.ts';
import { Columns } from './columns.ts';
import type { Snapshot } from './environment.ts';
import type { ReplacedValue } from './origins/changeLog.ts';
import { eventOf } from './origins/keyOrigins.ts';
import type { Parts } from './parts.ts';

/** So many readings are looked at for one piece of a retraction. */
const KEYS_A_PIECE = 5000;

/** A pump in the table. */
export interface NumberedPump {
  readonly name: string;
  readonly number: number;
}

/** What a reading is and becomes. */
export interface Rewritten {
  readonly time: number;
  readonly history: KeyHistory;
  readonly without: KeyWithout;
}

/** What a piece of a retraction does to what is kept of where rows came from. */
export interface TakenPiece {
  readonly pump: string;
  /** Of all readings that were looked at, rising. */
  readonly times: readonly number[];
  /** What stays of the values that were replaced. */
  readonly changes: readonly ReplacedValue[];
  /** How many rows of each source that count as stored are taken back; 0 is the source of which nobody knows. */
  readonly bySource: readonly (readonly [source: number, rows: number])[];
}

/** Which rows of a table are taken back, and what is kept of where rows came from: the part of both stores that lies in lmdb. */
export class TakenRows {
  readonly #parts: Parts;
  readonly #selection: RetractSelection;
  readonly #taken: Taken;

  constructor(parts: Parts, selection: RetractSelection) {
    this.#parts = parts;
    this.#selection = selection;
    const sources = selection.sources && new Set(selection.sources);
    const isInTime = (receivedAt: number) => receivedAt <= selection.receivedUntil;
    this.#taken = {
      row: ({ receipt, source }) => isInTime(receipt) && (sources?.has(source) ?? true),
      unknown: (receivedAt) => sources === undefined && isInTime(receivedAt),
    };
  }

  /** The pumps that are asked for. */
  pumps(): NumberedPump[] {
    return [...this.#parts.pumps.all()].filter(({ name }) => this.#selection.pump === undefined || name === this.#selection.pump);
  }

  /** The times of a pump's readings of which rows are known that are taken back. */
  knownTimes(pump: NumberedPump): Set<number> {
    const times = new Set<number>();
    const { from, to } = this.#selection;
    for (const { time, event } of this.#eventsOf(pump, from, to - 1)) if (this.#taken.row(event)) times.add(time);
    return times;
  }

  /** What some readings of a pump become, in order of their times; `readings` may have others among them. */
  rewritten(pump: NumberedPump, times: Float64Array, readings: Iterable<Readings>): Rewritten[] {
    const wanted = new Set(times);
    const events = new Map<number, KeyEvent[]>();
    for (const { time, event } of this.#eventsOf(pump, times[0], times[times.length - 1])) {
      if (!wanted.has(time)) continue;
      const known = events.get(time);
      if (known) known.push(event);
      else events.set(time, [event]);
    }
    const keys: Rewritten[] = [];
    for (const piece of readings) {
      for (let row = 0; row < piece.length; row++) {
        const time = piece.time[row];
        if (!wanted.has(time)) continue;
        const values = piece.values.map((column) => column[row]);
        const receipts = values.map((_, c) => cellReceipt(piece, row, c));
        const history = { events: events.get(time) ?? [], changes: [...this.#parts.changes.at(pump.number, time)] };
        keys.push({ time, history, without: keyWithout(history, { values, receipts }, this.#taken) });
      }
    }
    return keys;
  }

  /** What taking rows back does to what is kept of them. */
  pieceOf(pump: string, times: Float64Array, keys: readonly Rewritten[]): TakenPiece {
    const changes = keys.flatMap(({ time, without }) => without.changes.map((change) => ({ time, ...change })));
    return { pump, times: [...times], changes, bySource: this.#bySource(keys) };
  }

  /** Brings a piece in: receipts, balance, origins; only within a transaction. */
  apply({ pump, times, changes, bySource }: TakenPiece): void {
    const { receipts, bookkeeping, origins, pumps, changes: log } = this.#parts;
    for (const [source, retracted] of bySource) {
      receipts.retract(source, retracted);
      bookkeeping.credit(receipts.get(source)?.receiver ?? bookkeeping.likelyReceiver(), { ...NO_COUNTS, retracted });
    }
    const number = pumps.intern(pump);
    const gone = new Set(times);
    origins.edit(number, { from: times[0], to: times[times.length - 1] }, (time, run) => gone.has(time) && this.#taken.row(eventOf(run, 0)));
    for (const time of times) log.forget(number, time);
    for (const change of changes) log.add(number, change);
  }

  #bySource(keys: readonly Rewritten[]): [source: number, rows: number][] {
    const bySource = new Map<number, number>();
    const add = (source: number, rows: number) => bySource.set(source, (bySource.get(source) ?? 0) + rows);
    for (const { history: { events }, without: { rows } } of keys) {
      const own = events.filter((event) => this.#taken.row(event) && !event.duplicate);
      for (const { source } of own) add(source, 1);
      if (own.length === 0 && rows > 0) add(0, rows);
    }
    return [...bySource];
  }

  *#eventsOf(pump: NumberedPump, from: number, to: number, snapshot?: Snapshot): Iterable<{ time: number; event: KeyEvent }> {
    for (const run of this.#parts.origins.runs(pump.number, from, to, snapshot)) {
      for (let i = 0; i < run.count; i++) {
        const time = run.time + i * run.step;
        if (time >= from && time <= to) yield { time, event: eventOf(run, i) };
      }
    }
  }
}

/** Times, rising, in pieces of so many as go together. */
export function piecesOf(times: Iterable<number>, most = KEYS_A_PIECE): Float64Array[] {
  const sorted = Float64Array.from(times).sort();
  return Array.from({ length: Math.ceil(sorted.length / most) }, (_, i) => sorted.subarray(i * most, (i + 1) * most));
}

/** Rows and pump-days of readings in order of time; a day that was counted can only be the last. */
export function countTaken(keys: readonly Rewritten[], lastDay: number | null): Retracted & { readonly lastDay: number | null } {
  let [retracted, pumpDays] = [0, 0];
  let last = lastDay;
  for (const { time, without: { rows } } of keys) {
    if (rows === 0) continue;
    retracted += rows;
    if (dayOf(time) !== last) pumpDays++;
    last = dayOf(time);
  }
  return { retracted, pumpDays, lastDay: last };
}

/** What readings become; one that goes has no cell, and this time of receipt. */
export function rowsWithout(keys: readonly Rewritten[], receivedAt: number): Columns {
  const rows = new Columns(MEASURES.length, keys.length);
  const cells = rows.openCells();
  for (const [row, { time, without }] of keys.entries()) {
    const known = without.receipts.filter((_, c) => !isUnknown(without.values[c]));
    const newest = known.length === 0 ? receivedAt : Math.max(...known);
    rows.time[row] = time;
    rows.receivedAt[row] = newest;
    rows.values.forEach((column, c) => (column[row] = without.values[c]));
    cells.forEach((column, c) => (column[row] = isUnknown(without.values[c]) ? newest : without.receipts[c]));
  }
  rows.length = keys.length;
  return rows;
}
