import {
  addTo,
  eventTimeWindow,
  foreachBatch,
  fromIterable,
  NO_STATISTICS,
  replayClock,
  type Statistics,
  StreamContext,
} from '../../../ingest/stream.ts';
import { hoursOfLines, hoursOfShuffledLines } from './rows.ts';

/*
 * Windows of a minute on the readings' time, by pump, run as `node eventWindowsOnce.js bare|ordered|late HOURS`. Prints
 * {"counted":…,"ms":…}: the rows in final windows, and from the first batch to the last. `bare` is a plain loop with a
 * map of windows, which are final when the rows are over.
 */
export interface EventRun {
  readonly counted: number;
  readonly ms: number;
}

interface Reading {
  readonly pump: string;
  readonly time: number;
  readonly psi: number;
}

const LENGTH_MS = 60_000;
const LATENESS_MS = 3_600_000;
const ROWS_PER_BATCH = 10_000;

const [, , how, hours] = process.argv;
const readings = Array.from(how === 'late' ? hoursOfShuffledLines(Number(hours)) : hoursOfLines(Number(hours))).flat().map(readingOf);
console.log(JSON.stringify(how === 'bare' ? bareLoop() : await operator()));

function readingOf(line: Buffer): Reading {
  const [pump, date, clock, , , , , psi] = line.toString('latin1').split(',');
  return { pump, time: Date.parse(`${date}T${clock}Z`), psi: Number(psi) };
}

function bareLoop(): EventRun {
  const began = performance.now();
  const windows = new Map<string, Map<number, Statistics>>();
  for (const { pump, time, psi } of readings) {
    let ofPump = windows.get(pump);
    if (!ofPump) windows.set(pump, (ofPump = new Map<number, Statistics>()));
    const end = (Math.floor(time / LENGTH_MS) + 1) * LENGTH_MS;
    ofPump.set(end, addTo(ofPump.get(end) ?? NO_STATISTICS, psi));
  }
  const counted = [...windows.values()].flatMap((ofPump) => [...ofPump.values()]).reduce((sum, { count }) => sum + count, 0);
  return { counted, ms: performance.now() - began };
}

async function operator(): Promise<EventRun> {
  // What moves the watermark past the last window.
  const end: Reading = {
    pump: 'END',
    time: Math.max(0, ...readings.slice(-36_000).map(({ time }) => time)) + LATENESS_MS + LENGTH_MS,
    psi: 0,
  };
  let counted = 0;
  const context = new StreamContext({ batchInterval: 2000, clock: replayClock(0) });
  context.from(fromIterable([...readings, end], { rowsPerBatch: ROWS_PER_BATCH })).pipe(
    eventTimeWindow({
      time: ({ time }) => time, key: ({ pump }) => pump, length: LENGTH_MS, slide: LENGTH_MS, lateness: LATENESS_MS,
      zero: NO_STATISTICS, add: (statistics, { psi }) => addTo(statistics, psi),
    }),
    foreachBatch(({ items }) => {
      for (const { status, value } of items) if (status === 'final') counted += value.count;
    }),
  );
  const began = performance.now();
  await context.start();
  await context.awaitTermination();
  return { counted, ms: performance.now() - began };
}
