import { alertOf } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import type { Arrived } from '../../domain/alarm/history.ts';
import { groupBy } from '../../storage/lmdb/groupBy.ts';
import { isUnknown, measureIndex } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';

/** What of a step concerns the alarms of a pump. */
export interface PumpArrivals {
  readonly pump: string;
  /** Wall time of the newest row. */
  readonly newest: number;
  /** Its rows; undefined when no row breaks a rule and nothing goes on that they could end. */
  readonly arrived: Arrived | undefined;
}

export interface ArrivalsOptions {
  readonly readings: Readings;
  readonly breaches: readonly Breach[];
  /** 1 for each row that is a duplicate, by row number: it has been here before. */
  readonly duplicates?: Uint8Array | undefined;
  /** Whether something goes on at a pump. */
  readonly isOpen: (pump: string) => boolean;
}

/** The rows of a step by pump, in order of time. Of two rows of one time the later holds. */
export function arrivalsOf({ readings, breaches, duplicates, isOpen }: ArrivalsOptions): PumpArrivals[] {
  const { names, length, pump, time } = readings;
  const byPump = groupBy(breaches, ({ row }) => pump[row]);
  const newest = new Float64Array(names.length).fill(-Infinity);
  const counts = new Uint32Array(names.length);
  for (let row = 0; row < length; row++) {
    if (duplicates?.[row]) continue;
    const number = pump[row];
    counts[number]++;
    if (time[row] > newest[number]) newest[number] = time[row];
  }
  const wanted = names.map((name, number) => counts[number] > 0 && (byPump.has(number) || isOpen(name)));
  const times = wanted.map((is, number) => new Float64Array(is ? counts[number] : 0));
  const filled = new Uint32Array(names.length);
  for (let row = 0; row < length; row++) {
    const number = pump[row];
    if (wanted[number] && !duplicates?.[row]) times[number][filled[number]++] = time[row];
  }
  return names.flatMap((name, number): PumpArrivals[] => {
    if (counts[number] === 0) return [];
    if (!wanted[number]) return [{ pump: name, newest: newest[number], arrived: undefined }];
    const rising = distinct(inOrder(times[number]));
    const holding = holdingRows(byPump.get(number) ?? [], readings, { number, areDistinct: rising.length === counts[number], duplicates });
    const alerts = holding.map((breach) => alertOf(breach, readings)).sort((a, b) => a.time - b.time);
    return [{ pump: name, newest: newest[number], arrived: { times: rising, alerts } }];
  });
}

/** The breaches of a pump without those of duplicates, and of values that a later row of the step replaced. */
function holdingRows(
  breaches: readonly Breach[],
  { length, pump, time, values }: Readings,
  { number, areDistinct, duplicates }: { number: number; areDistinct: boolean; duplicates: Uint8Array | undefined },
): readonly Breach[] {
  const own = breaches.filter(({ row }) => !duplicates?.[row]);
  if (areDistinct) return own;
  const latest = new Map(own.map(({ row, rule: { measure } }) => [`${measure} ${time[row]}`, row]));
  const measures = new Set(own.map(({ rule }) => rule.measure));
  for (let row = 0; row < length; row++) {
    if (pump[row] !== number || duplicates?.[row]) continue;
    for (const measure of measures) {
      const key = `${measure} ${time[row]}`;
      if (!isUnknown(values[measureIndex[measure]][row]) && latest.has(key)) latest.set(key, row);
    }
  }
  return own.filter(({ row, rule: { measure } }) => latest.get(`${measure} ${time[row]}`) === row);
}

/** Rows come in order as a rule, and sorting what is sorted takes its time. */
function inOrder(times: Float64Array): Float64Array {
  for (let i = 1; i < times.length; i++) if (times[i] < times[i - 1]) return times.sort();
  return times;
}

function distinct(sorted: Float64Array): Float64Array {
  let length = 0;
  for (const time of sorted) if (length === 0 || time !== sorted[length - 1]) sorted[length++] = time;
  return sorted.subarray(0, length);
}

