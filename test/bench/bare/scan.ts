import { open } from 'lmdb';
import { addUp, COLUMNS } from './block.ts';

/*
 * The limit that the daily batch is measured against, run as `node scan.js DIR` on what files.js wrote:
 * every block is decoded and each column added up. Prints {"rows":…,"ms":…}.
 */
const [, , dir] = process.argv;
const root = open<Uint8Array, Uint8Array>({ path: dir, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', cache: false });
const blocks = root.openDB<Uint8Array, Uint8Array>({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary', cache: false });

const start = performance.now();
const sums = new Float64Array(COLUMNS);
let rows = 0;
for (const { value } of blocks.getRange()) rows += addUp(value, sums);
const ms = performance.now() - start;
await root.close();
console.log(JSON.stringify({ rows, ms }));
