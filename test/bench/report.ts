import type { Spread } from './harness.ts';

/** One line of the report. */
export interface Figure {
  /** P1 to P5 of the goals, or what else it is about; P6, the memory, is `peakMb` of every one. */
  readonly goal: string;
  readonly what: string;
  readonly unit: 'rows/s' | 'ms' | 'µs' | 'batches' | 'events/s' | 'MB' | 'core s/M rows';
  readonly measured: Spread;
  /** Each figure that it sums up, in order; for the JSON. */
  readonly series?: readonly number[];
  /** What it is compared with, and what that measured in the same run. */
  readonly limit?: { readonly name: string; readonly measured: Spread };
  /** What the goal asks of the ratio measured / limit, or of the figure itself. */
  readonly asks?: { readonly of: 'ratio' | 'figure'; readonly atLeast?: number; readonly atMost?: number };
  /** The most anonymous memory of a measured process, in MB. */
  readonly peakMb?: number;
  /** What it costs a site. */
  readonly cost?: Cost;
}

/** Processor time that rows took. */
export interface Cost {
  readonly rows: number;
  readonly cpuMs: number;
}

/** Core-seconds a million rows, and the millions of rows that one core carries a day. */
export function costOf({ rows, cpuMs }: Cost): { readonly coreSeconds: number; readonly millionsADay: number } {
  const coreSeconds = cpuMs / 1000 / (rows / 1e6);
  return { coreSeconds, millionsADay: 86_400 / coreSeconds };
}

/** The most memory that any run may take, in MB. */
export const MOST_MB = 300;

export function ratioOf({ measured, limit }: Figure): number | undefined {
  return limit && measured.median / limit.measured.median;
}

/** Whether a figure is what its goal asks for; undefined when it asks nothing. */
export function isMet(figure: Figure): boolean | undefined {
  if (!figure.asks) return undefined;
  const { of, atLeast = -Infinity, atMost = Infinity } = figure.asks;
  const value = of === 'ratio' ? ratioOf(figure) : figure.measured.median;
  return value !== undefined && value >= atLeast && value <= atMost;
}

const HEADINGS = ['', 'ratio', 'goal', '', 'measured', 'min–max', 'compared with', '', 'min–max', 'MB', 'core s/M rows', 'M rows/core day'];

/** The report as a table for people: ratio first. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { goal, what, unit, measured, limit, peakMb } = figure;
    const cost = figure.cost && costOf(figure.cost);
    const ratio = ratioOf(figure);
    const met = isMet(figure);
    return [
      `${goal} ${what}`, ratio === undefined ? '' : ratio.toFixed(2), asked(figure), met === undefined ? '' : met ? 'ok' : 'MISSED',
      `${number(measured.median)} ${unit}`, range(measured),
      limit ? limit.name : '', limit ? `${number(limit.measured.median)} ${unit}` : '', limit ? range(limit.measured) : '',
      peakMb === undefined ? '' : `${peakMb.toFixed(0)}${peakMb > MOST_MB ? ' MISSED' : ''}`,
      cost ? cost.coreSeconds.toFixed(2) : '', cost ? number(Math.round(cost.millionsADay)) : '',
    ];
  });
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column].length)));
  const isText = (column: number) => column === 0 || column === 3 || column === 6;
  return [HEADINGS, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function asked({ asks, unit }: Figure): string {
  if (!asks) return '';
  const suffix = asks.of === 'figure' ? ` ${unit}` : '';
  return asks.atLeast === undefined ? `≤ ${number(asks.atMost!)}${suffix}` : `≥ ${number(asks.atLeast)}${suffix}`;
}

function range({ min, max }: Spread): string {
  return min === max ? '' : `${number(min)}–${number(max)}`;
}

function number(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
