/**
 * Count, max, min and mean psi of each pump in the last 6 s, every 2 s, from readings as the gateways send them.
 *
 *   node dist/docs/examples/windowedPressure.js
 */
import {
  flatMap,
  map,
  meanOf,
  mergeStatistics,
  pair,
  type Pair,
  print,
  queue,
  reduceByKeyAndWindow,
  replayClock,
  statisticsOf,
  StreamContext,
} from 'wellwatch/stream';

const BATCHES = [
  ['COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94', 'LAGNAPPE,3/10/14,1:01,9.6,2.33,1186,1.3,90,1.1'],
  ['COHUTTA,3/10/14,1:02,9.67,1.731,882,0.52,87,1.79', 'ERROR', 'LAGNAPPE,3/10/14,1:02,9.7,2.33,1186,1.3,0,1.1'],
  ['COHUTTA,3/10/14,1:03,10.47,1.732,882,1.7,92,0.66'],
  [],
  ['LAGNAPPE,3/10/14,1:05,9.7,2.33,1186,1.3,78,1.1'],
];

/** [pump, psi], or nothing for a line that is no reading. */
function pressureOf(line: string): Pair<string, number>[] {
  const [pump, , , , , , , psi = ''] = line.split(',');
  return psi === '' || Number.isNaN(Number(psi)) ? [] : [pair(pump, Number(psi))];
}

const context = new StreamContext({ batchInterval: 2000, clock: replayClock(1_394_413_258_000) });

context.from(queue(BATCHES)).pipe(
  flatMap(pressureOf), //                                                    [pump, psi][]
  map(([pump, psi]) => pair(pump, statisticsOf(psi))), //                    [pump, Statistics][]
  reduceByKeyAndWindow(mergeStatistics, { length: 6000, slide: 2000 }), //   [pump, Statistics][]
  map(([pump, psi]) => [pump, psi.count, psi.max, psi.min, meanOf(psi)]),
  print(),
);

await context.start();
await context.awaitTermination();
