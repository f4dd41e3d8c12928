/**
 * Mean psi of each pump by the hour of the readings, whenever they come: an hour is told as soon as it has readings,
 * corrected when a straggler comes, and final when the pumps are half an hour past it. What comes later still is kept
 * apart, and counted.
 *
 *   node dist/docs/examples/eventTime.js
 */
import { addTo, eventTimeWindow, flatMap, map, meanOf, NO_STATISTICS, print, queue, replayClock, StreamContext } from 'wellwatch/stream';

const BATCHES = [
  ['COHUTTA,2014-03-10,01:10,10.27,1.73,881,1.56,80,1.94', 'COHUTTA,2014-03-10,01:50,10.27,1.73,881,1.56,90,1.94'],
  ['COHUTTA,2014-03-10,02:20,9.67,1.731,882,0.52,70,1.79', 'ERROR'],
  ['COHUTTA,2014-03-10,01:55,9.67,1.731,882,0.52,100,1.79'], // a straggler
  ['COHUTTA,2014-03-10,02:40,10.47,1.732,882,1.7,72,0.66'],
  ['COHUTTA,2014-03-10,01:59,10.47,1.732,882,1.7,10,0.66'], //  too late
  ['COHUTTA,2014-03-10,03:45,10.47,1.732,882,1.7,75,0.66'],
];
const MINUTE = 60_000;

interface Reading {
  readonly pump: string;
  /** Wall time, ms. */
  readonly time: number;
  readonly psi: number;
}

/** A reading, or nothing for a line that is none. */
function readingOf(line: string): Reading[] {
  const [pump, date, clock, , , , , psi = ''] = line.split(',');
  const time = Date.parse(`${date}T${clock}Z`);
  return psi === '' || Number.isNaN(Number(psi)) || Number.isNaN(time) ? [] : [{ pump, time, psi: Number(psi) }];
}

const clockOf = (time: number): string => new Date(time).toISOString().slice(11, 16);

const context = new StreamContext({ batchInterval: 2000, clock: replayClock(1_394_413_258_000) });

const windows = context.from(queue(BATCHES)).pipe(
  flatMap(readingOf), // Reading[]
  eventTimeWindow({ //   { key, start, end, value: Statistics, status }[]
    time: ({ time }) => time, key: ({ pump }) => pump, length: 60 * MINUTE, slide: 60 * MINUTE, lateness: 30 * MINUTE,
    zero: NO_STATISTICS, add: (psi, reading) => addTo(psi, reading.psi),
  }),
);
windows.pipe(
  map(({ key, start, end, value, status }) => [key, `${clockOf(start)}-${clockOf(end)}`, value.count, meanOf(value), status]),
  print(),
);
windows.late.pipe(map(({ pump, time, psi }) => `late: ${pump} ${clockOf(time)} ${psi} psi, ${windows.lateCount()} so far`), print());

await context.start();
await context.awaitTermination();
