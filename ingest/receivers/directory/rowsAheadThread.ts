import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { afterLastLine, PlainRows } from '../../decode/csv/plainRows.ts';
import { NEVER_WAITS } from './claimedFile.ts';
import type { AheadColumns, AheadRows, AheadTask, AheadThreadData } from './rowsAhead.ts';

/** As many rows as a step has at most, and the bytes that so many take as a rule. */
const MOST_ROWS = 65_536;
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Rows of more pumps are not read ahead. */
const MOST_NAMES = 4096;

const { port, sent } = workerData as AheadThreadData;
const into = new ReadingsBuffer(MOST_ROWS, (bytes) => new SharedArrayBuffer(bytes));
const plain = new PlainRows(into, MOST_NAMES);
const window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
let clears = 0;

const { pump, time, values, origins: { line } } = into;
say({ pump, time, values, line });
port.on('message', (task: AheadTask) => say(rowsOf(task)));

function say(message: AheadColumns | AheadRows): void {
  port.postMessage(message);
  Atomics.add(sent, 0, 1);
  Atomics.notify(sent, 0);
}

/** Nothing where the file can't be read: whoever reads on there is told why. */
function rowsOf({ path, ino, offset, line, crc, rows }: AheadTask): AheadRows {
  const to = bytesOf(path, ino, offset);
  into.clear();
  plain.clear(++clears);
  const cursor = { bytes: window, at: 0, to, final: false, line, receivedAt: 0 };
  plain.take(cursor, afterLastLine(window, 0, to), Math.min(rows, MOST_ROWS));
  let latest = -Infinity;
  for (let row = 0; row < into.length; row++) if (time[row] > latest) latest = time[row];
  return {
    rows: into.length, names: [...into.names], whole: into.origins.whole, latest,
    offset: offset + cursor.at, line: cursor.line, crc: crc32(window.subarray(0, cursor.at), crc),
  };
}

function bytesOf(path: string, ino: number, offset: number): number {
  try {
    const fd = openSync(path, NEVER_WAITS);
    try {
      return fstatSync(fd).ino === ino ? readSync(fd, window, 0, WINDOW_BYTES, offset) : 0;
    } finally {
      closeSync(fd);
    }
  } catch {
    return 0;
  }
}
