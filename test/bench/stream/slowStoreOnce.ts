import { setTimeout as sleep } from 'node:timers/promises';
import { RunningJob } from '../../support/runningJob.ts';
import type { Step } from '../../../storage/table/steps.ts';
import type { Table } from '../../../storage/table/table.ts';

/*
 * The streaming job on a backlog of files, with a store that takes 50,000 rows a second, then a tenth of that, then as
 * before: run as `node slowStoreOnce.js DIR INTERVAL BEFORE SLOW AFTER`, with DIR/inbox full enough, the interval in ms
 * and the rest in batches. Prints a SlowStoreRun. Fails when the rows of the batches are not those in the table.
 */
export interface SlowStoreRun {
  readonly batches: readonly { readonly phase: Phase; readonly rows: number; readonly ms: number }[];
  /** The longest write, ms. */
  readonly longestMs: number;
  readonly store: Readonly<Record<Phase, StorePhase>>;
}

export type Phase = 'before' | 'slow' | 'after';

/** What the store did. */
export interface StorePhase {
  rows: number;
  /** Time spent in writes. */
  ms: number;
  /** The most resident memory after a write, MB. */
  rssMb: number;
}

/** What a write takes as a rule, as one over a network does. */
const OVERHEAD_MS = 3;
const MS_A_ROW = 1 / 50;
const SLOWER = 10;

const [, , dir, ...numbers] = process.argv;
const [interval, before, slow, after] = numbers.map(Number);
const store: Record<Phase, StorePhase> = {
  before: { rows: 0, ms: 0, rssMb: 0 },
  slow: { rows: 0, ms: 0, rssMb: 0 },
  after: { rows: 0, ms: 0, rssMb: 0 },
};
let longestMs = 0;
let slowFrom = Infinity;

function phaseOf(time: number): Phase {
  if (time < slowFrom) return 'before';
  return time < slowFrom + slow * interval ? 'slow' : 'after';
}

/** The table, each write of which takes as long as that of the slow store. */
function slowed(table: Table): Table {
  return new Proxy(table, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return name === 'write' ? (step: Step) => write(target, step) : (member.bind(target) as unknown);
    },
  });
}

async function write(table: Table, step: Step): ReturnType<Table['write']> {
  if (slowFrom === Infinity) slowFrom = (Math.floor(Date.now() / interval) + 1 + before) * interval;
  const phase = phaseOf(Date.now());
  const began = performance.now();
  const outcome = await table.write(step);
  const usual = Math.max(performance.now() - began, OVERHEAD_MS + MS_A_ROW * step.readings.length);
  await sleep(usual * (phase === 'slow' ? SLOWER : 1) - (performance.now() - began));
  const took = performance.now() - began;
  longestMs = Math.max(longestMs, took);
  const { rows, ms, rssMb } = store[phase];
  store[phase] = { rows: rows + step.readings.length, ms: ms + took, rssMb: Math.max(rssMb, process.memoryUsage().rss / 1e6) };
  return outcome;
}

const job = await RunningJob.start(dir, { batchInterval: interval, before: slowed });
await sleep((1 + before + slow + after) * interval);
const { stored } = await job.stop();
const rows = job.batches.reduce((sum, batch) => sum + batch.rows.directory, 0);
if (rows !== stored) throw new Error(`expected the ${rows} rows of the batches to be stored, got ${stored}`);
const batches = job.batches
  .slice(0, -1)
  .map((batch) => ({ phase: phaseOf(batch.time), rows: batch.rows.directory, ms: batch.processingTime }));
console.log(JSON.stringify({ batches, longestMs, store } satisfies SlowStoreRun));
