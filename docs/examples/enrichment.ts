/**
 * Readings joined with what is known of their devices. The reference is loaded again every 60 s, so a device that is
 * entered meanwhile is known from then on; until then its readings are kept apart.
 *
 *   node dist/docs/examples/enrichment.js
 */
import {
  joinWithReference,
  leftOuterJoinWithReference,
  map,
  pair,
  print,
  queue,
  refreshed,
  replayClock,
  StreamContext,
} from 'wellwatch/stream';

/** As a query would give it: the second pump is entered between the first load and the second. */
const VERSIONS = [
  new Map([['COHUTTA', 'HYDROCAM']]),
  new Map([['COHUTTA', 'HYDROCAM'], ['LAGNAPPE', 'GENPUMP']]),
];
const vendors = refreshed(async () => VERSIONS.shift()!, 60_000);

const READINGS = [pair('COHUTTA', 85), pair('LAGNAPPE', 75)];

const context = new StreamContext({ batchInterval: 30_000, clock: replayClock(1_394_413_230_000) });
const readings = context.from(queue([READINGS, READINGS, READINGS]));

const known = readings.pipe(joinWithReference(vendors));
known.pipe(map(([pump, [psi, vendor]]) => `known: ${pump} of ${vendor} ${psi} psi`), print());
known.unknown.pipe(map(([pump]) => `to be entered: ${pump}`), print());

readings.pipe(
  leftOuterJoinWithReference(vendors), // [pump, [psi, vendor or undefined]][]
  map(([pump, [psi, vendor = 'a vendor nobody knows']]) => `all: ${pump} of ${vendor} ${psi} psi`),
  print(),
);

await context.start();
await context.awaitTermination();
