/**
 * What a column holds, as values of JavaScript: `text` a string; `double` a number; `count` a whole number;
 * `boolean`; `date` a day number; `wallTime` ms of the site's wall clock, in no zone (both see wallClock.ts);
 * `instant` ms since 1970-01-01T00:00Z.
 */
export type ColumnType = 'text' | 'double' | 'count' | 'boolean' | 'date' | 'wallTime' | 'instant';

/** A column of a file. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether null may stand in it. */
  readonly nullable?: boolean;
}

/** A value of a column. */
export type Value = string | number | boolean | null;
