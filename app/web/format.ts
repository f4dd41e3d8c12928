import type { Limit } from '../../domain/alarm/rule.ts';
import { type Measure, measureFacts, MEASURES } from '../../domain/reading/measures.ts';

/** As many decimals as keep 4.9996 from looking like the 5 that it is not. */
export const EXACT_DIGITS = 4;

/** Numbers of this size and more, or smaller than that, are told with their power of ten. */
const LARGE = 1e9;
const SMALL = 5e-5;
/** An axis has room for six figures. */
const LARGEST_TICK = 1e6;
const MOST_DIGITS = 8;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Stands where a reading, or a day, lacks a measure. */
export const NO_VALUE = 'no value';

/** Pressure first: it is what the alerts are about. */
export const PSI_FIRST: readonly Measure[] = ['psi', ...MEASURES.filter((measure) => measure !== 'psi')];

/** A number with at most so many decimals, `–` for none. */
export function decimal(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '–' : powerText(value) ?? value.toLocaleString('en', { maximumFractionDigits: digits });
}

/** A number with exactly so many decimals, so that columns of them line up. */
export function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined
    ? '–'
    : powerText(value) ?? value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `1.2e12`, `3e-9`: what in decimals would be longer than any column, or look like nothing. */
function powerText(value: number): string | undefined {
  const size = Math.abs(value);
  return size !== 0 && (size >= LARGE || size < SMALL) ? Number(value.toPrecision(3)).toExponential().replace('e+', 'e') : undefined;
}

/** What stands at a tick of an axis whose ticks are so far apart. */
export function tickText(value: number, step: number): string {
  if (Math.abs(value) >= LARGEST_TICK) return Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
  return fixed(value, Math.min(MOST_DIGITS, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))));
}

/** `12,345`. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : whole.format(value);
}

/** `4.96 psi`: a value of a measure as it was reported, with its unit. */
export function withUnit(value: number | null | undefined, measure: Measure): string {
  const { unit } = measureFacts[measure];
  return value === null || value === undefined ? '–' : `${decimal(value, EXACT_DIGITS)}${unit && ` ${unit}`}`;
}

/** The worst value of an alarm; of silence there is none. */
export function worstText(worst: number | null, measure: Measure | null): string {
  return measure === null ? '–' : withUnit(worst, measure);
}

/** A rule's limit: `below 5 PSI`. */
export function limitWords({ comparison, threshold, measure }: Limit & { readonly measure: Measure }): string {
  return `${comparison} ${withUnit(threshold, measure)}`;
}

/** `1 run`, `3 runs`. */
export function counted(value: number, noun: string, several = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : several}`;
}

/** A length of time in its two largest units: `850 ms`, `42 s`, `3 min`, `2 h 5 min`, `1 d 15 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${short.format(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return seconds < 10 ? `${short.format(ms / 1000)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? two(hours, 'h', minutes % 60, 'min') : two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A length of time in whole seconds, as readings come no faster: `a moment`, `42 s`, `3 min`. */
export function lasting(ms: number): string {
  return ms < 1000 ? 'a moment' : duration(Math.floor(ms / 1000) * 1000);
}

/** `1.5 MB`, in powers of 1000. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${short.format(value / 1000 ** step)} ${units[step]}`;
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return `${large} ${largeUnit}${small === 0 ? '' : ` ${small} ${smallUnit}`}`;
}
