import type { Measure } from '../../../domain/reading/measures.ts';

/** Where something stands in a source: a column by its name, or by its number from 1, or a path in JSON such as `values.psi`. */
export type Place = string | number;

/** Where the pump's id comes from. */
export type PumpSource =
  | { readonly kind: 'place'; readonly place: Place }
  /** A level of the topic, from 1. */
  | { readonly kind: 'topic'; readonly level: number }
  /** A pattern that fits the beginning of the file's name, with the group `pump`. */
  | { readonly kind: 'file'; readonly pattern: string }
  | { readonly kind: 'value'; readonly id: string }
  /** The names in an object of readings, or of lists of them. */
  | { readonly kind: 'key' };

/** Where the name of a value comes from where a record has one value, or a column's head names it. */
export interface TagSource {
  readonly from:
    | { readonly kind: 'place'; readonly place: Place }
    /** A level of the topic, from 1. */
    | { readonly kind: 'topic'; readonly level: number }
    /** The heads of the columns: each column that the pattern fits is a tag. */
    | { readonly kind: 'header' }
    /** The names in an object of values, or of lists of them. */
    | { readonly kind: 'key' };
  /** Fits the whole tag; groups `pump` and `measure`. Without one the tag is a measure's name. */
  readonly pattern: string | undefined;
}

/** How long a unit of epoch times is, ms. */
export const EPOCH_UNITS = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const;
export type EpochUnit = keyof typeof EPOCH_UNITS;
/** `excel`: days since 1899-12-30 on the wall clock of the zone, as spreadsheets count them. */
export const TIME_UNITS = ['s', 'ms', 'us', 'ns', 'excel'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** How a record tells its time. */
export interface TimeSource {
  /** Columns whose texts are joined by a space, or one path; none: the time of receipt. */
  readonly places: readonly Place[];
  /** `iso`, or tokens such as `DD.MM.YYYY HH:mm:ss`; undefined with a unit. */
  readonly format: string | undefined;
  readonly unit: TimeUnit | undefined;
  /** `site`, an IANA name, or an offset such as `-06:00`: of times that name no zone themselves. */
  readonly zone: string;
  /** Times are floored to multiples of this, ms; 1 leaves them alone. */
  readonly alignMs: number;
}

/** The names that a measure has in the source, and how its values become ours. */
export interface MeasureSource {
  readonly measure: Measure;
  readonly from: readonly Place[];
  readonly scale: number;
  readonly offset: number;
  /** Where the quality of this measure's value stands, when each has its own. */
  readonly quality?: Place | undefined;
}

/** The delimiter of columns that stand below each other: any number of spaces and tabs is one. */
export const SPACES = ' ';

/** Separators of thousands. */
export const THOUSANDS = [',', '.', ' ', "'"] as const;
export type Thousands = (typeof THOUSANDS)[number];

/** A format that the configuration describes: how files or messages of another shape become readings. Plain data. */
export interface Format {
  readonly name: string;
  readonly kind: 'csv' | 'json';
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  /** What stands between groups of three digits; a space is any kind of it. */
  readonly thousands: Thousands | undefined;
  readonly encoding: 'utf-8' | 'utf-16le' | 'windows-1252';
  /** Lines that begin so are passed over. */
  readonly skip: readonly string[];
  /** Lines behind the header that are no rows: units, descriptions. */
  readonly unitsRows: number;
  /** The path of the list of readings or values; undefined when a message is one. */
  readonly each: string | undefined;
  readonly pump: PumpSource | undefined;
  readonly tag: TagSource | undefined;
  readonly time: TimeSource;
  readonly value: Place | undefined;
  /** Words of good values; a value of another quality is missing. */
  readonly quality: { readonly place: Place | undefined; readonly good: readonly string[] } | undefined;
  /** Words that stand for no value, beside nothing at all. */
  readonly missing: readonly string[];
  readonly measures: readonly MeasureSource[];
}

/** Whether a CSV format names columns, and so needs a header. */
export function namesColumns({ pump, tag, time, value, quality, measures }: Format): boolean {
  const places = [
    ...(pump?.kind === 'place' ? [pump.place] : []),
    ...(tag?.from.kind === 'place' ? [tag.from.place] : []),
    ...time.places,
    ...(value === undefined ? [] : [value]),
    ...(quality?.place === undefined ? [] : [quality.place]),
    ...(tag ? [] : measures.flatMap(({ from, quality: own }) => (own === undefined ? from : [...from, own]))),
  ];
  return tag?.from.kind === 'header' || places.some((place) => typeof place === 'string');
}
