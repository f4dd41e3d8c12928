/**
 * A program that may be killed at any moment: state and position are in a checkpoint, and the next start goes on where
 * it left them. Recorded readings, twenty a batch, as fast as they can be computed; of each batch two text files.
 *
 *   node dist/docs/examples/recoverable.js READINGS.csv CHECKPOINT OUTPUT
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  flatMap,
  fromIterable,
  map,
  mapWithState,
  meanOf,
  mergeStatistics,
  pair,
  type Pair,
  reduceByKeyAndWindow,
  replayClock,
  saveAsTextFiles,
  type State,
  statisticsOf,
  StreamContext,
} from 'wellwatch/stream';

interface Mean {
  readonly count: number;
  readonly mean: number;
}

/** [pump, psi], or nothing for a line that is no reading. */
function pressureOf(line: string): Pair<string, number>[] {
  const [pump, , , , , , , psi = ''] = line.split(',');
  return psi === '' || Number.isNaN(Number(psi)) ? [] : [pair(pump, Number(psi))];
}

const [, , readings, checkpoint, output] = process.argv;

const context = await StreamContext.getOrCreate(checkpoint, () => {
  const created = new StreamContext({ batchInterval: 2000, clock: replayClock(1_394_413_258_000) });
  const lines = created.from(fromIterable(readFileSync(readings, 'utf8').trimEnd().split('\n'), { rowsPerBatch: 20 }));
  const pressures = lines.pipe(flatMap(pressureOf)); //                            [pump, psi][]
  pressures.pipe(
    // per batch: [pump, psi, how many, mean of all so far][]
    mapWithState((pump: string, psi: number | undefined, state: State<Mean>) => {
      const { count, mean } = state.getOption() ?? { count: 0, mean: 0 };
      if (psi === undefined) return undefined;
      const next = { count: count + 1, mean: mean + (psi - mean) / (count + 1) };
      state.update(next);
      return [pump, psi, next.count, next.mean];
    }),
    saveAsTextFiles(join(output, 'mean'), 'txt'), //                               mean-1394413260000.txt
  );
  pressures.pipe(
    map(([pump, psi]) => pair(pump, statisticsOf(psi))), //                        [pump, Statistics][]
    reduceByKeyAndWindow(mergeStatistics, { length: 30_000, slide: 2000 }),
    map(([pump, psi]) => [pump, psi.count, psi.max, psi.min, meanOf(psi)]),
    saveAsTextFiles(join(output, 'window'), 'txt'),
  );
  return created;
});

await context.start();
await context.awaitTermination();
