import type { Breach } from '../../domain/alarm/breach.ts';
import { isUnknown, measureIndex } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import { addExactly, type ExactSum, ZERO } from '../../domain/statistics/exactSum.ts';
import type { PairColumns } from '../stream/key.ts';
import { mergeStatistics, type Statistics } from '../../domain/statistics/statistics.ts';
import { NO_ROW, Watermarks } from './watermarks.ts';

/** A reading, as far as psi goes; -0 has become 0. */
export interface LastReading {
  /** Wall time. */
  readonly time: number;
  readonly psi: number;
}

/** Some stored readings of one pump and date. */
export interface PumpDaySummary {
  readonly psi: Statistics;
  /** How many rules they broke; a later correction takes none back. */
  readonly alerts: number;
}

/** What a step stored of one pump. */
export interface PumpSummary {
  readonly pump: string;
  readonly rows: number;
  readonly alerts: number;
  /** Rows whose time was before the pump's watermark. */
  readonly late: number;
  /** The latest by its own time; of two with the same time, the later receipt. Undefined when the pump had a newer one before. */
  readonly last: LastReading | undefined;
}

/** A step's rows, and what is known before it. */
export interface StepRows {
  readonly readings: Readings;
  /** 1 for each row that is a duplicate, by row number. */
  readonly duplicates: Uint8Array;
  readonly breaches: readonly Breach[];
  /** How much earlier than the newest reading of its pump so far a reading may be and not be late, ms. */
  readonly latenessMs: number;
  /** The time of a pump's newest stored reading so far; -Infinity when it has none. */
  readonly newestOf: (pump: string) => number;
}

/** Both by order of first appearance; pump-days as columns, by `pumpDayKey`. */
export interface StepSummary {
  readonly pumpDays: PairColumns<string, PumpDaySummary>;
  readonly pumps: readonly PumpSummary[];
}

/** Pump and day number as one text. */
export function pumpDayKey(pump: string, day: number): string {
  return `${day}:${pump}`;
}

/** What `pumpDayKey` was made of. */
export function pumpDayOf(key: string): { readonly pump: string; readonly day: number } {
  const colon = key.indexOf(':');
  return { pump: key.slice(colon + 1), day: Number(key.slice(0, colon)) };
}

/** The readings of both. */
export function mergePumpDays(a: PumpDaySummary, b: PumpDaySummary): PumpDaySummary {
  return { psi: mergeStatistics(a.psi, b.psi), alerts: a.alerts + b.alerts };
}

/** Sums up the rows that were stored: one pass over three columns, and few objects after it. */
export function summarizeStep({ readings, duplicates, breaches, latenessMs, newestOf }: StepRows): StepSummary {
  const { names, pump, time } = readings;
  const groups = new Groups(names.length);
  const watermarks = new Watermarks(names.map(newestOf), latenessMs);
  sumUp({ readings, duplicates, groups, watermarks });
  const alerts = groups.days.map(() => 0);
  for (const { row } of breaches) if (duplicates[row] === 0) alerts[groups.numberOf(pump[row], time[row])] += 1;

  const values = groups.days.map((_, group) => ({ psi: groups.statistics(group), alerts: alerts[group] }));
  const byPump = new Map<number, PumpSummary>();
  for (const [group, number] of groups.pumps.entries()) {
    const row = watermarks.lastRow[number];
    const before = byPump.get(number);
    byPump.set(number, {
      pump: names[number],
      rows: (before?.rows ?? 0) + groups.sums[group * WIDTH + ROWS],
      alerts: (before?.alerts ?? 0) + alerts[group],
      late: watermarks.late[number],
      last: row === NO_ROW ? undefined : { time: time[row], psi: readings.values[measureIndex.psi][row] + 0 },
    });
  }
  return {
    pumpDays: { keys: groups.days.map((day, group) => pumpDayKey(names[groups.pumps[group]], day)), values },
    pumps: [...byPump.values()],
  };
}

/*
 * What is summed up of a group, numbers beside each other:
 *
 *   0 count of psi   1 min   2 max   3 rounded sum   4 what that lacks   5 rows   6 and 7 –
 */
const WIDTH = 8;
const MIN = 1;
const MAX = 2;
const SUM = 3;
const REST = 4;
const ROWS = 5;
/** Above any number of pumps of a step. */
const PUMPS = 2 ** 21;

/** The pumps and days of a step, each with a number in order of first appearance. */
class Groups {
  /** Pump numbers and day numbers, by group. */
  readonly pumps: number[] = [];
  readonly days: number[] = [];
  sums = new Float64Array(16 * WIDTH);
  /** What rounded sum and rest together still lack; mostly nothing. */
  readonly further = new Map<number, ExactSum>();
  readonly #numbers = new Map<number, number>();
  /** By pump number the group of its row before, and when the day of that begins: mostly it is the next one's as well. */
  readonly #latest: Int32Array;
  readonly #begins: Float64Array;

  constructor(pumps: number) {
    this.#latest = new Int32Array(pumps);
    this.#begins = new Float64Array(pumps).fill(Infinity);
  }

  /** The number of a row's group, made when it isn't there. */
  numberOf(pump: number, time: number): number {
    const since = time - this.#begins[pump];
    return since >= 0 && since < DAY_MS ? this.#latest[pump] : this.#find(pump, dayOf(time));
  }

  statistics(group: number): Statistics {
    const [count, min, max, sum, rest] = this.sums.subarray(group * WIDTH);
    const further = this.further.get(group) ?? ZERO;
    return { count, min, max, sum: addExactly(rest === 0 ? further : addExactly(further, rest), sum) };
  }

  #find(pump: number, day: number): number {
    const key = day * PUMPS + pump;
    const group = this.#numbers.get(key) ?? this.#make(pump, day);
    this.#numbers.set(key, group);
    this.#latest[pump] = group;
    this.#begins[pump] = day * DAY_MS;
    return group;
  }

  #make(pump: number, day: number): number {
    const group = this.days.push(day) - 1;
    this.pumps.push(pump);
    if (this.days.length * WIDTH > this.sums.length) {
      const grown = new Float64Array(this.sums.length * 2);
      grown.set(this.sums);
      this.sums = grown;
    }
    this.sums.set([0, Infinity, -Infinity, 0, 0, 0], group * WIDTH);
    return group;
  }
}

interface Pass extends Pick<StepRows, 'readings' | 'duplicates'> {
  readonly groups: Groups;
  readonly watermarks: Watermarks;
}

/** The pass. No objects in it: rows are many. */
function sumUp({ readings: { length, pump, time, values }, duplicates, groups, watermarks }: Pass): void {
  const psi = values[measureIndex.psi];
  for (let row = 0; row < length; row++) {
    if (duplicates[row] !== 0) continue;
    const at = time[row];
    const value = psi[row] + 0; // -0 + 0 is 0
    watermarks.see(pump[row], at, isUnknown(value) ? ~row : row);
    const own = groups.numberOf(pump[row], at) * WIDTH;
    const { sums } = groups;
    sums[own + ROWS] += 1;
    if (isUnknown(value)) continue;
    sums[own] += 1;
    if (value < sums[own + MIN]) sums[own + MIN] = value;
    if (value > sums[own + MAX]) sums[own + MAX] = value;
    const sum = sums[own + SUM] + value;
    const error = errorOf(sums[own + SUM], value, sum);
    sums[own + SUM] = sum;
    if (error === 0) continue;
    const rest = sums[own + REST] + error;
    const restError = errorOf(sums[own + REST], error, rest);
    sums[own + REST] = rest;
    if (restError !== 0) groups.further.set(own / WIDTH, addExactly(groups.further.get(own / WIDTH) ?? ZERO, restError));
  }
}

/** What the rounded sum of two numbers lacks, exactly: TwoSum, D. E. Knuth, The Art of Computer Programming 2, 4.2.2. */
function errorOf(a: number, b: number, sum: number): number {
  const added = sum - a;
  return a - (sum - added) + (b - added);
}
