import { messageOf } from '../../../domain/errors.ts';
import { PAGE_BYTES } from '../block.ts';
import { endOf, type Snapshot, type Store } from '../environment.ts';
import { blockKey, readingSeries } from '../keys.ts';
import type { ListedRows } from './listedRows.ts';
import { giveAgain } from './giveAgain.ts';
import { LONGEST_RUN, type OriginRun, readRuns, RunState, type RunTaker, writeRows, writeRun } from './runs.ts';

/*
 * Where the rows of a pump come from, in order of receipt, in blocks. A block is written to until it is full:
 *
 *   key    pump u32 BE | receipt of its first run u64 BE | u16 BE, counts blocks of one receipt
 *   value  0   f64  first time, and at 8 the last
 *          16  f64  the state behind its last run (runs.ts): time, step, receipt, source, line, lineStep, mark
 *          72  runs
 *
 * Little-endian.
 */
const HEADER = 72;
/** With a run behind it a block takes a page of lmdb: smaller ones share pages, which splits leave half empty. */
const MOST_BYTES = PAGE_BYTES - LONGEST_RUN;
/** With less room no list is begun: its header would be most of it. */
const LEAST_ROOM = 300;
const BLOCKS_A_PIECE = 2000;
const STATE = ['time', 'step', 'receipt', 'source', 'line', 'lineStep', 'mark'] as const;

/** A block as it lies in the store. */
interface Block {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What is wrong with a block, or undefined: behind its last run is the state that it keeps. */
export function originsProblem(value: Uint8Array): string | undefined {
  if (value.length <= HEADER) return `${value.length} bytes are no origins`;
  const state = new RunState();
  try {
    for (const run of readRuns(Uint8Array.from(value), HEADER)) state.pass(run);
  } catch (error) {
    return messageOf(error);
  }
  const kept = Buffer.from(value);
  return STATE.every((name, i) => state[name] === kept.readDoubleLE(16 + 8 * i)) ? undefined : 'its runs do not lead to where it ends';
}

/** Where rows come from, of all pumps. */
export class OriginLog {
  readonly #store: Store;
  #next: Uint8Array = Buffer.from([0]);
  /** The block that is appended to. */
  readonly #bytes = Buffer.alloc(MOST_BYTES + LONGEST_RUN);

  constructor(store: Store) {
    this.#store = store;
  }

  /** Appends runs to a pump's log: those that `give` gives; only within a transaction. */
  append(pump: number, give: (taker: RunTaker) => void): void {
    const series = readingSeries(pump);
    const last = this.#store.last(endOf(series), series);
    const writer = new BlockWriter(this.#store, series, { last: last && { key: Buffer.from(last.key), value: last.value }, bytes: this.#bytes });
    give(writer);
    writer.end();
  }

  /** The runs of a pump in order of receipt that have, or may have, rows from time `from` to `to`, both included. */
  *runs(pump: number, from: number, to: number, snapshot?: Snapshot): Iterable<OriginRun> {
    const series = readingSeries(pump);
    for (const { value } of this.#store.entries(series, endOf(series), snapshot)) {
      const view = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      if (view.readDoubleLE(0) > to || view.readDoubleLE(8) < from) continue;
      for (const run of readRuns(Uint8Array.from(value), HEADER)) {
        const end = run.time + (run.count - 1) * run.step;
        if (run.time <= to && end >= from) yield run;
      }
    }
  }

  /** Takes rows out of a pump's log: those within times, both included, of which `isGone` says so; only within a transaction. */
  edit(pump: number, { from, to }: { from: number; to: number }, isGone: (time: number, run: OriginRun) => boolean): void {
    const series = readingSeries(pump);
    for (const { key, value } of [...this.#store.entries(series, endOf(series))].map(copied)) {
      if (value.readDoubleLE(0) > to || value.readDoubleLE(8) < from) continue;
      const before = [...readRuns(value, HEADER)];
      const after = before.flatMap((run) => without(run, (time) => time >= from && time <= to && isGone(time, run)));
      if (after.length === before.length && after.every((run, i) => run.count === before[i].count)) continue;
      this.#store.remove(key);
      // Cut runs may need more room than there was: the block then is larger than others, and nothing is added to it.
      const room = HEADER + LEAST_ROOM + 2 * LONGEST_RUN * (after.length + 1);
      const writer = new BlockWriter(this.#store, series, { key, bytes: Buffer.alloc(room) });
      giveAgain(after, writer);
      writer.end();
    }
  }

  /** Removes blocks of which all was received by then, a bounded piece of the work; says whether more is left of this round. */
  expire(expiredBefore: number): boolean {
    let looked = 0;
    for (const { key, value } of [...firstOf(this.#store.entries(this.#next, Buffer.alloc(20, 0xff)), BLOCKS_A_PIECE)]) {
      looked++;
      this.#next = Buffer.concat([key, Buffer.from([0])]);
      if (Buffer.from(value).readDoubleLE(16 + 8 * STATE.indexOf('receipt')) <= expiredBefore) this.#store.remove(key);
    }
    if (looked === BLOCKS_A_PIECE) return true;
    this.restart();
    return false;
  }

  /** The next piece is the first again. */
  restart(): void {
    this.#next = Buffer.from([0]);
  }
}

/** Writes runs behind a block that is there, and into new ones. */
class BlockWriter implements RunTaker {
  readonly #store: Store;
  readonly #series: Uint8Array;
  readonly #most: number;
  readonly #bytes: Buffer;
  readonly #state = new RunState();
  #key: Buffer | undefined;
  #end = HEADER;
  #from = Infinity;
  #to = -Infinity;
  #changed = false;

  /** Goes on behind `last`; or writes anew, all of it under `key` if that is given. Blocks are made in `bytes`, or in larger ones if need be. */
  constructor(store: Store, series: Uint8Array, { last, key, bytes }: { readonly last?: Block | undefined; readonly key?: Buffer; readonly bytes: Buffer }) {
    this.#store = store;
    this.#series = series;
    this.#most = bytes.length - LONGEST_RUN;
    this.#bytes = last && last.value.length > this.#most ? Buffer.alloc(last.value.length + LONGEST_RUN) : bytes;
    this.#key = key;
    if (!last) return;
    this.#key = Buffer.from(last.key);
    this.#bytes.set(last.value);
    this.#end = last.value.length;
    this.#from = this.#bytes.readDoubleLE(0);
    this.#to = this.#bytes.readDoubleLE(8);
    STATE.forEach((name, i) => (this.#state[name] = this.#bytes.readDoubleLE(16 + 8 * i)));
  }

  add(run: OriginRun): void {
    if (this.#key === undefined || this.#end >= this.#most) this.#begin(run.receipt);
    this.#from = Math.min(this.#from, run.time);
    this.#to = Math.max(this.#to, run.time + (run.count - 1) * run.step);
    this.#end = writeRun(this.#bytes, this.#end, run, this.#state);
    this.#changed = true;
  }

  addRows(rows: ListedRows, from: number, to: number): void {
    const limit = this.#bytes.length;
    for (let next = from; next < to;) {
      if (this.#key === undefined || this.#end > limit - LEAST_ROOM) this.#begin(rows.receipt);
      const { end, count } = writeRows(this.#bytes, this.#end, { rows, from: next, to }, { state: this.#state, limit });
      this.#from = Math.min(this.#from, rows.time[next]);
      this.#to = Math.max(this.#to, rows.time[next + count - 1]);
      this.#end = end;
      this.#changed = true;
      next += count;
    }
  }

  /** Puts what is written. */
  end(): void {
    if (!this.#changed || this.#key === undefined) return;
    this.#bytes.writeDoubleLE(this.#from, 0);
    this.#bytes.writeDoubleLE(this.#to, 8);
    STATE.forEach((name, i) => this.#bytes.writeDoubleLE(this.#state[name], 16 + 8 * i));
    this.#store.put(this.#key, this.#bytes.subarray(0, this.#end));
    this.#changed = false;
  }

  #begin(receipt: number): void {
    this.end();
    const first = blockKey(this.#series, receipt);
    const isSame = this.#key !== undefined && this.#key.compare(first, 0, first.length, 0, first.length) === 0;
    const number = isSame ? this.#key!.readUInt16BE(first.length) + 1 : 0;
    this.#key = Buffer.concat([first, Buffer.of(number >> 8, number & 0xff)]);
    this.#end = HEADER;
    this.#from = Infinity;
    this.#to = -Infinity;
    Object.assign(this.#state, new RunState());
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Iterable<T> {
  if (count === 0) return;
  let given = 0;
  for (const item of items) {
    yield item;
    if (++given === count) return;
  }
}

/** A run without some of its rows, in pieces. */
function without(run: OriginRun, isGone: (time: number) => boolean): OriginRun[] {
  const left: OriginRun[] = [];
  let from = 0;
  for (let i = 0; i <= run.count; i++) {
    if (i < run.count && !isGone(run.time + i * run.step)) continue;
    if (i > from) left.push(part(run, from, i));
    from = i + 1;
  }
  return left;
}

function part(run: OriginRun, from: number, to: number): OriginRun {
  const { time, step, line, lineStep } = run;
  const isOne = to - from === 1;
  return {
    ...run, time: time + from * step, line: line + from * lineStep, count: to - from,
    step: isOne ? 0 : step, lineStep: isOne ? 0 : lineStep,
  };
}

function copied({ key, value }: Block): { readonly key: Buffer; readonly value: Buffer } {
  return { key: Buffer.from(key), value: Buffer.from(value) };
}
