import type { Lived } from '../acts/life.ts';

/** An alarm as figures count it. Times are wall times of the site. */
export interface CountedAlarm extends Lived {
  /** The first reading that is back inside; null while there is none. */
  readonly returned: number | null;
  /** How many readings were beyond the limit. */
  readonly readings: number;
}

/** An alarm that was announced within the time that is reported on. */
export interface Raise extends CountedAlarm {
  readonly raised: number;
}

/** Wall times, half open. */
export interface ReportRange {
  readonly from: number;
  readonly to: number;
}

/** One figure of a report. */
export interface Kpi {
  readonly id: string;
  /** What it says, for people. */
  readonly name: string;
  /** Null where it is not known, such as a rate of no time. */
  readonly value: number | null;
  /** Of the value: `alarms/h`, `%`, `s`, or empty for a count. */
  readonly unit: string;
  /** What it should be, for people; null where no source says. */
  readonly target: string | null;
  /** Whether it is; null where there is no target, or nothing is known. */
  readonly met: boolean | null;
  /** Who says so. */
  readonly source: string;
  /** What the figure is made of; times are wall times as the site writes them, durations as their names say. */
  readonly details: Readonly<Record<string, unknown>>;
}

export const ISA = 'ISA-18.2-2016 §16';
export const EEMUA = 'EEMUA 191';
export const OPC = 'OPC UA Part 9, AlarmMetricsType';
export const OWN = 'wellwatch';

export const HOUR_MS = 3_600_000;
/** The slot in which alarms are counted: what one person can take in. */
export const SLOT_MS = 600_000;

/** A figure with a bound: it is met when the value is not above that. */
export function bounded(kpi: Omit<Kpi, 'met'>, most: number): Kpi {
  return { ...kpi, met: kpi.value === null ? null : kpi.value <= most };
}

/** A figure without one. */
export function plain(kpi: Omit<Kpi, 'met' | 'target'>): Kpi {
  return { ...kpi, target: null, met: null };
}

/** A part in per cent; null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}

/** The value that a part of all values is not above, by nearest rank; null of none. */
export function quantile(values: readonly number[], part: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** Raises of one pump and rule belong together. */
export function keyOf({ pump, rule }: Pick<Lived, 'pump' | 'rule'>): string {
  return `${pump}/${rule}`; // no pump id holds a slash
}

/** Raises by pump and rule, each in order of time. */
export function byPumpAndRule(raises: readonly Raise[]): Map<string, Raise[]> {
  const groups = new Map<string, Raise[]>();
  for (const raise of raises) {
    const group = groups.get(keyOf(raise));
    if (group) group.push(raise);
    else groups.set(keyOf(raise), [raise]);
  }
  return groups;
}
