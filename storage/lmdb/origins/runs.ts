import { isRun, LIST_HEADER, type ListedRows, type ListPlan, MOST_LISTED, planList, readList, writeList } from './listedRows.ts';
import { readOlderList } from './olderList.ts';
import { unzigzag, VarintReader, writeVarint, zigzag } from './varint.ts';

/*
 * Rows of one pump and the places where they come from, as runs: rows of the same source, receipt and mark, whose times and lines
 * rise by the same amounts. Bytes of a run, after the state that the one before it has left:
 *
 *   u8   flags, below
 *   …    varints of what the flags do not give: rows - 2, step of times, step of lines | time | receipt | source | line | mark
 *
 * Rows that follow each other otherwise are a list, with the flags LISTED and PACKED: varints of receipt | source that the flags do not
 * give, and then columns of times, lines and marks (listedRows.ts). Without PACKED it is an older list, with a varint of the mark where
 * the flags do not give it (olderList.ts).
 *
 * What may fall is zigzag coded; times and lines count from those that the last steps lead to. A mark is the cells that a row
 * brought, as bits, doubled, and 1 more where it was a duplicate.
 */
const SEVERAL = 1;
const SAME_STEPS = 2;
const EXPECTED_TIME = 4;
const SAME_RECEIPT = 8;
const SAME_SOURCE = 16;
const EXPECTED_LINE = 32;
const SAME_MARK = 64;
const LISTED = 128;
/** Of a list; it has no steps that could be the same. */
const PACKED = SAME_STEPS;
/** The longest run: a byte, and eight varints of 8 bytes. */
export const LONGEST_RUN = 1 + 8 * 8;
/** The longest list: its header, and columns of at most 32 bits. */
const LONGEST_LIST = LONGEST_RUN + LIST_HEADER + 12 * MOST_LISTED;

/** Rows that came from one place, times rising by `step`. */
export interface OriginRun {
  readonly time: number;
  readonly step: number;
  readonly count: number;
  readonly receipt: number;
  readonly source: number;
  readonly line: number;
  readonly lineStep: number;
  readonly mark: number;
}

/** Takes runs, in order of receipt. */
export interface RunTaker {
  add(run: OriginRun): void;
  /** Takes rows from place to place, at least two. */
  addRows(rows: ListedRows, from: number, to: number): void;
}

/** What a run leaves for the next one. */
export class RunState {
  time = 0;
  step = 0;
  receipt = 0;
  source = 0;
  line = 0;
  lineStep = 0;
  mark = 0;

  /** A run has passed. */
  pass({ time, step, count, receipt, source, line, lineStep, mark }: OriginRun): void {
    if (count === 1) {
      this.step = time - this.time;
      this.lineStep = line - this.line;
      this.time = time;
      this.line = line;
    } else {
      this.step = step;
      this.lineStep = lineStep;
      this.time = time + (count - 1) * step;
      this.line = line + (count - 1) * lineStep;
    }
    this.receipt = receipt;
    this.source = source;
    this.mark = mark;
  }
}

/** Writes a run at a place of a buffer with room for {@link LONGEST_RUN}; gives where it ends. The state moves on. */
export function writeRun(bytes: Uint8Array, at: number, run: OriginRun, state: RunState): number {
  const { time, step, count, receipt, source, line, lineStep, mark } = run;
  const timeOff = time - state.time - state.step;
  const lineOff = line - state.line - state.lineStep;
  let flags = 0;
  let end = at + 1;
  if (count > 1) {
    flags |= SEVERAL;
    end = writeVarint(bytes, end, count - 2);
    if (step === state.step && lineStep === state.lineStep) flags |= SAME_STEPS;
    else end = writeVarint(bytes, writeVarint(bytes, end, zigzag(step)), zigzag(lineStep));
  }
  if (timeOff === 0) flags |= EXPECTED_TIME;
  else end = writeVarint(bytes, end, zigzag(timeOff));
  if (receipt === state.receipt) flags |= SAME_RECEIPT;
  else end = writeVarint(bytes, end, zigzag(receipt - state.receipt));
  if (source === state.source) flags |= SAME_SOURCE;
  else end = writeVarint(bytes, end, source);
  if (lineOff === 0) flags |= EXPECTED_LINE;
  else end = writeVarint(bytes, end, zigzag(lineOff));
  if (mark === state.mark) flags |= SAME_MARK;
  else end = writeVarint(bytes, end, mark);
  bytes[at] = flags;
  state.pass(run);
  return end;
}

/**
 * Writes as many rows from a place on, at least two, as have room until `limit` of the buffer, as a list or, where they fit into none, one of
 * them as a run. Gives where they end and how many they are; the state moves on.
 */
export function writeRows(
  bytes: Uint8Array, at: number, { rows, from, to }: { readonly rows: ListedRows; readonly from: number; readonly to: number },
  { state, limit }: { readonly state: RunState; readonly limit: number },
): { readonly end: number; readonly count: number } {
  const plan = planList(rows, from, to, limit - at - LONGEST_RUN - LIST_HEADER);
  const { count } = plan;
  if (count > 1 && !isRun(plan)) return { end: writeListed(bytes, at, rows, plan, state), count };
  const { time, line, mark, source, receipt } = rows;
  const [step, lineStep] = count > 1 ? [time[from + 1] - time[from], line[from + 1] - line[from]] : [0, 0];
  return { end: writeRun(bytes, at, { time: time[from], step, count, receipt, source, line: line[from], lineStep, mark: mark[from] }, state), count };
}

function writeListed(bytes: Uint8Array, at: number, rows: ListedRows, plan: ListPlan, state: RunState): number {
  const { source, receipt, time, line, mark } = rows;
  let flags = LISTED | PACKED;
  let end = at + 1;
  if (receipt === state.receipt) flags |= SAME_RECEIPT;
  else end = writeVarint(bytes, end, zigzag(receipt - state.receipt));
  if (source === state.source) flags |= SAME_SOURCE;
  else end = writeVarint(bytes, end, source);
  bytes[at] = flags;
  end = writeList(bytes, end, rows, plan, { time: state.time + state.step, line: state.line });
  const last = plan.from + plan.count - 1;
  state.step = time[last] - time[last - 1];
  state.lineStep = line[last] - line[last - 1];
  state.time = time[last];
  state.line = line[last];
  state.receipt = receipt;
  state.source = source;
  state.mark = mark[last];
  return end;
}

/** The runs of bytes, in their order; rows of a list are a run each. */
export function* readRuns(bytes: Uint8Array, from = 0): Iterable<OriginRun> {
  const state = new RunState();
  const reader = new VarintReader(bytes, from);
  while (reader.at < bytes.length) {
    const flags = reader.byte();
    const is = (flag: number) => (flags & flag) !== 0;
    if (is(LISTED)) {
      const receipt = state.receipt + (is(SAME_RECEIPT) ? 0 : unzigzag(reader.next()));
      const source = is(SAME_SOURCE) ? state.source : reader.next();
      const expected = { time: state.time + state.step, line: state.line };
      const rows = is(PACKED) ? readList(reader, expected) : readOlderList(reader, expected, is(SAME_MARK) ? state.mark : reader.next());
      for (const { time, line, mark } of rows) {
        const run = { time, step: 0, count: 1, receipt, source, line, lineStep: 0, mark };
        state.pass(run);
        yield run;
      }
      continue;
    }
    const count = is(SEVERAL) ? reader.next() + 2 : 1;
    const isSame = !is(SEVERAL) || is(SAME_STEPS);
    const step = isSame ? state.step : unzigzag(reader.next());
    const lineStep = isSame ? state.lineStep : unzigzag(reader.next());
    const time = state.time + state.step + (is(EXPECTED_TIME) ? 0 : unzigzag(reader.next()));
    const receipt = state.receipt + (is(SAME_RECEIPT) ? 0 : unzigzag(reader.next()));
    const source = is(SAME_SOURCE) ? state.source : reader.next();
    const line = state.line + state.lineStep + (is(EXPECTED_LINE) ? 0 : unzigzag(reader.next()));
    const mark = is(SAME_MARK) ? state.mark : reader.next();
    const run = { time, step, count, receipt, source, line, lineStep, mark };
    state.pass(run);
    yield run;
  }
}

/** Writes runs of one pump into bytes of their own. */
export class RunBytes implements RunTaker {
  #bytes = new Uint8Array(256);
  #length = 0;
  readonly #state = new RunState();

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  add(run: OriginRun): void {
    this.#makeRoom(LONGEST_RUN);
    this.#length = writeRun(this.#bytes, this.#length, run, this.#state);
  }

  addRows(rows: ListedRows, from: number, to: number): void {
    for (let next = from; next < to;) {
      this.#makeRoom(LONGEST_LIST);
      const { end, count } = writeRows(this.#bytes, this.#length, { rows, from: next, to }, { state: this.#state, limit: this.#bytes.length });
      this.#length = end;
      next += count;
    }
  }

  #makeRoom(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length + room);
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
