/**
 * Low pressures joined with what the operators wrote about the same pump, when both came within 6 s: two streams,
 * each in a window of the same slide.
 *
 *   node dist/docs/examples/operatorNotes.js
 */
import { filter, join, pair, print, queue, replayClock, StreamContext, window } from 'wellwatch/stream';

const READINGS = [
  [pair('COHUTTA', 85), pair('NANTAHALLA', 0)],
  [pair('LAGNAPPE', 2)],
  [],
  [pair('COHUTTA', 88)],
  [],
];
const NOTES = [
  [],
  [pair('COHUTTA', 'all quiet')],
  [pair('NANTAHALLA', 'valve closed for inspection')],
  [],
  [pair('LAGNAPPE', 'too late to be joined')],
];

const context = new StreamContext({ batchInterval: 2000, clock: replayClock(1_394_413_258_000) });
const notes = context.from(queue(NOTES)).pipe(window(6000, 2000)); // [pump, note][] of the last 6 s

context.from(queue(READINGS)).pipe(
  filter(([, psi]) => psi < 5), //     [pump, psi][]
  window(6000, 2000), //               [pump, psi][] of the last 6 s
  join(notes), //                      [pump, [psi, note]][]
  print(),
);

await context.start();
await context.awaitTermination();
