// Reads the table of a running writer COUNT times and checks that it sees whole steps only: node reader.js DIR COUNT
import { openEmbeddedTable } from '../storage/embedded/table.js';

const table = await openEmbeddedTable({ dir: process.argv[2], mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now });
let last = 0;
for (let round = 0; round < Number(process.argv[3]); round++) {
  const rows = new Map();
  let before = -Infinity;
  for await (const piece of table.readings('A', {})) {
    for (let i = 0; i < piece.length; i++) {
      if (piece.time[i] <= before) throw new Error(`times fall at ${piece.time[i]}`);
      before = piece.time[i];
      const step = piece.values[0][i];
      rows.set(step, (rows.get(step) ?? 0) + 1);
    }
  }
  for (const [step, count] of rows) if (count !== 1000) throw new Error(`step ${step} has ${count} rows`);
  if (rows.size < last) throw new Error(`${rows.size} steps, there were ${last}`);
  last = rows.size;
}
await table.close();
process.stdout.write(`${last}\n`);
