import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { summarize } from '../../batch/summarize.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Config } from '../config.ts';

/* The daily batch of the built-in schedule, in a thread of its own: it never holds the main thread. */
const config = workerData as Config;
const table = await openEmbeddedTable({ dir: join(config.dataDir, 'table'), mode: 'batch', ttl: config.store.ttl, now: Date.now });
try {
  parentPort!.postMessage(await summarize({ table, selection: { all: false } }));
} finally {
  await table.close();
}
