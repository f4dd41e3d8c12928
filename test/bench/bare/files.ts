import { openSync, readSync } from 'node:fs';
import { open } from 'lmdb';
import { BLOCK_ROWS, COLUMNS, pack, POWERS } from './block.ts';

/*
 * The limit that files are measured against, run as `node files.js FILE DIR`: bytes → columns → packed
 * blocks in lmdb, about 64k rows a transaction, each on disk before the next. No check, no alert, no
 * position; a line is `id,M/D/YY,H:mm,` and six plain numbers, taken on trust. Prints {"rows":…,"ms":…}.
 */
const [COMMA, DOT, COLON] = [44, 46, 58];
const [, , path, dir] = process.argv;
const root = open<Uint8Array, Uint8Array>({
  path: dir,
  noSubdir: false,
  encoding: 'binary',
  keyEncoding: 'binary',
  cache: false,
  overlappingSync: false,
});
const blocks = root.openDB<Uint8Array, Uint8Array>({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary', cache: false });

interface OpenBlock {
  readonly pump: number;
  readonly columns: readonly Float64Array[];
  rows: number;
}
const waiting = new Map<number, OpenBlock>(); // by a hash of the pump id
const bytes = Buffer.allocUnsafe(65_536 * 52);
const key = Buffer.alloc(12);
let total = 0;
let date = 0;
let midnight = 0;

const start = performance.now();
const file = openSync(path, 'r');
let kept = 0;
for (let read = 0; (read = readSync(file, bytes, kept, bytes.length - kept, null)) > 0;) {
  const end = bytes.lastIndexOf(10, kept + read - 1) + 1;
  root.transactionSync(() => {
    parse(end);
    for (const block of waiting.values()) if (block.rows > 0) put(block); // put again when it is full
  });
  bytes.copyWithin(0, end, kept + read);
  kept += read - end;
}
const ms = performance.now() - start;
await root.close();
console.log(JSON.stringify({ rows: total, ms }));

function parse(end: number): void {
  for (let at = 0; at < end; total++) {
    let byte = 0;
    let hash = 0;
    while ((byte = bytes[at++]) !== COMMA) hash = (Math.imul(hash, 31) + byte) | 0;
    let block = waiting.get(hash);
    if (!block)
      waiting.set(
        hash,
        (block = { pump: waiting.size, columns: Array.from({ length: COLUMNS }, () => new Float64Array(BLOCK_ROWS)), rows: 0 }),
      );
    const row = block.rows++;

    const from = at;
    hash = 0;
    while ((byte = bytes[at++]) !== COMMA) hash = (Math.imul(hash, 31) + byte) | 0;
    if (hash !== date) {
      date = hash;
      const [month, day, year] = bytes.toString('latin1', from, at - 1).split('/').map(Number);
      midnight = Date.UTC(2000 + year, month - 1, day) / 1000;
    }
    let hours = 0;
    while ((byte = bytes[at++]) !== COLON) hours = hours * 10 + byte - 48;
    block.columns[0][row] = midnight + hours * 3600 + (bytes[at] * 10 + bytes[at + 1] - 528) * 60;
    at += 3;

    for (let c = 1; c < COLUMNS; c++) {
      let mantissa = 0;
      let point = at;
      while ((byte = bytes[at++]) >= 48 || byte === DOT) {
        if (byte === DOT) point = -at;
        else mantissa = mantissa * 10 + byte - 48;
      }
      block.columns[c][row] = point < 0 ? mantissa / POWERS[at - 1 + point] : mantissa;
    }
    if (block.rows === BLOCK_ROWS) {
      put(block);
      block.rows = 0;
    }
  }
}

function put({ pump, columns, rows }: OpenBlock): void {
  key.writeUInt32BE(pump, 0);
  key.writeDoubleBE(columns[0][0], 4);
  blocks.putSync(key, pack(columns, rows));
}
