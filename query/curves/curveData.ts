import { type Measure, measureIndex, UNKNOWN } from '../../domain/reading/measures.ts';
import type { Bands } from './bands.ts';
import { Cadence } from './cadence.ts';
import type { FirstReadings } from './firstReadings.ts';

/** A half-open range of wall times. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The lowest and the highest value of each entry, and the mean where an entry is several readings; null in a gap, and where none is known. */
export interface Band {
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly avg?: (number | null)[] | undefined;
}

/**
 * A pump's readings of a range, made few. The measures that were asked for are beside it. It may be given to others too:
 * don't change it.
 */
export type CurveData = Range & {
  readonly pump: string;
  /** How many readings the range holds. */
  readonly rows: number;
  /** Width of a bucket in ms; 0 when each entry is one reading. */
  readonly bucketMs: number;
  /** The usual time between two readings in ms; null when there are fewer than two. */
  readonly cadenceMs: number | null;
  /** Wall times at which the buckets begin, or of the readings; rising. An entry with nulls stands for a gap. */
  readonly time: number[];
} & { readonly [M in Measure]?: Band };

/** What was asked for. */
export interface CurveHead extends Range {
  readonly pump: string;
  readonly measures: readonly Measure[];
}

/** How much farther apart than usual, or than their buckets, two neighbours are when readings are missing between them. */
const GAP_CADENCES = 3;
const GAP_BUCKETS = 1.5;

/** Readings as they are. */
export function readingsData(head: CurveHead, { time, values }: FirstReadings): CurveData {
  const cadence = new Cadence();
  cadence.add(Float64Array.from(time), 0, time.length);
  const cadenceMs = cadence.median();
  const entries = entriesOf(time, GAP_CADENCES * (cadenceMs ?? 0));
  const bands = head.measures.map((measure, i) => {
    const column = picked(entries, (entry) => values[i][entry]);
    return [measure, { min: column, max: column }] as const;
  });
  return curve(head, { rows: time.length, bucketMs: 0, cadenceMs, time: entries.time }, bands);
}

/** The buckets that hold readings. */
export function bandsData(head: CurveHead, bands: Bands, cadenceMs: number | null): CurveData {
  const { grid: { start, width }, count, min, max, sum, known } = bands;
  const slots = bands.filled();
  const rows = slots.reduce((sum, slot) => sum + count[slot], 0);
  const entries = entriesOf(slots.map((slot) => start + slot * width), Math.max(GAP_CADENCES * (cadenceMs ?? 0), GAP_BUCKETS * width));
  const columns = head.measures.map((measure) => {
    const column = measureIndex[measure];
    const pick = (values: Float64Array | undefined) => picked(entries, (entry) => values![slots[entry]]);
    const avg = picked(entries, (entry) => sum[column]![slots[entry]] / known[column]![slots[entry]]);
    return [measure, { min: pick(min[column]), max: pick(max[column]), avg }] as const;
  });
  return curve(head, { rows, bucketMs: width, cadenceMs, time: entries.time }, columns);
}

interface Entries {
  readonly time: number[];
  /** Which of the times given each entry is; -1 for a gap. */
  readonly origin: number[];
}

/** Times, and one more between any two that are farther apart than `gapMs`. */
function entriesOf(times: readonly number[], gapMs: number): Entries {
  const entries: Entries = { time: [], origin: [] };
  times.forEach((time, i) => {
    if (i > 0 && time - times[i - 1] > gapMs) {
      entries.time.push(Math.floor((times[i - 1] + time) / 2));
      entries.origin.push(-1);
    }
    entries.time.push(time);
    entries.origin.push(i);
  });
  return entries;
}

function picked({ origin }: Entries, value: (entry: number) => number): (number | null)[] {
  return origin.map((entry) => {
    const found = entry < 0 ? UNKNOWN : value(entry);
    return Number.isFinite(found) ? found : null; // extremes of nothing are infinite
  });
}

function curve(
  { pump, from, to }: CurveHead,
  facts: Pick<CurveData, 'rows' | 'bucketMs' | 'cadenceMs' | 'time'>,
  bands: readonly (readonly [Measure, Band])[],
): CurveData {
  return { pump, from, to, ...facts, ...Object.fromEntries(bands) };
}
