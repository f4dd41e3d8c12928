// Writes steps of 1,000 rows of pump A for ever and says so after each: node writer.js DIR
import { ReadingsBuffer } from '../domain/reading/readings.js';
import { openEmbeddedTable } from '../storage/embedded/table.js';

const table = await openEmbeddedTable({ dir: process.argv[2], mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
const readings = new ReadingsBuffer(1000);
for (let step = Number((await table.state()).get('step') ?? 0) + 1; ; step++) {
  readings.clear();
  readings.pumps.numberOf('A');
  for (let row = 0; row < 1000; row++) {
    // Every other step is late: it goes in among the rows of the one before.
    readings.time[row] = (Math.floor(step / 2) * 2000 + row * 2 + (step % 2)) * 60_000;
    readings.receivedAt[row] = step;
    for (const column of readings.values) column[row] = step;
  }
  readings.length = 1000;
  try {
    await table.write({ receiver: 'mqtt', readings, breaches: [], rejects: [], state: { step } });
  } catch (error) {
    process.stdout.write(`failed ${error.code}: ${error.message}\n`);
    process.exit(3);
  }
  process.stdout.write(`${step}\n`);
}
