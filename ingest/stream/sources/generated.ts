import { MEASURE_TABLE, measureFacts, measureIndex } from '../../../domain/reading/measures.ts';
import type { StreamSource } from '../source.ts';

export interface GeneratedOptions {
  /** A whole number; the same seed gives the same lines at the same batch times, also after a restart. */
  readonly seed?: number;
  readonly sensors?: number;
  readonly rowsPerBatch?: number;
  /** Share of lines that are no readings, from 0 to 1. */
  readonly corrupt?: number;
  readonly name?: string;
}

const FIRST_MEASURE = 3;

const SPOILT: readonly ((fields: readonly string[]) => string)[] = [
  () => 'ERROR',
  (fields) => fields.slice(0, 5).join(','),
  (fields) => fields.join(';'),
  (fields) => fields.with(FIRST_MEASURE + measureIndex.psi, 'NaN').join(','),
  (fields) => fields.with(1, '2/30/26').join(','),
];

/**
 * Readings of random sensors as CSV lines, at the batch's time (as wall time in UTC):
 * `SENSOR-3,11/21/26,12:00:02,10.12,2.481,1262,0.49,85,1.22`. Never ends.
 */
export function generated({ seed = 1, sensors = 10, rowsPerBatch = 100, corrupt = 0, name }: GeneratedOptions = {}): StreamSource<string> {
  return {
    kind: 'generated',
    name,
    take(time) {
      const random = randomOf(seed, time);
      return Array.from({ length: rowsPerBatch }, () => {
        const fields = readingOf(random, sensors, time);
        return random() < corrupt ? SPOILT[Math.floor(random() * SPOILT.length)](fields) : fields.join(',');
      });
    },
  };
}

function readingOf(random: () => number, sensors: number, time: number): string[] {
  const between = (low: number, high: number, decimals: number): string => (low + random() * (high - low)).toFixed(decimals);
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${two(date.getUTCFullYear() % 100)}`;
  const clock = `${date.getUTCHours()}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const sensor = `SENSOR-${Math.floor(random() * sensors) + 1}`;
  const psi = random() < 0.02 ? '0' : between(...measureFacts.psi.usual);
  const measures = MEASURE_TABLE.map(({ name, usual: [low, high, decimals] }) => (name === 'psi' ? psi : between(low, high, decimals)));
  return [sensor, day, clock, ...measures];
}

/** mulberry32 by Tommy Ettinger: numbers from 0 to 1, the same everywhere. Not for secrets. */
function randomOf(seed: number, time: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(time % 2 ** 32, 0x85ebca6b) ^ Math.floor(time / 2 ** 32)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
