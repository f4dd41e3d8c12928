import { open } from 'lmdb';
import { BLOCK_ROWS, COLUMNS, f64, HEADER, POWERS, u16, u32, u8 } from './block.ts';

/*
 * The limit that the daily batch is measured against, run as `node scan.js DIR` on what files.js wrote:
 * every block is decoded, and each column has its smallest, largest and summed value taken day by day.
 * Nothing is checked or stored. Prints {"rows":…,"ms":…,"sums":…}, the sums over all days.
 */
const DAY_SECONDS = 86_400;
const [, , dir] = process.argv;
const root = open<Uint8Array, Uint8Array>({ path: dir, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', cache: false });
const blocks = root.openDB<Uint8Array, Uint8Array>({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary', cache: false });
const columns = Array.from({ length: COLUMNS }, () => new Float64Array(BLOCK_ROWS));
const [time] = columns;
const min = new Float64Array(COLUMNS);
const max = new Float64Array(COLUMNS);
const sum = new Float64Array(COLUMNS);
const sums = new Float64Array(COLUMNS);

const start = performance.now();
let total = 0;
let today = -1;
for (const { value } of blocks.getRange()) total += aggregate(value);
beginDay(Infinity);
const ms = performance.now() - start;
await root.close();
console.log(JSON.stringify({ rows: total, ms, sums: [...sums] }));

function aggregate(block: Uint8Array): number {
  u8.set(block);
  const rows = u16[0];
  let end = HEADER;
  for (let c = 0; c < COLUMNS; c++) end = unpackColumn(columns[c], rows, c, end);
  for (let from = 0; from < rows;) {
    const day = Math.floor(time[from] / DAY_SECONDS);
    if (day !== today) beginDay(day);
    let to = from + 1;
    while (to < rows && time[to] < (day + 1) * DAY_SECONDS) to++;
    for (let c = 1; c < COLUMNS; c++) addUp(c, columns[c], from, to);
    from = to;
  }
  return rows;
}

function beginDay(day: number): void {
  for (let c = 1; c < COLUMNS; c++) sums[c] += sum[c];
  today = day;
  min.fill(Infinity);
  max.fill(-Infinity);
  sum.fill(0);
}

function addUp(c: number, values: Float64Array, from: number, to: number): void {
  let [low, high, all] = [min[c], max[c], sum[c]];
  for (let i = from; i < to; i++) {
    const value = values[i];
    all += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  [min[c], max[c], sum[c]] = [low, high, all];
}

function unpackColumn(out: Float64Array, rows: number, c: number, end: number): number {
  const width = u8[71 + c];
  const offset = (end + width - 1) & -width;
  const at = offset / width;
  const base = f64[1 + c];
  const power = POWERS[u8[64 + c]];
  if (width === 1) for (let i = 0; i < rows; i++) out[i] = (u8[at + i] + base) / power;
  else if (width === 2) for (let i = 0; i < rows; i++) out[i] = (u16[at + i] + base) / power;
  else if (width === 4) for (let i = 0; i < rows; i++) out[i] = (u32[at + i] + base) / power;
  else out.set(f64.subarray(at, at + rows));
  return offset + rows * width;
}
