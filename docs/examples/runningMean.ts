/**
 * The running mean of each device, and whether a reading is an anomaly: more than a fifth away from the mean of all
 * readings before it. A device that is silent for 6 s is told, and forgotten.
 *
 *   node dist/docs/examples/runningMean.js
 */
import { mapWithState, pair, print, queue, replayClock, type State, StreamContext } from 'wellwatch/stream';

interface Mean {
  readonly count: number;
  readonly mean: number;
}

const BATCHES = [
  [pair('sensor-1', 80), pair('sensor-2', 40), pair('sensor-1', 90)],
  [pair('sensor-1', 85), pair('sensor-2', 49)],
  [pair('sensor-1', 5), pair('sensor-1', 65)],
  [pair('sensor-1', 66)],
  [],
  [],
];

const context = new StreamContext({ batchInterval: 2000, clock: replayClock(1_394_413_258_000) });

context.from(queue(BATCHES)).pipe(
  // per batch: [device, reading, mean with it, verdict][]
  mapWithState((device: string, reading: number | undefined, state: State<Mean>) => {
    const { count, mean } = state.getOption() ?? { count: 0, mean: 0 };
    if (reading === undefined) return [device, 'silent', mean, `after ${count} readings`];
    const next = { count: count + 1, mean: mean + (reading - mean) / (count + 1) };
    state.update(next);
    const anomaly = count > 0 && Math.abs(reading - mean) > mean / 5;
    return [device, reading, next.mean, anomaly ? 'ANOMALY' : 'ok'];
  }, { timeout: 6000 }),
  print(),
);

await context.start();
await context.awaitTermination();
