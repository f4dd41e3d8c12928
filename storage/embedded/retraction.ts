import { raise } from '../../domain/alarm/breach.ts';
import { NO_ROW } from '../../domain/reading/keyCells.ts';
import { isUnknown, measureIndex, MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { Columns } from '../lmdb/columns.ts';
import { readingSeries } from '../lmdb/keys.ts';
import type { Parts } from '../lmdb/parts.ts';
import { SeriesMerge } from '../lmdb/seriesMerge.ts';
import { StepCommit } from '../lmdb/stepCommit.ts';
import { countTaken, type NumberedPump, piecesOf, type Rewritten, rowsWithout, TakenRows } from '../lmdb/takenRows.ts';
import type { Retracted, RetractedPiece, RetractOptions, RetractProgress, RetractSelection } from '../table/retractions.ts';

/** Takes rows of the embedded table back. */
export class Retraction {
  readonly taken: TakenRows;
  readonly #parts: Parts;
  readonly #blockBytes: number;
  readonly #selection: RetractSelection;

  constructor(parts: Parts, blockBytes: number, selection: RetractSelection) {
    this.taken = new TakenRows(parts, selection);
    this.#parts = parts;
    this.#blockBytes = blockBytes;
    this.#selection = selection;
  }

  /** What would be taken back. */
  lookAll(): Retracted {
    const sum = { retracted: 0, pumpDays: 0 };
    for (const pump of this.taken.pumps()) {
      let lastDay: number | null = null;
      for (const times of this.timesOf(pump)) {
        const { retracted, pumpDays, lastDay: last }: ReturnType<typeof countTaken> = countTaken(this.#rewritten(pump, times), lastDay);
        sum.retracted += retracted;
        sum.pumpDays += pumpDays;
        lastDay = last;
      }
    }
    return sum;
  }

  /** The times of a pump's readings that may be taken back, rising, in pieces for one transaction each. */
  timesOf(pump: NumberedPump): Float64Array[] {
    const times = this.taken.knownTimes(pump);
    const { from, to, sources } = this.#selection;
    if (sources === undefined)
      for (const { time, length } of this.#readings(pump, from, to)) for (let row = 0; row < length; row++) times.add(time[row]);
    return piecesOf(times);
  }

  /** Takes a pump's readings at some times back; only within a transaction. */
  run(
    pump: NumberedPump, times: Float64Array, before: RetractProgress, { rules, state }: Pick<RetractOptions, 'rules' | 'state'>,
  ): RetractedPiece {
    const all = this.#rewritten(pump, times);
    const keys = all.filter(({ without }) => without.touched);
    const done = countTaken(all, before.pump === pump.name ? before.lastDay : null);
    this.taken.apply(this.taken.pieceOf(pump.name, times, all));
    const rows = rowsWithout(keys, this.#selection.receivedUntil);
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

  #rewritten(pump: NumberedPump, times: Float64Array): Rewritten[] {
    return this.taken.rewritten(pump, times, this.#readings(pump, times[0], times[times.length - 1] + 1));
  }

  #readings(pump: NumberedPump, from: number, to: number): Iterable<Readings> {
    return this.#parts.readingsReader.between(pump, { from, to }, -Infinity);
  }

  #lastOf(pump: NumberedPump): RetractedPiece['last'] {
    const last = this.#parts.readingsReader.last(pump, -Infinity);
    return last && { time: last.time[0], psi: last.values[measureIndex.psi][0] };
  }

  #putReadings(pump: NumberedPump, rows: Columns): void {
    const isGone = (row: number) => rows.values.every((column) => isUnknown(column[row]));
    const merge = new SeriesMerge(this.#parts.readings, MEASURES.length, this.#blockBytes);
    merge.merge(readingSeries(pump.number), { rows, from: 0, to: rows.length, distinct: true }, {
      resolve: (_, __, { from }) => (isGone(from) ? NO_ROW : ~from),
      takeAll: () => false,
      dropped: () => undefined,
    }, -Infinity);
  }

  /** A day without readings has no statistics. */
  #forgetEmptyDays(pump: NumberedPump, keys: readonly Rewritten[]): void {
    for (const day of new Set(keys.map(({ time }) => dayOf(time)))) {
      const [some] = this.#readings(pump, day * DAY_MS, (day + 1) * DAY_MS);
      if (some === undefined) this.#parts.stats.forget(pump.name, day);
    }
  }
}
