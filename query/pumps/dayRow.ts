import type { MeasuredDay } from './measuredDays.ts';

/** Which figure of a day. */
export const DAY_FIGURES = ['min', 'avg', 'max'] as const;
export type DayFigure = (typeof DAY_FIGURES)[number];

/** What many days are together. */
export interface DayTotal {
  /** Of the figure that is asked for: the lowest, the highest, or the mean of all readings; null without any. */
  readonly value: number | null;
  readonly readings: number;
  /** Readings beyond a limit. */
  readonly beyond: number;
  /** Alarms that began. */
  readonly alarms: number;
}

/** How the summaries of a day stand, a letter a day: none has readings, all are current, one is late, one is missing. */
export type DayLetter = '.' | 'c' | 'l' | 'm';
const LETTERS: readonly DayLetter[] = ['.', 'c', 'l', 'm'];
const LETTER_OF = { current: 1, late: 2, missing: 3 } as const;

/** Days of one pump, or of several, side by side: figures are kept as what can be added to. */
export class DayRow {
  readonly beyond: number[];
  readonly alarms: number[];
  readonly #pumps = new Set<string>();
  readonly #figure: DayFigure;
  /** Sum, lowest or highest, and of how many readings. */
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #letters: Uint8Array;
  #readings = 0;

  constructor(days: number, figure: DayFigure) {
    this.#figure = figure;
    this.#sums = new Float64Array(days).fill(EMPTY[figure]);
    this.#counts = new Float64Array(days);
    this.#letters = new Uint8Array(days);
    this.beyond = Array.from({ length: days }, () => 0);
    this.alarms = [...this.beyond];
  }

  /** Of how many pumps it is. */
  get pumps(): number {
    return this.#pumps.size;
  }

  /** Adds a pump-day, with its alerts. */
  addDay(slot: number, pump: string, { stats: own, state, readings }: MeasuredDay, alerts: number): void {
    this.#pumps.add(pump);
    this.beyond[slot] += alerts;
    this.#letters[slot] = Math.max(this.#letters[slot], LETTER_OF[state]);
    this.#readings += readings ?? 0;
    if (!own || own.count === 0) return;
    this.#sums[slot] = joined(this.#figure, this.#sums[slot], this.#figure === 'avg' ? own.avg * own.count : own[this.#figure]);
    this.#counts[slot] += own.count;
  }

  /** Adds the beginning of an alarm. */
  addAlarm(slot: number, pump: string): void {
    this.#pumps.add(pump);
    this.alarms[slot]++;
  }

  /** The figure of each day; null where there is none. */
  values(): (number | null)[] {
    return Array.from(this.#counts, (count, slot) => figureOf(this.#figure, this.#sums[slot], count));
  }

  /** A letter a day. */
  states(): string {
    return Array.from(this.#letters, (letter) => LETTERS[letter]).join('');
  }

  /** All days together. */
  total(): DayTotal {
    const add = (sum: number, one: number) => sum + one;
    const sum = this.#sums.reduce((all, one) => joined(this.#figure, all, one), EMPTY[this.#figure]);
    return {
      value: figureOf(this.#figure, sum, this.#counts.reduce(add, 0)),
      readings: this.#readings,
      beyond: this.beyond.reduce(add, 0),
      alarms: this.alarms.reduce(add, 0),
    };
  }
}

const EMPTY = { min: Infinity, avg: 0, max: -Infinity } as const;

function joined(figure: DayFigure, one: number, other: number): number {
  return figure === 'avg' ? one + other : Math[figure](one, other);
}

function figureOf(figure: DayFigure, sum: number, count: number): number | null {
  const value = figure === 'avg' ? sum / count : sum;
  return count > 0 && Number.isFinite(value) ? value : null;
}
