import { open } from 'lmdb';
import { BLOCK_ROWS, COLUMNS, f64, HEADER, POWERS, u16, u32, u8 } from './block.ts';

/*
 * The limit that the daily batch is measured against, run as `node scan.js DIR` on what files.js wrote:
 * every block is decoded and each column added up. Prints {"rows":…,"ms":…}.
 */
const [, , dir] = process.argv;
const root = open<Uint8Array, Uint8Array>({ path: dir, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', cache: false });
const blocks = root.openDB<Uint8Array, Uint8Array>({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary', cache: false });
const decoded = new Float64Array(BLOCK_ROWS);
const sums = new Float64Array(COLUMNS);

const start = performance.now();
let total = 0;
for (const { value } of blocks.getRange()) total += addUp(value);
const ms = performance.now() - start;
await root.close();
console.log(JSON.stringify({ rows: total, ms, sums: [...sums] }));

function addUp(block: Uint8Array): number {
  u8.set(block);
  const rows = u16[0];
  let end = HEADER;
  for (let c = 0; c < COLUMNS; c++) {
    end = unpackColumn(rows, c, end);
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += decoded[i];
    sums[c] += sum;
  }
  return rows;
}

function unpackColumn(rows: number, c: number, end: number): number {
  const width = u8[71 + c];
  const offset = (end + width - 1) & -width;
  const at = offset / width;
  const min = f64[1 + c];
  const power = POWERS[u8[64 + c]];
  if (width === 1) for (let i = 0; i < rows; i++) decoded[i] = (u8[at + i] + min) / power;
  else if (width === 2) for (let i = 0; i < rows; i++) decoded[i] = (u16[at + i] + min) / power;
  else if (width === 4) for (let i = 0; i < rows; i++) decoded[i] = (u32[at + i] + min) / power;
  else decoded.set(f64.subarray(at, at + rows));
  return offset + rows * width;
}
