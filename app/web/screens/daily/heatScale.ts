import type { DayMatrixRow } from '../../../http/schemas/dayMatrix.ts';
import { me } from '../../session.ts';
import { isAbnormalAt } from './matrix.ts';
import type { Choice } from './pumpDay.ts';

export const LEVELS = 5;
/** Values beside nearly all others have the shade of the end: they would leave one shade to all the rest. */
const ENDS = 0.02;
/** Of fewer values none is beside the others. */
const FEW = 30;
/** A day that differs from the one before by so many usual differences is a step; below this share of its value it is none. */
const STEP_DEVIATIONS = 4;
const LEAST_STEP = 0.03;

/** The values of the lightest and the darkest cells, and what counts as a step from one day to the next. */
export interface Scale {
  readonly light: number;
  readonly dark: number;
  readonly step: number;
}

/** Over what occurs and breaks no limit, dark towards the side on which a limit lies. Without a normal day the ends are NaN. */
export function scaleOf(rows: readonly DayMatrixRow[], choice: Choice): Scale {
  const values: number[] = [];
  const steps: number[] = [];
  for (const row of rows) {
    row.values.forEach((value, slot) => {
      if (value === null || isAbnormalAt(row, slot, choice)) return;
      values.push(value);
      const before = row.values[slot - 1] ?? null;
      if (before !== null) steps.push(Math.abs(value - before));
    });
  }
  values.sort((a, b) => a - b);
  steps.sort((a, b) => a - b);
  const at = (share: number) => values[Math.round((values.length - 1) * share)] ?? NaN;
  const [low, high] = values.length < FEW ? [at(0), at(1)] : [at(ENDS), at(1 - ENDS)];
  const isBelow = me.value.rules.find(({ measure }) => measure === choice.measure)?.comparison !== 'above';
  const usual = steps[steps.length >> 1] ?? Infinity;
  return { ...(isBelow ? { light: high, dark: low } : { light: low, dark: high }), step: Math.max(STEP_DEVIATIONS * 1.4826 * usual, LEAST_STEP * Math.abs(at(0.5))) };
}

/** The shade of a value, from 0, the lightest. */
export function levelOf(value: number, { light, dark }: Scale): number {
  return light === dark ? 0 : Math.min(LEVELS - 1, Math.max(0, Math.floor(((value - light) / (dark - light)) * LEVELS)));
}

/** Whether a value is a step from that of the day before: down, up, or neither. */
export function stepAt({ values }: DayMatrixRow, slot: number, { step }: Scale): 'down' | 'up' | null {
  const [value, before] = [values[slot], values[slot - 1] ?? null];
  if (value === null || before === null || !(Math.abs(value - before) > step)) return null;
  return value < before ? 'down' : 'up';
}
