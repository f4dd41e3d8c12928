import { workerData } from 'node:worker_threads';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { Piece, ScanRequest } from '../../query/sql/pieces.ts';
import { scan, type SqlSources } from '../../query/sql/scan.ts';
import { openTable } from '../store/openTable.ts';
import type { FromTable, TableThreadData, ToTable } from './messages.ts';
import { sqlSources } from './sources.ts';

/*
 * Reads the table for questions in SQL, in a thread of its own: DuckDB asks for rows in the middle of its work and can't wait for
 * promises, so its thread stands still until this one has posted some. A scan is a few posts ahead of whoever takes them.
 */
const { config, port, posted } = workerData as TableThreadData;

const MOST_AHEAD = 3;
/** Nobody waits longer for a store that is away. */
const PATIENCE_MS = 5000;

const counter = new Int32Array(posted);
const ahead = new Map<number, { posts: number; taken: (() => void) | undefined }>();
let stopped = false;

function post(message: FromTable, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
}

async function run(id: number, request: ScanRequest, opened: Promise<SqlSources>): Promise<void> {
  const state = { posts: 0, taken: undefined as (() => void) | undefined };
  ahead.set(id, state);
  try {
    for await (const piece of scan(await opened, request)) {
      if (stopped) return;
      post({ kind: 'piece', scan: id, piece }, buffersOf(piece));
      state.posts++;
      while (state.posts >= MOST_AHEAD && !stopped) await new Promise<void>((resolve) => { state.taken = resolve; });
    }
    post({ kind: 'end', scan: id });
  } catch (error) {
    post({ kind: 'failed', scan: id, code: error instanceof AppError ? error.code : undefined, message: messageOf(error) });
  }
}

function buffersOf({ columns }: Piece): ArrayBuffer[] {
  return columns.flatMap((column) => [
    ...(column.kind === 'bytes' ? [column.bytes] : []),
    ...(column.kind !== 'same' && column.valid ? [column.valid] : []),
  ]);
}

const table = openTable(config, { mode: 'reader', patienceMs: PATIENCE_MS });
const sources = table.then((opened) => sqlSources(config, opened));
sources.catch(() => undefined); // each scan hears of it
const running = new Set<Promise<void>>();

port.on('message', (message: ToTable) => {
  if (message.kind === 'scan') {
    const one = run(message.scan, message.request, sources).finally(() => running.delete(one));
    running.add(one);
  } else if (message.kind === 'taken') {
    const state = ahead.get(message.scan);
    if (state) state.posts--;
    state?.taken?.();
  } else {
    stopped = true;
    for (const { taken } of ahead.values()) taken?.();
    // A state of lmdb that nobody hands back keeps its disk space: so a scan ends first.
    void Promise.all(running).then(async () => (await table).close()).catch(() => undefined).finally(() => port.close());
  }
});
