import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'lmdb';
import { pack } from './block.ts';
import { BareParser, type OpenBlock } from './parser.ts';

/*
 * The limit that files are measured against, run as `node files.js FILE DIR`: bytes → columns → packed
 * blocks in lmdb, 64k rows a transaction, each on disk before the next. No check, no alert, no position.
 * Prints {"rows":…,"ms":…}, from opening the file until all of it is on disk.
 */
const PIECE_BYTES = 1024 * 1024;
const ROWS_A_TRANSACTION = 65_536;

const [, , path, dir] = process.argv;
const root = open<Uint8Array, Uint8Array>({ path: dir, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', cache: false, overlappingSync: false });
const blocks = root.openDB<Uint8Array, Uint8Array>({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary', cache: false });

const start = performance.now();
const file = openSync(path, 'r');
const bytes = Buffer.allocUnsafe(PIECE_BYTES);
const parser = new BareParser();
const key = Buffer.alloc(12);
let rows = 0;
let end = 0; // of the last whole line in `bytes`
let filled = 0;

while (parser.at < end || fill()) rows += root.transactionSync(takeTransaction);
const ms = performance.now() - start;
closeSync(file);
await root.close();
console.log(JSON.stringify({ rows, ms }));

function takeTransaction(): number {
  const most = { rows: ROWS_A_TRANSACTION };
  while (most.rows > 0 && (parser.at < end || fill())) {
    const full = parser.parse(bytes, end, most);
    if (!full) continue;
    put(full);
    full.rows = 0;
  }
  for (const block of parser.open) if (block.rows > 0) put(block); // what is not full yet is put again by the next
  return ROWS_A_TRANSACTION - most.rows;
}

function fill(): boolean {
  bytes.copyWithin(0, end, filled);
  filled -= end;
  const read = readSync(file, bytes, filled, bytes.length - filled, null);
  filled += read;
  end = filled === 0 ? 0 : bytes.lastIndexOf(10, filled - 1) + 1;
  parser.at = 0;
  return end > 0;
}

function put(block: OpenBlock): void {
  key.writeUInt32BE(block.pump, 0);
  key.writeDoubleBE(block.columns[0][0], 4);
  blocks.putSync(key, pack(block.columns, block.rows));
}
