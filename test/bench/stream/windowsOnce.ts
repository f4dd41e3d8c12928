import { ArrivalWindows } from '../../../ingest/pumpState/arrivalWindows.ts';
import { pumpDayKey } from '../../../ingest/pumpState/stepSummary.ts';
import {
  mergeStatistics,
  pair,
  reduceByKeyAndWindow,
  replayClock,
  type Statistics,
  statisticsOf,
  StreamContext,
} from '../../../ingest/stream.ts';

/*
 * Windows every 2 s by pump, in which each pump reports each second, run as `node --expose-gc windowsOnce.js
 * operator|job SECONDS PUMPS`: reduceByKeyAndWindow, or the windows of the pump job. Prints a WindowsRun.
 */
export interface WindowsRun {
  /** Mean time of a batch once the window is full, µs. */
  readonly us: number;
  /** What is alive then, MB. */
  readonly heapMb: number;
}

const BATCH_MS = 2000;
const MEASURED = 1000;
const DAY = 16_139;

const [, , what, seconds, pumps] = process.argv;
const window = { length: Number(seconds) * 1000, slide: BATCH_MS };
const ids = Array.from({ length: Number(pumps) }, (_, i) => `PUMP_${i}`);
const heapMb = () => {
  global.gc?.();
  return (process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers) / 1e6;
};

let state = 1;
/** Two readings of a pump. */
function twoReadings(): Statistics {
  const [a, b] = [0, 1].map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes, section 7.1
    return statisticsOf(75 + Math.round((state / 2 ** 32) * 2500) / 100);
  });
  return mergeStatistics(a, b);
}

function operator(): () => Promise<unknown> {
  const context = new StreamContext({ batchInterval: BATCH_MS, clock: replayClock(0) });
  const readings = context.from({ kind: 'readings', take: () => ids.map((id) => pair(id, twoReadings())) });
  readings.pipe(reduceByKeyAndWindow(mergeStatistics, window));
  return () => context.runBatch();
}

function job(): () => Promise<unknown> {
  const windows = new ArrivalWindows({ lengthMs: window.length, slideMs: window.slide }, { mostPumpDays: Infinity, onTooMany: () => undefined });
  const keys = ids.map((id) => pumpDayKey(id, DAY));
  let time = 0;
  return async () => {
    windows.add(windows.paneOf(time), { keys, values: ids.map(() => ({ psi: twoReadings(), alerts: 0 })) });
    time += BATCH_MS;
    return windows.over(time);
  };
}

const empty = heapMb();
const runBatch = what === 'operator' ? operator() : job();
for (let batch = 0; batch < window.length / BATCH_MS + MEASURED; batch++) await runBatch();
const began = performance.now();
for (let batch = 0; batch < MEASURED; batch++) await runBatch();
const us = ((performance.now() - began) * 1000) / MEASURED;
console.log(JSON.stringify({ us, heapMb: heapMb() - empty } satisfies WindowsRun));
