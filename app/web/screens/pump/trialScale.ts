import type { Band } from '../../../http/schemas/curves.ts';

/** The vertical scale of a trial: values of a curve and of a limit in pixels from the top. */
export interface TrialScale {
  readonly low: number;
  readonly high: number;
  readonly y: (value: number) => number;
  /** The value at a height, in whole steps. */
  readonly snapped: (y: number, step: number) => number;
  readonly bounded: (value: number) => number;
}

/** Where what is at the top and at the bottom begins, as a share of the height: alarms are drawn below. */
const ASIDE = 0.12;

/** A scale on which all of a curve and a limit have place, and as much again on the other side of the limit's. */
export function scaleOf(band: Band | undefined, limit: number, height: number): TrialScale {
  let [low, high] = [limit, limit];
  for (const value of [...(band?.min ?? []), ...(band?.max ?? [])]) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) [low, high] = [low - 1, high + 1];
  const inner = height * (1 - 2 * ASIDE);
  const bounded = (value: number) => Math.min(high, Math.max(low, value));
  return {
    low, high, bounded,
    y: (value) => height * ASIDE + ((high - value) / (high - low)) * inner,
    snapped(y, step) {
      const value = high - ((y - height * ASIDE) / inner) * (high - low);
      return bounded(Number((Math.round(value / step) * step).toFixed(6)));
    },
  };
}

/** The step by which a limit moves: 1, 2 or 5 of a power of ten, about a hundredth of the scale. */
export function stepOf({ low, high }: Pick<TrialScale, 'low' | 'high'>): number {
  const hundredth = (high - low) / 100;
  const power = 10 ** Math.floor(Math.log10(hundredth));
  return Number(([1, 2, 5].find((digit) => digit * power >= hundredth) ?? 10) * power);
}

/** A curve from its lowest to its highest values, as the path of an SVG; gaps stay open. */
export function bandPath(time: readonly number[], { min, max }: Band, { x, y }: { readonly x: (time: number) => number; readonly y: (value: number) => number }): string {
  const at = (i: number, value: number) => `${x(time[i]).toFixed(1)} ${y(value).toFixed(1)}`;
  const paths: string[] = [];
  for (let i = 0; i < time.length;) {
    if (min[i] === null) { i++; continue; }
    const first = i;
    while (i < time.length && min[i] !== null) i++;
    const upper = Array.from({ length: i - first }, (_, k) => at(first + k, max[first + k]!));
    const lower = Array.from({ length: i - first }, (_, k) => at(i - 1 - k, min[i - 1 - k]!));
    paths.push(`M${[...upper, ...lower].join('L')}Z`);
  }
  return paths.join('');
}
