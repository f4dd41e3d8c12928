import { AppError } from '../../../domain/errors.ts';

/*
 * Rows of one pump and the places where they come from, as runs: rows of the same source, receipt and mark, whose times and lines
 * rise by the same amounts. Bytes of a run, after the state that the one before it has left:
 *
 *   u8   flags, below
 *   …    varints of what the flags do not give: rows - 2, step of times, step of lines | time | receipt | source | line | mark
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
/** The longest run: a byte, and eight varints of 8 bytes. */
export const LONGEST_RUN = 1 + 8 * 8;

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

/** The runs of bytes, in their order. */
export function* readRuns(bytes: Uint8Array, from = 0): Iterable<OriginRun> {
  const state = new RunState();
  const reader = new VarintReader(bytes, from);
  while (reader.at < bytes.length) {
    const flags = reader.byte();
    const is = (flag: number) => (flags & flag) !== 0;
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
    if (this.#length + LONGEST_RUN > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#length = writeRun(this.#bytes, this.#length, run, this.#state);
  }
}

class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.#bytes[this.at++];
  }

  next(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (this.at >= this.#bytes.length) throw new AppError('STORE_DAMAGED', 'expected a run of origins, found the end in the middle of one');
      const byte = this.#bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}

function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest >= 0x4000_0000; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  let low = rest | 0; // from here on as an integer of 31 bits, which is several times faster
  for (; low >= 128; low >>>= 7) bytes[at++] = (low & 127) | 128;
  bytes[at++] = low;
  return at;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
