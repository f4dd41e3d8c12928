import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { generateCsv } from './standin.ts';

const SEED = 1;
const PUMPS = 10;
/** Between two readings of a pump, as the generator makes them. */
const START = Date.UTC(2014, 2, 10);

/** Which of the generated readings. */
export interface Slice {
  readonly rows: number;
  /** Leaves out this many before the first. */
  readonly skip?: number;
}

/** Generated lines in order of time, ten pumps in turn. */
export function* lines({ rows, skip = 0 }: Slice): Generator<Buffer> {
  let index = 0;
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of generateCsv({ rows: skip + rows, seed: SEED, pumps: PUMPS, start: START })) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      if (index++ >= skip) yield bytes.subarray(from, end + 1);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
}

/** Writes generated readings in order of time; on disk when it returns. */
export function writeRows(path: string, slice: Slice): void {
  write(path, slice.skip ? lines(slice) : generateCsv({ rows: slice.rows, seed: SEED, pumps: PUMPS, start: START }));
}

/** Writes lines in an order that has nothing to do with time, always the same. */
export function writeShuffled(path: string, ordered: Iterable<Buffer>): void {
  const shuffled = [...ordered];
  let state = SEED;
  for (let i = shuffled.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes, section 7.1
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  write(path, shuffled);
}

/** Writes lines as they come. */
export function write(path: string, chunks: Iterable<Buffer>): void {
  const file = openSync(path, 'w');
  let pending: Buffer[] = [];
  let bytes = 0;
  const flush = () => {
    const block = Buffer.concat(pending);
    for (let at = 0; at < block.length;) at += writeSync(file, block, at);
    pending = [];
    bytes = 0;
  };
  for (const chunk of chunks) {
    pending.push(chunk);
    bytes += chunk.length;
    if (bytes >= 1024 * 1024) flush();
  }
  flush();
  fsyncSync(file);
  closeSync(file);
}

/** The pump that a line is of. */
export function pumpOf(line: Buffer): string {
  return line.toString('utf8', 0, line.indexOf(44));
}
