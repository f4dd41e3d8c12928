import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { generateCsv } from '../../app/simulator/generator.ts';

/** Pumps of the generated readings; they come in turn. */
export const PUMPS = 10;
const START = Date.UTC(2014, 2, 10);
/** Between two readings of a pump, on average. */
const INTERVAL_MS = 90_000;

/** Which readings. */
export interface Slice {
  readonly rows: number;
  /** They begin where so many others end; a multiple of 20. */
  readonly after?: number;
}

/** Readings in order of time as CSV, about 4 in 100 below 5 psi. */
export function csv({ rows, after = 0 }: Slice): Iterable<Buffer> {
  return generateCsv({ rows, pumps: PUMPS, start: START + (after / PUMPS) * INTERVAL_MS });
}

/** The same, line by line. */
export function* lines(slice: Slice): Generator<Buffer> {
  for (const chunk of csv(slice)) {
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(10, from) + 1;
      yield chunk.subarray(from, end);
      from = end;
    }
  }
}

/** Lines in an order that has nothing to do with time, always the same. */
export function shuffled(ordered: Iterable<Buffer>): Buffer[] {
  const all = [...ordered];
  let state = 1;
  for (let i = all.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes, section 7.1
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** Writes a file; on disk when it returns. */
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
