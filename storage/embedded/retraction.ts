import { raise } from '../../domain/alarm/breach.ts';
import type { KeyEvent, KeyHistory } from '../../domain/reading/keyHistory.ts';
import { type KeyWithout, keyWithout, type Taken } from '../../domain/reading/keyRetraction.ts';
import { NO_ROW } from '../../domain/reading/keyCells.ts';
import { isUnknown, measureIndex, MEASURES } from '../../domain/reading/measures.ts';
import { cellReceipt, type Readings } from '../../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import { Columns } from '../lmdb/columns.ts';
import { readingSeries } from '../lmdb/keys.ts';
import { eventOf } from '../lmdb/origins/keyOrigins.ts';
import type { Parts } from '../lmdb/parts.ts';
import { SeriesMerge } from '../lmdb/seriesMerge.ts';
import { StepCommit } from '../lmdb/stepCommit.ts';
import { NO_COUNTS } from '../../domain/balance.ts';
import type { Retracted, RetractedPiece, RetractOptions, RetractProgress, RetractSelection } from '../table/retractions.ts';

/** So many readings are looked at in one transaction. */
const KEYS_A_PIECE = 5000;

/** A pump in the table. */
interface Pump {
  readonly name: string;
  readonly number: number;
}

/** What a reading is and becomes. */
interface Rewritten {
  readonly time: number;
  readonly history: KeyHistory;
  readonly without: KeyWithout;
}

/** Takes rows of the embedded table back. */
export class Retraction {
  readonly #parts: Parts;
  readonly #blockBytes: number;
  readonly #selection: RetractSelection;
  readonly #taken: Taken;

  constructor(parts: Parts, blockBytes: number, selection: RetractSelection) {
    this.#parts = parts;
    this.#blockBytes = blockBytes;
    this.#selection = selection;
    const sources = selection.sources && new Set(selection.sources);
    const isInTime = (receivedAt: number) => receivedAt <= selection.receivedUntil;
    this.#taken = {
      row: ({ receipt, source }) => isInTime(receipt) && (sources?.has(source) ?? true),
      unknown: (receivedAt) => sources === undefined && isInTime(receivedAt),
    };
  }

  /** The pumps that are asked for. */
  pumps(): Pump[] {
    return [...this.#parts.pumps.all()].filter(({ name }) => this.#selection.pump === undefined || name === this.#selection.pump);
  }

  /** What would be taken back. */
  lookAll(): Retracted {
    const sum = { retracted: 0, pumpDays: 0 };
    for (const pump of this.pumps()) {
      let lastDay: number | null = null;
      for (const times of this.timesOf(pump)) {
        const { retracted, pumpDays, lastDay: last }: ReturnType<typeof counted> = counted(this.#rewritten(pump, times), lastDay);
        sum.retracted += retracted;
        sum.pumpDays += pumpDays;
        lastDay = last;
      }
    }
    return sum;
  }

  /** The times of a pump's readings that may be taken back, rising, in pieces for one transaction each. */
  timesOf(pump: Pump): Float64Array[] {
    const times = new Set<number>();
    const { from, to, sources } = this.#selection;
    for (const { time, event } of this.#eventsOf(pump, from, to - 1)) if (this.#taken.row(event)) times.add(time);
    if (sources === undefined)
      for (const { time, length } of this.#readings(pump, from, to)) for (let row = 0; row < length; row++) times.add(time[row]);
    const sorted = Float64Array.from(times).sort();
    return Array.from({ length: Math.ceil(sorted.length / KEYS_A_PIECE) }, (_, i) =>
      sorted.subarray(i * KEYS_A_PIECE, (i + 1) * KEYS_A_PIECE));
  }

  /** Takes a pump's readings at some times back; only within a transaction. */
  run(pump: Pump, times: Float64Array, before: RetractProgress, { rules, state }: Pick<RetractOptions, 'rules' | 'state'>): RetractedPiece {
    const all = this.#rewritten(pump, times);
    const keys = all.filter(({ without }) => without.touched);
    const done = counted(all, before.pump === pump.name ? before.lastDay : null);
    this.#creditSources(all);
    this.#forgetRows(pump, times);
    for (const { time, without } of all) {
      this.#parts.changes.forget(pump.number, time);
      for (const change of without.changes) this.#parts.changes.add(pump.number, { time, ...change });
    }
    const rows = rowsOf(keys, this.#selection.receivedUntil);
    const readings: Readings = { ...rows, names: [pump.name], pump: new Uint32Array(rows.length), cellReceipts: rows.cellReceipts };
    this.#putReadings(pump, rows);
    const commit = new StepCommit(this.#parts, this.#blockBytes);
    commit.begin();
    const breaches = raise(rules, readings)
      .filter(({ row, rule }) => (keys[row].without.changed >> measureIndex[rule.measure] & 1) !== 0)
      .sort((a, b) => a.row - b.row).map((breach) => ({ breach, place: breach.row }));
    const replaced = keys.map(({ time, without: { changed } }) => ({ time, cells: changed })).filter(({ cells }) => cells !== 0);
    commit.takePump({ name: pump.name, rows, from: 0, to: rows.length, fates: new Uint8Array(rows.length) },
      { breaches, replaced, expiredBefore: -Infinity });
    this.#forgetEmptyDays(pump, keys);
    const { withdrawn } = commit.end({
      receiver: null, rejects: [], replays: [], state: {}, stored: 0, replaced: 0, duplicate: 0, replacedAlerts: [],
      origins: { sources: [], counts: [], pumps: () => [], changes: [] },
    });
    const piece: RetractedPiece = {
      retracted: before.retracted + done.retracted, pumpDays: before.pumpDays + done.pumpDays, pump: pump.name, lastDay: done.lastDay,
      rows: done.retracted, withdrawn, last: this.#lastOf(pump),
    };
    this.#parts.bookkeeping.setState(state(piece, piece));
    return piece;
  }

  #rewritten(pump: Pump, times: Float64Array): Rewritten[] {
    const wanted = new Set(times);
    const histories = new Map<number, KeyEvent[]>();
    for (const { time, event } of this.#eventsOf(pump, times[0], times[times.length - 1])) {
      if (!wanted.has(time)) continue;
      const known = histories.get(time);
      if (known) known.push(event);
      else histories.set(time, [event]);
    }
    const keys: Rewritten[] = [];
    for (const readings of this.#readings(pump, times[0], times[times.length - 1] + 1)) {
      for (let row = 0; row < readings.length; row++) {
        const time = readings.time[row];
        if (!wanted.has(time)) continue;
        const values = readings.values.map((column) => column[row]);
        const receipts = values.map((_, c) => cellReceipt(readings, row, c));
        const history = { events: histories.get(time) ?? [], changes: [...this.#parts.changes.at(pump.number, time)] };
        keys.push({ time, history, without: keyWithout(history, { values, receipts }, this.#taken) });
      }
    }
    return keys;
  }

  *#eventsOf(pump: Pump, from: number, to: number): Iterable<{ time: number; event: KeyEvent }> {
    for (const run of this.#parts.origins.runs(pump.number, from, to)) {
      for (let i = 0; i < run.count; i++) {
        const time = run.time + i * run.step;
        if (time >= from && time <= to) yield { time, event: eventOf(run, i) };
      }
    }
  }

  #readings(pump: Pump, from: number, to: number): Iterable<Readings> {
    return this.#parts.readingsReader.between(pump, { from, to }, -Infinity);
  }

  #lastOf(pump: Pump): RetractedPiece['last'] {
    const last = this.#parts.readingsReader.last(pump, -Infinity);
    return last && { time: last.time[0], psi: last.values[measureIndex.psi][0] };
  }

  /** Receipts and balance tell how many of the stored rows are taken back. */
  #creditSources(keys: readonly Rewritten[]): void {
    const bySource = new Map<number, number>();
    const add = (source: number, rows: number) => bySource.set(source, (bySource.get(source) ?? 0) + rows);
    for (const { history: { events }, without: { rows } } of keys) {
      const own = events.filter((event) => this.#taken.row(event) && !event.duplicate);
      for (const { source } of own) add(source, 1);
      if (own.length === 0 && rows > 0) add(0, rows);
    }
    const { receipts, bookkeeping } = this.#parts;
    for (const [source, retracted] of bySource) {
      receipts.retract(source, retracted);
      bookkeeping.credit(receipts.get(source)?.receiver ?? bookkeeping.likelyReceiver(), { ...NO_COUNTS, retracted });
    }
  }

  #forgetRows(pump: Pump, times: Float64Array): void {
    const gone = new Set(times);
    this.#parts.origins.edit(pump.number, { from: times[0], to: times[times.length - 1] },
      (time, run) => gone.has(time) && this.#taken.row(eventOf(run, 0)));
  }

  #putReadings(pump: Pump, rows: Columns): void {
    const isGone = (row: number) => rows.values.every((column) => isUnknown(column[row]));
    const merge = new SeriesMerge(this.#parts.readings, MEASURES.length, this.#blockBytes);
    merge.merge(readingSeries(pump.number), { rows, from: 0, to: rows.length, distinct: true }, {
      resolve: (_, __, { from }) => (isGone(from) ? NO_ROW : ~from),
      takeAll: () => false,
      dropped: () => undefined,
    }, -Infinity);
  }

  /** A day without readings has no statistics. */
  #forgetEmptyDays(pump: Pump, keys: readonly Rewritten[]): void {
    for (const day of new Set(keys.map(({ time }) => dayOf(time)))) {
      const [some] = this.#readings(pump, day * DAY_MS, (day + 1) * DAY_MS);
      if (some === undefined) this.#parts.stats.forget(pump.name, day);
    }
  }
}

/** Rows and pump-days of them; keys come in order of time, so a day that was counted can only be the last. */
function counted(keys: readonly Rewritten[], lastDay: number | null): Retracted & { readonly lastDay: number | null } {
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

/** What readings become; one that goes has no cell. */
function rowsOf(keys: readonly Rewritten[], receivedAt: number): Columns {
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
