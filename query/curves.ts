import type { Measure } from '../domain/measures.ts';

/** Which readings of a pump, and how many buckets they may become. */
export interface CurveQuestion {
  readonly pump: string;
  /** Wall times, `to` exclusive. By default the 24 h up to the pump's last reading. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly points: number;
  readonly measures: readonly Measure[];
  /** Stops the work, by throwing its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The lowest and the highest value of each entry; null in a gap. */
export interface Band {
  readonly min: (number | null)[];
  readonly max: (number | null)[];
}

/** A pump's readings of a range, made few. The measures that were asked for are beside it. */
export type CurveData = {
  readonly pump: string;
  readonly from: number;
  readonly to: number;
  /** How many readings the range holds. */
  readonly rows: number;
  /** Width of a bucket in ms; 0 when each entry is one reading. */
  readonly bucketMs: number;
  /** The usual time between two readings in ms; null when there are fewer than two. */
  readonly cadenceMs: number | null;
  /** Wall times at which the buckets begin, or of the readings; rising. An entry with nulls stands for a gap. */
  readonly time: number[];
} & { readonly [M in Measure]?: Band };
