import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PumpState } from '../../../ingest/pumpState/pumpState.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { Json } from '../../../storage/table/state.ts';
import type { Table } from '../../../storage/table/table.ts';
import { freePort } from '../../support/freePort.ts';
import { type Row, stepOf } from '../../support/steps.ts';
import { configured, type Running, spread, start, wellwatch, whileRunning, type Workspace } from '../harness.ts';
import { listening, publishAll } from '../publisher.ts';
import type { Figure } from '../report.ts';
import { write } from '../rows.ts';
import type { Sizes } from '../sizes.ts';
import { HOUR_ROWS, hoursOfLines } from './rows.ts';

const POLL_MS = 2;
/** Slow enough that the job is killed in the middle of what lies there. */
const MAX_RATE = 10_000;
const ROWS_A_MESSAGE = 20;
const PUMPS = 10;
const BATCH_MS = 2000;
const LONG_MS = 24 * 3_600_000;

interface Case {
  readonly what: string;
  readonly receiver: 'directory' | 'mqtt';
  /** Windows of 24 h, all of their panes full. */
  readonly longWindows: boolean;
}

const CASES: readonly Case[] = [
  { what: 'killed in the middle of a file, windows of 6 s', receiver: 'directory', longWindows: false },
  { what: 'killed in the middle of the journal, windows of 6 s', receiver: 'mqtt', longWindows: false },
  { what: 'killed in the middle of a file, windows of 24 h, 10 pumps', receiver: 'directory', longWindows: true },
];

/** Process start to the first step in the table, in ms. */
interface Starts {
  readonly firstMs: number;
  readonly againMs: number;
  readonly peakMb: number;
}

/** A job that is killed with SIGKILL in the middle: from process start to the first step in the table, beside that of the first start. */
export async function measureRecovery(workspace: Workspace, { repeats }: Sizes): Promise<Figure[]> {
  const file = workspace.path('cut.csv');
  const [lines] = hoursOfLines(1);
  write(file, lines);
  const figures: Figure[] = [];
  let first: Figure['measured'] | undefined;
  for (const each of CASES) {
    const starts: Starts[] = [];
    for (let i = 0; i < repeats; i++) starts.push(await killAndStart(workspace, each, { file, lines }));
    first ??= spread(starts.map(({ firstMs }) => firstMs));
    figures.push({
      goal: 'recovery', what: each.what, unit: 'ms', measured: spread(starts.map(({ againMs }) => againMs)),
      limit: { name: 'first start, nothing kept', measured: first }, peakMb: Math.max(...starts.map(({ peakMb }) => peakMb)),
    });
  }
  return figures;
}

async function killAndStart(
  workspace: Workspace,
  { receiver, longWindows }: Case,
  { file, lines }: { file: string; lines: readonly Buffer[] },
): Promise<Starts> {
  const dataDir = workspace.dataDir(receiver === 'directory' ? [file] : []);
  const port = await freePort();
  const options = configured(dataDir, receiver === 'directory' ? { mqtt: false } : { directory: false, mqtt: { port } }, {
    limits: { maxRate: MAX_RATE },
    ...(longWindows && { window: { length: '24h', slide: '2s' } }),
  });
  const table = await openTable(dataDir, 'writer');
  if (longWindows) await fillWindows(table);
  await table.close();
  const reader = await openTable(dataDir, 'reader');
  const stored = async () => (await reader.counts())[receiver].stored;
  const begin = (): Running => start(wellwatch('run', '--quiet', ...options));

  const firstAt = performance.now();
  const killed = begin();
  const published = receiver === 'mqtt' ? publish(killed, port, lines) : Promise.resolve();
  await whileRunning(
    killed,
    until(async () => (await stored()) > 0),
  );
  const firstMs = performance.now() - firstAt;
  await published;
  await whileRunning(
    killed,
    until(async () => (await stored()) > HOUR_ROWS / 3),
  );
  await killed.kill();
  const before = await stored();
  if (before === HOUR_ROWS) throw new Error('expected the job to be killed in the middle, got all rows');

  const againAt = performance.now();
  const again = begin();
  await whileRunning(
    again,
    until(async () => (await stored()) > before),
  );
  const againMs = performance.now() - againAt;
  again.stop();
  const { peakMb } = await again.ended;
  await reader.close();
  workspace.drop(dataDir);
  return { firstMs, againMs, peakMb };
}

function openTable(dataDir: string, mode: 'writer' | 'reader'): Promise<Table> {
  return openEmbeddedTable({ dir: join(dataDir, 'table'), mode, ttl: { data: null, alerts: null }, now: Date.now });
}

/** Leaves the state of a job that has run for 24 h, with readings of ten pumps in each batch. */
async function fillWindows(table: Table): Promise<void> {
  const now = Math.floor(Date.now() / BATCH_MS) * BATCH_MS;
  const pumps = await PumpState.open(new Map(), now - LONG_MS, {
    table,
    window: { lengthMs: LONG_MS, slideMs: BATCH_MS },
    latenessMs: 3_600_000,
    onWindow: () => undefined,
    onLog: () => undefined,
  });
  const state: Record<string, Json> = {};
  const rows = Array.from({ length: PUMPS }, (_, i): Row => ({
    pump: `PUMP_${i}`,
    time: Date.UTC(2014, 2, 9),
    receivedAt: 0,
    values: [10.27, 1.73, 881, 1.56, 80 + i / 10, 1.94],
  }));
  const { readings } = stepOf(rows);
  const duplicates = new Uint8Array(PUMPS);
  for (let batch = now - LONG_MS; batch < now; batch += BATCH_MS) {
    Object.assign(state, pumps.decided(readings, duplicates, { batch, breaches: [] }));
    pumps.committed();
    pumps.over(batch + BATCH_MS);
  }
  await table.write({ ...stepOf([]), receiver: null, state });
}

async function publish(running: Running, port: number, lines: readonly Buffer[]): Promise<void> {
  await whileRunning(running, listening(port));
  const messages = Array.from({ length: lines.length / ROWS_A_MESSAGE }, (_, i) => ({
    topic: 'pumps/BENCH/readings',
    payload: Buffer.concat(lines.slice(i * ROWS_A_MESSAGE, (i + 1) * ROWS_A_MESSAGE)),
  }));
  await publishAll(port, messages);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(POLL_MS);
}
